//! One uniform grid a tensor.

use rayon::prelude::*;

use super::calibration::Calibration;
use super::fold::Folded;
use super::inputs::Inputs;
use crate::code::Codebook;
use crate::network::trained_network::TrainedNetwork;

/// Multiples of a step reach this far: 254 values, of which a codebook holds 255.
const FARTHEST: f32 = 127.0;

/// The largest weight is at most so many steps: a weight may be moved before it is rounded, and the
/// step itself is rounded.
const REACH: f32 = 119.0;

/// Binary digits of a step after the leading one.
const STEP_DIGITS: u32 = 3;

/// Scales and shifts, biases: their step as a part of their root mean square. They are few, and
/// their errors are not averaged.
const PART: f32 = 1.0 / 48.0;

/// Tensors of at most so many weights stay as they are.
const SMALL: usize = 64;

/// What a bit costs in squared steps, where a step's error and its entropy balance: `ln 2 / 6`,
/// from an error of a twelfth of a squared step, which falls by a factor of four with each bit.
const BIT: f32 = std::f32::consts::LN_2 / 6.0;

/// A network whose tensors are to be quantised, and steps in proportion.
pub(super) struct Grids<'a> {
    folded: &'a Folded,
    /// Rows of each tensor.
    rows: Vec<usize>,
    /// Of each tensor; none for those with steps of their own.
    steps: Vec<Option<f32>>,
    inputs: Option<&'a [Vec<Inputs>]>,
}

/// A tensor on its grid.
struct Quantised {
    weights: Vec<f32>,
    /// What each row is multiplied with: powers of two, one where not all rows are within reach of
    /// the same step.
    scales: Vec<f32>,
    /// An estimate.
    bits: f64,
}

impl<'a> Grids<'a> {
    pub(super) fn new(
        folded: &'a Folded,
        sensitivities: &[Option<f64>],
        calibration: Option<&'a Calibration>,
    ) -> Self {
        let inputs = calibration.map(Calibration::inputs);
        let gain = |place: usize| match inputs.and_then(|inputs| inputs.get(place)) {
            Some(inputs) if !inputs.is_empty() => Inputs::gain(inputs),
            _ => 1.0,
        };
        let step = |(place, sensitivity): (usize, &Option<f64>)| {
            sensitivity.map(|sensitivity| (1.0 / (sensitivity * gain(place)).sqrt()) as f32)
        };
        let shapes = folded.network.architecture.tensors();
        let rows = shapes
            .iter()
            .map(|shape| shape.dimensions.first().copied().unwrap_or(1));
        Self {
            folded,
            rows: rows.collect(),
            steps: sensitivities.iter().enumerate().map(step).collect(),
            inputs,
        }
    }

    /// The exponent of the finest grids that so many bits allow, by the empirical entropy of the
    /// nearest multiples: steps are the proportions times `2^exponent`.
    pub(super) fn exponent_within(&self, bits: f64) -> f32 {
        let (mut fine, mut coarse) = (-30.0f32, 30.0f32);
        const BISECTIONS: usize = 16;
        for _ in 0..BISECTIONS {
            let middle = (fine + coarse) / 2.0;
            match self
                .tensors(middle, None)
                .iter()
                .map(|tensor| tensor.bits)
                .sum::<f64>()
                <= bits
            {
                true => coarse = middle,
                false => fine = middle,
            }
        }
        coarse
    }

    /// The network on these grids, with weights that make up for each other's errors, if inputs are
    /// known.
    pub(super) fn at(&self, exponent: f32) -> TrainedNetwork {
        let mut network = self.folded.network.clone();
        let tensors = self.tensors(exponent, self.inputs).into_iter();
        let (weights, scales): (Vec<_>, Vec<_>) = tensors
            .map(|tensor| (tensor.weights, tensor.scales))
            .unzip();
        network.weights = weights;
        for (scales, place) in scales.into_iter().zip(&self.folded.scales) {
            if let Some(place) = *place {
                network.weights[place] = scales;
            }
        }
        network
    }

    fn tensors(&self, exponent: f32, inputs: Option<&[Vec<Inputs>]>) -> Vec<Quantised> {
        let tensor =
            |(place, weights): (usize, &Vec<f32>)| match self.steps.get(place).copied().flatten() {
                Some(step) => {
                    let inputs = inputs
                        .and_then(|inputs| inputs.get(place))
                        .map_or(&[][..], Vec::as_slice);
                    let has_scales = self.folded.scales[place].is_some();
                    Rows::new(
                        weights,
                        self.rows[place],
                        step * exponent.exp2(),
                        has_scales,
                    )
                    .quantised(inputs)
                }
                None => rounded(weights),
            };
        self.folded
            .network
            .weights
            .par_iter()
            .enumerate()
            .map(tensor)
            .collect()
    }
}

/// Scales and shifts on a grid of their own.
pub(super) fn on_grid(weights: &[f32]) -> Vec<f32> {
    rounded(weights).weights
}

fn rounded(weights: &[f32]) -> Quantised {
    let is_constant = weights.windows(2).all(|pair| pair[0] == pair[1]);
    if weights.len() <= SMALL || is_constant {
        return Quantised {
            weights: weights.to_vec(),
            scales: Vec::new(),
            bits: 32.0 * weights.len() as f64,
        };
    }
    let squares = weights.iter().map(|weight| weight * weight).sum::<f32>();
    let step = step_within_reach(weights, PART * (squares / weights.len() as f32).sqrt());
    let multiples: Vec<i32> = weights
        .iter()
        .map(|weight| nearest(weight / step))
        .collect();
    quantised(&multiples, step, Vec::new())
}

/// A step that is no shorter than needed to reach the largest weight.
fn step_within_reach(weights: &[f32], step: f32) -> f32 {
    rounded_step(step.max(largest(weights) / REACH))
}

fn rounded_step(step: f32) -> f32 {
    Codebook::round(step, STEP_DIGITS).max(f32::MIN_POSITIVE)
}

fn largest(weights: &[f32]) -> f32 {
    weights
        .iter()
        .fold(0.0f32, |largest, weight| largest.max(weight.abs()))
}

/// The rows of a tensor in steps.
struct Rows {
    weights: Vec<f32>,
    step: f32,
    scales: Vec<f32>,
}

impl Rows {
    /// Where rows have scales, those out of reach are halved until they are not; elsewhere the step
    /// is as long as it takes.
    fn new(weights: &[f32], rows: usize, step: f32, has_scales: bool) -> Self {
        let length = (weights.len() / rows.max(1)).max(1);
        let step = if has_scales {
            rounded_step(step)
        } else {
            step_within_reach(weights, step)
        };
        let scale = |row: &[f32]| {
            (largest(row) / (REACH * step))
                .log2()
                .ceil()
                .max(0.0)
                .exp2()
        };
        let scales: Vec<f32> = match has_scales {
            true => weights.chunks(length).map(scale).collect(),
            false => vec![1.0; rows],
        };
        let rows = weights.chunks(length).zip(&scales);
        let weights = rows
            .flat_map(|(row, scale)| row.iter().map(move |weight| weight / (scale * step)))
            .collect();
        Self {
            weights,
            step,
            scales,
        }
    }

    /// Each weight takes one of the two multiples beside it: that with the smaller squared error
    /// and cost of bits, by the frequencies of the nearest multiples. With `inputs` weights are
    /// moved before, to make up for errors.
    fn quantised(self, inputs: &[Inputs]) -> Quantised {
        let mut multiples: Vec<i32> = self.weights.iter().map(|&weight| nearest(weight)).collect();
        for _ in 0..2 {
            let costs = costs(&multiples);
            let choose = |&weight: &f32| cheaper(weight, 1.0, &costs);
            multiples = self.weights.iter().map(choose).collect();
        }
        if !inputs.is_empty() {
            let costs = costs(&multiples);
            let mean = Inputs::mean_left(inputs);
            let length = (self.weights.len() / self.scales.len().max(1)).max(1);
            let rows = self.scales.len().div_ceil(inputs.len()).max(1);
            let round = |weight: f32, variance: f32| {
                let multiple = cheaper(weight, variance / mean, &costs);
                (multiple, multiple as f32)
            };
            let units = self.weights.par_chunks(length).enumerate();
            let rounded = units.map(|(unit, row)| {
                inputs[(unit / rows).min(inputs.len() - 1)].round_row(row, round)
            });
            multiples = rounded.flatten_iter().collect();
        }
        quantised(&multiples, self.step, self.scales)
    }
}

/// The cheaper of the two multiples beside a weight.
fn cheaper(weight: f32, importance: f32, costs: &[f32; PLACES]) -> i32 {
    let cost = |multiple: i32| {
        let difference = weight - multiple as f32;
        importance * difference * difference + BIT * costs[place(multiple)]
    };
    let (below, above) = (nearest(weight.floor()), nearest(weight.ceil()));
    match cost(below) < cost(above) {
        true => below,
        false => above,
    }
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
    multiples
        .iter()
        .for_each(|&multiple| counts[place(multiple)] += 1.0);
    counts
}

/// Bits of each multiple; what is not there costs as much as what is there once.
fn costs(multiples: &[i32]) -> [f32; PLACES] {
    let total = multiples.len() as f64;
    frequencies(multiples).map(|count| (total / count.max(1.0)).log2() as f32)
}

fn quantised(multiples: &[i32], step: f32, scales: Vec<f32>) -> Quantised {
    let counts = frequencies(multiples);
    let total = multiples.len() as f64;
    let used = counts.iter().filter(|&&count| count > 0.0);
    let bits = used
        .map(|count| count * (total / count).log2() + 0.5 * total.log2())
        .sum();
    Quantised {
        weights: multiples
            .iter()
            .map(|&multiple| multiple as f32 * step)
            .collect(),
        scales,
        bits,
    }
}
