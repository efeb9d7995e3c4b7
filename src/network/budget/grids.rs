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

/// Ways of rounding the first weights of a unit that are kept: 16 make the variance of the errors
/// some 4% less than one, and 4% are 1% of a file's bytes.
pub(super) const KEPT: usize = 16;

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
pub(super) struct Quantised {
    pub(super) weights: Vec<f32>,
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

    /// The network before it is put on grids.
    pub(super) fn original(&self) -> &'a TrainedNetwork {
        &self.folded.network
    }

    /// Whether a tensor is put on a grid of the common proportions.
    pub(super) fn has_step(&self, place: usize) -> bool {
        self.steps.get(place).copied().flatten().is_some()
    }

    /// Multiplies the steps of a tensor.
    pub(super) fn stretch(&mut self, place: usize, factor: f32) {
        if let Some(Some(step)) = self.steps.get_mut(place) {
            *step *= factor;
        }
    }

    /// The exponent of the finest grids that so many bits allow, by the empirical entropy of the
    /// nearest multiples: steps are the proportions times `2^exponent`.
    pub(super) fn exponent_within(&self, bits: f64) -> f32 {
        let (mut fine, mut coarse) = (-30.0f32, 30.0f32);
        const BISECTIONS: usize = 16;
        for _ in 0..BISECTIONS {
            let middle = (fine + coarse) / 2.0;
            if self.bits(middle).into_iter().sum::<f64>() <= bits {
                coarse = middle;
            } else {
                fine = middle;
            }
        }
        coarse
    }

    /// An estimate of the bits of each tensor.
    pub(super) fn bits(&self, exponent: f32) -> Vec<f64> {
        let places = (0..self.original().weights.len()).into_par_iter();
        places
            .map(|place| self.tensor(place, exponent, &[], 1).bits)
            .collect()
    }

    /// The network on these grids, with weights that make up for each other's errors, if inputs are
    /// known.
    pub(super) fn at(&self, exponent: f32) -> TrainedNetwork {
        let mut network = self.original().clone();
        for (place, tensor) in self.tensors(exponent, KEPT).into_iter().enumerate() {
            self.put(&mut network, place, tensor);
        }
        network
    }

    /// All tensors on these grids; of the ways of rounding a unit's first weights so many are kept.
    pub(super) fn tensors(&self, exponent: f32, kept: usize) -> Vec<Quantised> {
        let tensor = |place: usize| {
            let inputs = self.inputs.and_then(|inputs| inputs.get(place));
            self.tensor(place, exponent, inputs.map_or(&[], Vec::as_slice), kept)
        };
        let places = (0..self.original().weights.len()).into_par_iter();
        places.map(tensor).collect()
    }

    fn tensor(&self, place: usize, exponent: f32, inputs: &[Inputs], kept: usize) -> Quantised {
        let weights = &self.original().weights[place];
        let Some(step) = self.steps[place] else {
            return rounded(weights);
        };
        let has_scales = self.folded.scales[place].is_some();
        let rows = self.rows[place];
        Rows::new(weights, rows, step * exponent.exp2(), has_scales).quantised(inputs, kept)
    }

    /// Puts a quantised tensor in its place of a network, and the scales of its rows in theirs;
    /// scales that were folded come with their rows only.
    pub(super) fn put(&self, network: &mut TrainedNetwork, place: usize, tensor: Quantised) {
        if self.folded.scales.contains(&Some(place)) {
            return;
        }
        network.weights[place] = tensor.weights;
        if let Some(scales) = self.folded.scales[place] {
            network.weights[scales] = tensor.scales;
        }
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
        let scales: Vec<f32> = if has_scales {
            weights.chunks(length).map(scale).collect()
        } else {
            vec![1.0; rows]
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

    /// Each weight takes the nearest multiple. With `inputs` weights are moved before, to make up
    /// for errors.
    ///
    /// The multiple that costs fewer bits is not preferred. That would make the squared error of a
    /// layer's output a little less for its bits, but all towards zero: an output with a relative
    /// error of `e` follows the original's by `1 - e` only, and over layers this multiplies. Errors
    /// of nearest multiples have nothing to do with the weights, and add up as squares do.
    fn quantised(self, inputs: &[Inputs], kept: usize) -> Quantised {
        let multiples: Vec<i32> = if inputs.is_empty() {
            self.weights.iter().map(|&weight| nearest(weight)).collect()
        } else {
            let length = (self.weights.len() / self.scales.len().max(1)).max(1);
            let rows = self.scales.len().div_ceil(inputs.len()).max(1);
            let units = self.weights.par_chunks(length).enumerate();
            let rounded = units.map(|(unit, row)| {
                inputs[(unit / rows).min(inputs.len() - 1)].round_row(row, kept, nearest)
            });
            rounded.flatten_iter().collect()
        };
        quantised(&multiples, self.step, self.scales)
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
