//! One uniform grid a tensor.

use rayon::prelude::*;

use super::Sensitivities;
use crate::code::Codebook;
use crate::compress::TrainedNetwork;

/// Multiples of a step reach this far: 254 values, of which a codebook holds 255.
const FARTHEST: f32 = 127.0;

/// Binary digits of a step after the leading one.
const STEP_DIGITS: u32 = 3;

/// Scales and shifts, biases: their step as a part of their root mean square. They are few, and their errors are not averaged.
const PART: f32 = 1.0 / 24.0;

/// Tensors of at most so many weights stay as they are.
const SMALL: usize = 64;

/// What a bit costs in squared steps, where a step's error and its entropy balance: `ln 2 / 6`, from an error of a twelfth of a squared step,
/// which falls by a factor of four with each bit.
const BIT: f32 = std::f32::consts::LN_2 / 6.0;

/// A network whose tensors are to be quantised, and steps in proportion.
pub(super) struct Grids<'a> {
    network: &'a TrainedNetwork,
    /// Of each tensor; none for those with steps of their own.
    steps: Vec<Option<f32>>,
}

/// A tensor on its grid, and an estimate of its bits.
struct Quantised {
    weights: Vec<f32>,
    bits: f64,
}

impl<'a> Grids<'a> {
    pub(super) fn new(network: &'a TrainedNetwork, sensitivities: &Sensitivities) -> Self {
        let step = |sensitivity: Option<f64>| sensitivity.map(|sensitivity| (1.0 / sensitivity.sqrt()) as f32);
        Self { network, steps: sensitivities.of_tensors().iter().map(|&sensitivity| step(sensitivity)).collect() }
    }

    /// The network with grids that are as fine as so many bits allow; and the bits, by their empirical entropy.
    pub(super) fn within(&self, bits: f64) -> (TrainedNetwork, f64) {
        // Steps are the proportions times 2^exponent.
        let (mut fine, mut coarse) = (-30.0f32, 30.0f32);
        const BISECTIONS: usize = 16;
        for _ in 0..BISECTIONS {
            let middle = (fine + coarse) / 2.0;
            match self.at(middle).1 <= bits {
                true => coarse = middle,
                false => fine = middle,
            }
        }
        self.at(coarse)
    }

    fn at(&self, exponent: f32) -> (TrainedNetwork, f64) {
        let tensors = self.network.weights.par_iter().zip(&self.steps).map(|(weights, step)| match step {
            Some(step) => rate_distortion(weights, step * exponent.exp2()),
            None => rounded(weights),
        });
        let tensors: Vec<Quantised> = tensors.collect();
        let bits = tensors.iter().map(|tensor| tensor.bits).sum();
        let weights = tensors.into_iter().map(|tensor| tensor.weights).collect();
        (TrainedNetwork { architecture: self.network.architecture.clone(), weights }, bits)
    }

    /// A network with the same kernels, whose scales, shifts and biases are put on their grids again.
    pub(super) fn rounded(&self, network: &TrainedNetwork) -> TrainedNetwork {
        let tensors = network.weights.iter().zip(&self.steps).map(|(weights, step)| match step {
            Some(_) => weights.clone(),
            None => rounded(weights).weights,
        });
        TrainedNetwork { architecture: network.architecture.clone(), weights: tensors.collect() }
    }
}

/// Multiples of a step that is no shorter than needed to reach the largest weight.
fn step_for(weights: &[f32], step: f32) -> f32 {
    let largest = weights.iter().fold(0.0f32, |largest, weight| largest.max(weight.abs()));
    let rounded = |step: f32| Codebook::round(step, STEP_DIGITS);
    // The least step may be rounded down.
    rounded(step.max(largest / (FARTHEST - 4.0))).max(f32::MIN_POSITIVE)
}

/// The nearest multiples.
fn rounded(weights: &[f32]) -> Quantised {
    let is_constant = weights.windows(2).all(|pair| pair[0] == pair[1]);
    if weights.len() <= SMALL || is_constant {
        return Quantised { weights: weights.to_vec(), bits: 32.0 * weights.len() as f64 };
    }
    let squares = weights.iter().map(|weight| weight * weight).sum::<f32>();
    let step = step_for(weights, PART * (squares / weights.len() as f32).sqrt());
    let multiples: Vec<i32> = weights.iter().map(|weight| nearest(weight / step)).collect();
    quantised(&multiples, step)
}

/// For each weight one of the two multiples beside it: the one with the smaller squared error and cost of bits, by the frequencies of the
/// nearest multiples.
fn rate_distortion(weights: &[f32], step: f32) -> Quantised {
    let step = step_for(weights, step);
    let mut multiples: Vec<i32> = weights.iter().map(|weight| nearest(weight / step)).collect();
    for _ in 0..2 {
        let costs = costs(&multiples).map(|bits| BIT * bits);
        let cost = |scaled: f32, multiple: i32| {
            let difference = scaled - multiple as f32;
            difference * difference + costs[place(multiple)]
        };
        for (multiple, weight) in multiples.iter_mut().zip(weights) {
            let scaled = weight / step;
            let (below, above) = (nearest(scaled.floor()), nearest(scaled.ceil()));
            *multiple = if cost(scaled, below) < cost(scaled, above) { below } else { above };
        }
    }
    quantised(&multiples, step)
}

const PLACES: usize = 2 * FARTHEST as usize + 1;

fn place(multiple: i32) -> usize {
    (multiple + FARTHEST as i32) as usize
}

fn nearest(scaled: f32) -> i32 {
    scaled.round().clamp(-FARTHEST, FARTHEST) as i32
}

fn frequencies(multiples: &[i32]) -> [f64; PLACES] {
    let mut counts = [0.0; PLACES];
    multiples.iter().for_each(|&multiple| counts[place(multiple)] += 1.0);
    counts
}

/// Bits of each multiple; what is not there costs as much as what is there once.
fn costs(multiples: &[i32]) -> [f32; PLACES] {
    let total = multiples.len() as f64;
    frequencies(multiples).map(|count| (total / count.max(1.0)).log2() as f32)
}

fn quantised(multiples: &[i32], step: f32) -> Quantised {
    let counts = frequencies(multiples);
    let total = multiples.len() as f64;
    let used = counts.iter().filter(|&&count| count > 0.0);
    let bits = used.map(|count| count * (total / count).log2() + 0.5 * total.log2()).sum();
    Quantised { weights: multiples.iter().map(|&multiple| multiple as f32 * step).collect(), bits }
}
