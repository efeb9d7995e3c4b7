//! What the inputs of a layer have in common, and which errors of its weights they hide.

use nalgebra::{Cholesky, DMatrix};
use rayon::prelude::*;

use crate::code::{Architecture, Convolution, Layer, Padding};
use crate::evaluate::Batch;
use crate::evaluate::{Evaluator, WindowMoments};
use crate::network::budget::error::BudgetError;
use crate::network::import::ImportError;
use crate::network::trained_network::TrainedNetwork;
use crate::shape::ImageSize;

/// Photographs at a time.
pub(super) const PART: usize = 64;

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
    /// The covariance from two halves of the images.
    ///
    /// Correlations are shrunk by the factor with which one half's predict the other's best, as
    /// what is not there in both is noise.
    fn of_halves(halves: &[WindowMoments; 2], is_corrected: bool) -> Vec<Self> {
        let inputs = halves[0].inputs();
        let parts = halves
            .each_ref()
            .map(|half| half.count() as f64 / (halves[0].count() + halves[1].count()) as f64);
        let groups = 0..halves[0].groups();
        let covariances: Vec<[Vec<f64>; 2]> = groups
            .map(|group| covariances(halves, group, is_corrected))
            .collect();
        let (mut common, mut all) = (0.0, f64::MIN_POSITIVE);
        for [one, other] in &covariances {
            for row in 0..inputs {
                for column in 0..row {
                    let at = |place: usize| parts[0] * one[place] + parts[1] * other[place];
                    let (place, [x, y]) = (
                        row * inputs + column,
                        [row, column].map(|input| at(input * inputs + input)),
                    );
                    let scale = (x * y).max(f64::MIN_POSITIVE);
                    common += one[place] * other[place] / scale;
                    all += at(place).powi(2) / scale;
                }
            }
        }
        let kept = (common / all).clamp(0.0, 1.0);
        let groups = covariances.into_iter().map(|[one, other]| {
            let mean = one
                .iter()
                .zip(other)
                .map(|(one, other)| parts[0] * one + parts[1] * other);
            let shrunk =
                mean.enumerate()
                    .map(|(place, value)| match place / inputs == place % inputs {
                        true => value,
                        false => kept * value,
                    });
            shrunk.collect()
        });
        groups
            .map(|covariance: Vec<f64>| Self::of_covariance(&covariance, inputs))
            .collect()
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

    /// Mean of the variances that are left.
    pub(super) fn mean_left(inputs: &[Self]) -> f32 {
        let variances = inputs.iter().flat_map(|inputs| &inputs.variances);
        variances.sum::<f32>()
            / inputs
                .iter()
                .map(|inputs| inputs.count)
                .sum::<usize>()
                .max(1) as f32
    }

    /// Rounds the weights of a unit from the last to the first, each after it has been moved to
    /// make up for the errors of those after it (nearest plane, Babai 1986; in networks Hassibi and
    /// Stork 1993, Frantar et al. 2023). `round` is given a weight and the variance that its error
    /// meets.
    pub(super) fn round_row<T: Default + Clone>(
        &self,
        row: &[f32],
        round: impl Fn(f32, f32) -> (T, f32),
    ) -> Vec<T> {
        let mut symbols = vec![T::default(); row.len()];
        let mut errors = vec![0.0f32; row.len()];
        for place in (0..row.len().min(self.count)).rev() {
            let after = place + 1;
            let along = &self.factor[place * self.count..][after..self.count];
            let target = row[place] + dot(along, &errors[after..]);
            let (symbol, rounded) = round(target, self.variances[place]);
            symbols[place] = symbol;
            errors[place] = row[place] - rounded;
        }
        symbols
    }
}

/// The covariance of the inputs of a group in each half, about the means of both; about zero, where
/// means are not corrected.
fn covariances(halves: &[WindowMoments; 2], group: usize, is_corrected: bool) -> [Vec<f64>; 2] {
    let windows = halves
        .iter()
        .map(WindowMoments::count)
        .sum::<usize>()
        .max(1) as f64;
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
    [0, 1].map(|half| {
        let (half, inputs) = (&halves[half], means.len());
        let (count, sums, products) = (
            half.count().max(1) as f64,
            half.sums(group),
            half.products(group),
        );
        let covariance = |place: usize| {
            let (row, column) = (place / inputs, place % inputs);
            let [(x, sum_x), (y, sum_y)] = [row, column].map(|input| (means[input], sums[input]));
            match column <= row && half.count() > 0 {
                true => (products[place] - x * sum_y - y * sum_x) / count + x * y,
                false => 0.0,
            }
        };
        (0..inputs * inputs).map(covariance).collect()
    })
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
                    .window_moments(&convolution, size)
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
    let corrected = corrected(architecture);
    let tensors = moments.into_par_iter().zip(corrected);
    Ok(tensors
        .map(|(halves, is)| halves.map_or(Vec::new(), |halves| Inputs::of_halves(&halves, is)))
        .collect())
}

/// For each tensor whether the means of what its layer computes are corrected: by a bias, or the
/// batch normalisation that follows.
fn corrected(architecture: &Architecture) -> Vec<bool> {
    let mut corrected = vec![false; architecture.tensors().len()];
    for (layer, first) in architecture.first_tensors().into_iter().enumerate() {
        let next = architecture.layers().get(layer + 1);
        let has_shift = architecture
            .layers()
            .get(layer)
            .is_some_and(Layer::has_shift);
        if let Some(corrected) = first.and_then(|first| corrected.get_mut(first)) {
            *corrected = has_shift || next == Some(&Layer::BatchNormalise);
        }
    }
    corrected
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
