//! What the inputs of a layer have in common, and which errors of its weights they hide.

use nalgebra::{Cholesky, DMatrix};
use rayon::prelude::*;

use super::correction::shift_after;
use crate::code::{Convolution, Layer, Padding};
use crate::evaluate::Batch;
use crate::evaluate::{Evaluator, WindowMoments};
use crate::network::budget::error::BudgetError;
use crate::network::import::ImportError;
use crate::network::trained_network::TrainedNetwork;
use crate::shape::ImageSize;

/// Photographs at a time.
pub(super) const PART: usize = 64;

/// Along each axis at most so many windows of a photograph are looked at: neighbours are alike.
const WINDOWS: usize = 8;

/// Added to variances, as a part of their mean: what comes in is not exactly what it was either.
const DAMPING: f64 = 0.01;

/// The inputs of one group of a layer.
///
/// Errors `e` of a unit's weights change its output by `e^T x`, of variance
/// `e^T H e = sum_i (U e)_i^2` for inputs with the covariance `H = U^T U`, where `U` is upper
/// triangular. What all windows have in common does not count: means are corrected.
#[derive(Debug, Clone)]
pub(super) struct Inputs {
    /// Number of inputs.
    count: usize,
    /// `U` with its rows divided by the diagonal, `[inputs, inputs]`.
    factor: Vec<f32>,
    /// The squared diagonal: the variance of each input, given those before it.
    variances: Vec<f32>,
    /// Mean of the variances of the inputs themselves.
    mean_variance: f64,
}

impl Inputs {
    /// The inputs of each group from two halves of the images.
    ///
    /// Correlations are shrunk by the factor with which one half's predict the other's best, as
    /// what is not there in both is noise.
    fn of_halves(halves: &[WindowMoments; 2], is_corrected: bool) -> Vec<Self> {
        let groups = 0..halves[0].groups();
        let groups: Vec<Halves> = groups
            .map(|group| Halves::new(halves, group, is_corrected))
            .collect();
        let kept = kept(&groups);
        let group = |group: &Halves| {
            let inputs = group.inputs;
            let shrunk = (0..inputs * inputs).map(|place| {
                let (row, column) = (place / inputs, place % inputs);
                let kept = if row == column { 1.0 } else { kept };
                kept * group.mean(row, column)
            });
            let shrunk: Vec<f64> = shrunk.collect();
            Self::of_covariance(&shrunk, inputs)
        };
        groups.iter().map(group).collect()
    }

    /// From the lower triangle of a covariance, row by row.
    fn of_covariance(covariance: &[f64], count: usize) -> Self {
        let mut covariance = DMatrix::from_row_slice(count, count, covariance);
        let mean_variance = covariance.trace() / count.max(1) as f64;
        let damping = DAMPING * mean_variance + f64::from(f32::MIN_POSITIVE);
        for input in 0..count {
            covariance[(input, input)] += damping;
        }
        // Damped, it is positive definite up to rounding; a variance that rounds to nothing is
        // taken to be the smallest.
        let lower = Cholesky::new_with_substitute(covariance, f64::MIN_POSITIVE)
            .map_or_else(|| DMatrix::identity(count, count), Cholesky::unpack_dirty);
        let mut factor = vec![0.0; count * count];
        for row in 0..count {
            let diagonal = lower[(row, row)];
            for column in row..count {
                factor[row * count + column] = (lower[(column, row)] / diagonal) as f32;
            }
        }
        let variances = (0..count)
            .map(|input| lower[(input, input)].powi(2) as f32)
            .collect();
        Self {
            count,
            factor,
            variances,
            mean_variance: mean_variance + damping,
        }
    }

    /// What is left of the mean cost of a weight's squared error if others make up for it, at best.
    pub(super) fn gain(inputs: &[Self]) -> f64 {
        let variances = inputs
            .iter()
            .flat_map(|inputs| &inputs.variances)
            .map(|&variance| f64::from(variance));
        let left = variances.sum::<f64>()
            / inputs
                .iter()
                .map(|inputs| inputs.count)
                .sum::<usize>()
                .max(1) as f64;
        left / (inputs
            .iter()
            .map(|inputs| inputs.mean_variance)
            .sum::<f64>()
            / inputs.len().max(1) as f64)
    }

    /// Rounds the weights of a unit from the last to the first, each after it has been moved to
    /// make up for the errors of those after it (nearest plane, Babai 1986; in networks Hassibi and
    /// Stork 1993, Frantar et al. 2023).
    ///
    /// Of the ways of rounding those so far the `kept` with the least variance of the output's
    /// error go on, each to the two nearest multiples of the next: one alone is the nearest plane,
    /// more come nearer to the nearest point (the M algorithm, Anderson and Mohan 1984). `nearest`
    /// gives the multiple next to a number.
    pub(super) fn round_row(
        &self,
        row: &[f32],
        kept: usize,
        nearest: impl Fn(f32) -> i32,
    ) -> Vec<i32> {
        let mut ways = vec![Way::new(row.len())];
        let mut longer: Vec<Way> = Vec::new();
        let mut candidates = Vec::new();
        for place in (0..row.len().min(self.count)).rev() {
            let after = place + 1;
            let along = &self.factor[place * self.count..][after..self.count];
            candidates.clear();
            for (from, way) in ways.iter().enumerate() {
                let target = row[place] + dot(along, &way.errors[after..]);
                let first = nearest(target);
                let other = nearest(first as f32 + (target - first as f32).signum());
                for multiple in [first, other] {
                    let missed = target - multiple as f32;
                    let variance = way.variance + self.variances[place] * missed * missed;
                    candidates.push((variance, from, multiple));
                    if kept == 1 {
                        break;
                    }
                }
            }
            candidates.sort_by(|(one, ..), (other, ..)| one.total_cmp(other));
            candidates.truncate(kept);
            longer.resize_with(candidates.len(), || Way::new(row.len()));
            for (way, &(variance, from, multiple)) in longer.iter_mut().zip(&candidates) {
                way.variance = variance;
                way.errors[after..].copy_from_slice(&ways[from].errors[after..]);
                way.errors[place] = row[place] - multiple as f32;
            }
            std::mem::swap(&mut ways, &mut longer);
        }
        // The ways are in the order of their variances.
        let errors = ways.swap_remove(0).errors;
        let weights = row.iter().zip(errors);
        weights
            .map(|(weight, error)| (weight - error).round() as i32)
            .collect()
    }
}

/// A way of rounding the last weights of a unit.
struct Way {
    /// Of the output's error that they make, in squared steps.
    variance: f32,
    /// Of each weight, in steps.
    errors: Vec<f32>,
}

impl Way {
    fn new(weights: usize) -> Self {
        Self {
            variance: 0.0,
            errors: vec![0.0; weights],
        }
    }
}

/// The covariance of the inputs of a group in each half of the images, about the means of both.
struct Halves {
    inputs: usize,
    /// Which part of the windows each half has.
    parts: [f64; 2],
    /// `[inputs, inputs]`, on and below the diagonal.
    covariances: [Vec<f64>; 2],
}

impl Halves {
    /// About zero, where means are not corrected.
    fn new(halves: &[WindowMoments; 2], group: usize, is_corrected: bool) -> Self {
        let counts = halves.each_ref().map(|half| half.count() as f64);
        let windows = (counts[0] + counts[1]).max(1.0);
        let [first, second] = [0, 1].map(|half| halves[half].sums(group));
        let means: Vec<f64> = first
            .iter()
            .zip(second)
            .map(|(first, second)| (first + second) / windows)
            .collect();
        let means = if is_corrected {
            means
        } else {
            vec![0.0; means.len()]
        };
        Self {
            inputs: means.len(),
            parts: counts.map(|count| count / windows),
            covariances: [0, 1].map(|half| covariance(&halves[half], group, &means)),
        }
    }

    /// In each half, for a column that is not after the row.
    fn at(&self, row: usize, column: usize) -> [f64; 2] {
        let place = row * self.inputs + column;
        self.covariances.each_ref().map(|half| half[place])
    }

    /// In both together.
    fn mean(&self, row: usize, column: usize) -> f64 {
        let [one, other] = self.at(row, column);
        self.parts[0] * one + self.parts[1] * other
    }
}

/// The factor by which the covariances of two inputs are best multiplied: that with which one
/// half's predict the other's.
fn kept(groups: &[Halves]) -> f64 {
    let (mut common, mut all) = (0.0, f64::MIN_POSITIVE);
    for group in groups {
        let variances: Vec<f64> = (0..group.inputs)
            .map(|input| group.mean(input, input))
            .collect();
        for (row, variance) in variances.iter().enumerate() {
            for (column, other) in variances[..row].iter().enumerate() {
                let scale = (variance * other).max(f64::MIN_POSITIVE);
                let [one, other] = group.at(row, column);
                common += one * other / scale;
                all += group.mean(row, column).powi(2) / scale;
            }
        }
    }
    (common / all).clamp(0.0, 1.0)
}

/// The covariance in one half, on and below the diagonal.
fn covariance(half: &WindowMoments, group: usize, means: &[f64]) -> Vec<f64> {
    let (inputs, count) = (means.len(), half.count().max(1) as f64);
    let (sums, products) = (half.sums(group), half.products(group));
    let covariance = |place: usize| {
        let (row, column) = (place / inputs, place % inputs);
        if column > row || half.count() == 0 {
            return 0.0;
        }
        let [(x, sum_x), (y, sum_y)] = [row, column].map(|input| (means[input], sums[input]));
        (products[place] - x * sum_y - y * sum_x) / count + x * y
    };
    (0..inputs * inputs).map(covariance).collect()
}

/// Partial sums, that a processor computes side by side.
const SUMS: usize = 16;

/// The inner product. nalgebra's adds in another order, which would change files.
fn dot(first: &[f32], second: &[f32]) -> f32 {
    let mut sums = [0.0; SUMS];
    let [(first, rest), (second, other)] =
        [first, second].map(|numbers| numbers.as_chunks::<SUMS>());
    for (first, second) in first.iter().zip(second) {
        for lane in 0..SUMS {
            sums[lane] += first[lane] * second[lane];
        }
    }
    let mut rest_sum = 0.0;
    for (first, second) in rest.iter().zip(other) {
        rest_sum += first * second;
    }
    sums.into_iter().sum::<f32>() + rest_sum
}

/// For each tensor of a convolution or dense layer its inputs on `images`, as the network's
/// evaluator computes them, group by group; nothing for other tensors.
///
/// # Errors
/// If the network does not read the images.
pub(super) fn inputs(
    network: &TrainedNetwork,
    evaluator: &Evaluator,
    images: &Batch,
    report: &mut impl FnMut(),
) -> Result<Vec<Vec<Inputs>>, BudgetError> {
    let architecture = &network.architecture;
    let mut moments: Vec<Option<[WindowMoments; 2]>> = vec![None; network.weights.len()];
    let firsts = architecture.first_tensors();
    for part in images.parts(PART) {
        let mut features = evaluator.features_of(&part, 0).map_err(ImportError::from)?;
        for ((layer, (kind, size, _)), &first) in architecture.steps().enumerate().zip(&firsts) {
            features = evaluator.advance(features, layer);
            if let (Some((convolution, size)), Some(first)) = (reader(kind, size), first) {
                for (block, found) in features
                    .window_moments(&spread(&convolution, size), size)
                    .into_iter()
                    .enumerate()
                {
                    match &mut moments[first] {
                        Some(halves) => halves[block % 2].add(&found),
                        none => *none = Some([found.clone(), found.zeros()]),
                    }
                }
            }
        }
        report();
    }
    let mut corrected = vec![false; network.weights.len()];
    for (layer, first) in firsts.into_iter().enumerate() {
        if let Some(first) = first {
            corrected[first] = shift_after(architecture, layer).is_some();
        }
    }
    let tensors = moments.into_par_iter().zip(corrected);
    Ok(tensors
        .map(|(halves, is)| halves.map_or(Vec::new(), |halves| Inputs::of_halves(&halves, is)))
        .collect())
}

/// A convolution that reads only some of the windows of this one.
fn spread(convolution: &Convolution, size: ImageSize) -> Convolution {
    let windows = size
        .height
        .max(size.width)
        .div_ceil(convolution.stride.max(1));
    Convolution {
        stride: convolution.stride * windows.div_ceil(WINDOWS).max(1),
        ..*convolution
    }
}

/// The convolution that a layer is, and what it reads; a dense layer reads all features at once.
fn reader(layer: &Layer, size: ImageSize) -> Option<(Convolution, ImageSize)> {
    match *layer {
        Layer::Convolution(convolution) => Some((convolution, size)),
        Layer::Dense { units, bias } => {
            let padding = Padding::Each(0);
            let convolution = Convolution {
                channels: units,
                kernel: 1,
                stride: 1,
                padding,
                groups: 1,
                bias,
            };
            Some((
                convolution,
                ImageSize {
                    channels: size.features(),
                    height: 1,
                    width: 1,
                },
            ))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COVARIANCE: [f64; 16] = [
        1.0, 0.0, 0.0, 0.0, 0.8, 1.1, 0.0, 0.0, 0.5, 0.7, 0.9, 0.0, -0.6, 0.2, 0.3, 1.3,
    ];

    /// What whole multiples for a row do to the variance of its output, in squared steps.
    fn variance(inputs: &Inputs, row: &[f32], multiples: &[i32]) -> f32 {
        let errors: Vec<f32> = row
            .iter()
            .zip(multiples)
            .map(|(weight, &multiple)| weight - multiple as f32)
            .collect();
        (0..row.len())
            .map(|place| {
                let along = &inputs.factor[place * inputs.count..][place..inputs.count];
                inputs.variances[place] * dot(along, &errors[place..]).powi(2)
            })
            .sum()
    }

    /// The least of such variances, of all multiples within two of the weights.
    fn least(inputs: &Inputs, row: &[f32]) -> f32 {
        let all = 0..5i32.pow(row.len() as u32);
        let variances = all.map(|number| {
            let multiples: Vec<i32> = row
                .iter()
                .zip(0..)
                .map(|(weight, place)| weight.round() as i32 + number / 5i32.pow(place) % 5 - 2)
                .collect();
            variance(inputs, row, &multiples)
        });
        variances.fold(f32::INFINITY, f32::min)
    }

    #[test]
    fn more_ways_of_rounding_come_nearer_to_the_least_variance() {
        let inputs = Inputs::of_covariance(&COVARIANCE, 4);
        let rows = (0..40).map(|row| [0.37, 0.61, 0.23, 0.83].map(|part| part * row as f32 % 7.0));
        let mut sums = [0.0; 4];
        for row in rows {
            for (sum, kept) in sums.iter_mut().zip([1, 2, 8]) {
                let multiples = inputs.round_row(&row, kept, |number| number.round() as i32);
                *sum += variance(&inputs, &row, &multiples);
            }
            sums[3] += least(&inputs, &row);
        }
        assert!(sums.is_sorted_by(|more, less| more > less), "{sums:?}");
        assert!(sums[2] < 0.7 * sums[0], "{sums:?}");
    }
}
