//! Weights with noise around the codebook: a distribution over networks instead of one.

use std::f64::consts::{LN_2, TAU};

use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use thiserror::Error;

use crate::bounds::{
    monte_carlo_risk_of_pairs, pac_bayes_kl_xi, BoundError, EmpiricalRisk, FailureProbability,
    GaussianNoise, Nats, SampleSize,
};
use crate::code::{CodeError, Model};
use crate::data::{DataError, LabelledImages};
use crate::evaluate::{EvaluationError, Evaluator};
use crate::random::stream;

/// Standard deviations of the noise that are tried, as parts of the mean magnitude of a tensor's
/// codewords.
pub const RELATIVE_WIDTHS: [f64; 5] = [0.05, 0.1, 0.2, 0.4, 0.8];

/// The room for rounding in a sum of ideal lengths, in bits.
const ROUNDING: f64 = 1e-6;

/// A bound on the error of a network whose kept weights are drawn anew, with noise, for each
/// example.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct StochasticBound {
    /// The noise, one of [`RELATIVE_WIDTHS`].
    pub relative_width: f64,
    /// The mean error over the pairs drawn.
    pub mean_error: f64,
    /// What the training error is at most, but for its share of `delta`.
    pub error_limit: f64,
    /// The divergence of the posterior from the prior, in nats.
    pub divergence: f64,
    /// The bound.
    pub bound: f64,
}

/// Why there is no such bound.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StochasticError {
    /// The weights are not codewords.
    #[error(
        "a tensor lies in a subspace: its weights have no codewords for the noise to be around"
    )]
    Subspace,
    /// The file cannot be written.
    #[error(transparent)]
    Code(#[from] CodeError),
    /// The network does not fit the data.
    #[error(transparent)]
    Evaluation(#[from] EvaluationError),
    /// An example cannot be taken.
    #[error(transparent)]
    Data(#[from] DataError),
    /// A number is outside a bound's domain.
    #[error(transparent)]
    Bound(#[from] BoundError),
}

/// The bounds at all [`RELATIVE_WIDTHS`], which hold together with probability at least
/// `1 - delta`.
///
/// The posterior adds to each kept weight `N(0, sigma^2)`, `sigma` a fixed part of the mean
/// magnitude of its codebook. The prior draws a file but for its assignments, then each kept weight
/// from the equal mixture of `N(c, sigma^2)` over the codewords `c` (Zhou et al. 2019, theorem
/// 4.3). So
///
/// `KL <= ln 2 (bits - assignments + sum log2 r) + sum KL(N(w, sigma^2) || sum_c N(c, sigma^2))`,
///
/// with `r` codewords for each kept weight; the last terms are negative where the noise hides which
/// codeword it was. The training error is estimated from `draws` pairs of a fresh network and a
/// random training example. Each of the widths gets an equal share of `delta`, half of it for this
/// estimate and half for the bound.
///
/// # Errors
/// [`StochasticError`].
pub fn stochastic_bounds(
    model: &Model,
    data: &LabelledImages,
    draws: u64,
    delta: FailureProbability,
    seed: u64,
) -> Result<Vec<StochasticBound>, StochasticError> {
    if model
        .tensors()
        .iter()
        .any(|tensor| tensor.subspace().is_some())
    {
        return Err(StochasticError::Subspace);
    }
    let share = FailureProbability::new(delta.get() / (2.0 * RELATIVE_WIDTHS.len() as f64))?;
    let examples = SampleSize::new(data.len() as u64)?;
    let mut bounds = Vec::with_capacity(RELATIVE_WIDTHS.len());
    for relative_width in RELATIVE_WIDTHS {
        let divergence = Nats::new(divergence(model, relative_width)?)?;
        let errors = |draw| {
            let mut random = stream(seed, &format!("noise {relative_width}"), draw, "pair");
            let example = random.random_range(0..data.len());
            let weights = noisy_weights(model, relative_width, random);
            Ok(Evaluator::of_structure(model.structure(), weights)
                .errors(&data.slice(example..example + 1)?)?)
        };
        let wrong: Result<u64, StochasticError> = (0..draws).into_par_iter().map(errors).sum();
        let pairs = EmpiricalRisk::new(wrong?, draws)?;
        let mean_error = pairs.rate();
        let risk = monte_carlo_risk_of_pairs(pairs, examples, share)?;
        bounds.push(StochasticBound {
            relative_width,
            mean_error,
            error_limit: risk.rate(),
            divergence: divergence.get(),
            bound: pac_bayes_kl_xi(risk, divergence, share),
        });
    }
    Ok(bounds)
}

/// The standard deviation of the noise of a tensor; 0 without codewords.
fn deviation(model: &Model, tensor: usize, relative_width: f64) -> f64 {
    let values = model
        .tensors()
        .get(tensor)
        .and_then(|tensor| model.codebooks().get(tensor.codebook()?));
    let values = values.map_or(&[][..], |codebook| codebook.values());
    let sum: f64 = values.iter().map(|&value| f64::from(value).abs()).sum();
    relative_width * sum / values.len().max(1) as f64
}

/// An upper bound on the divergence of the posterior from the prior, in nats; at least 0.
fn divergence(model: &Model, relative_width: f64) -> Result<f64, StochasticError> {
    let (_, allocation) = model.encode_with_allocation()?;
    let mut bits = allocation.total as f64;
    let mut noise = 0.0;
    for (place, (tensor, spent)) in model.tensors().iter().zip(&allocation.tensors).enumerate() {
        let codebook = tensor.codebook();
        let Some(codebook) = codebook
            .and_then(|codebook| model.codebooks().get(codebook))
            .filter(|codebook| !codebook.is_empty())
        else {
            continue;
        };
        bits += tensor.nonzeros() as f64 * (codebook.len() as f64).log2() - spent.assignments
            + ROUNDING;
        let mut counts = vec![0u64; codebook.len()];
        for &symbol in tensor.symbols().iter().filter(|&&symbol| symbol > 0) {
            counts[usize::from(symbol) - 1] += 1;
        }
        let values: Vec<f64> = codebook
            .values()
            .iter()
            .map(|&value| f64::from(value))
            .collect();
        let sigma = deviation(model, place, relative_width);
        noise += GaussianNoise::new(&values, sigma, sigma)?.quadrature_total(&counts)?;
    }
    Ok((bits * LN_2 + noise + ROUNDING).max(0.0))
}

/// The weights of one network of the posterior.
fn noisy_weights(model: &Model, relative_width: f64, mut random: ChaCha8Rng) -> Vec<Vec<f32>> {
    let mut weights = model.weights();
    for (place, weights) in weights.iter_mut().enumerate() {
        let sigma = deviation(model, place, relative_width);
        for weight in weights.iter_mut().filter(|weight| **weight != 0.0) {
            *weight = (f64::from(*weight) + sigma * normal(&mut random)) as f32;
        }
    }
    weights
}

/// A standard normal number (Box and Muller 1958).
fn normal(random: &mut ChaCha8Rng) -> f64 {
    let radius = (-2.0 * (1.0 - random.random::<f64>()).ln()).sqrt();
    radius * (TAU * random.random::<f64>()).cos()
}
