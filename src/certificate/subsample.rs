//! The training error from a uniform subsample.

use rand_chacha::rand_core::Rng;
use serde::{Deserialize, Serialize};

use crate::bounds::{population_errors, BoundError, EmpiricalRisk, FailureProbability, SampleSize};
use crate::random::stream;

/// The part of a certificate's `delta` that is spent on the subsample.
const SHARE: f64 = 0.2;

/// Which of the training examples were evaluated, and how many were errors.
///
/// The certificate's `delta` is spent twice: a fifth, `delta`, in case the subsample misleads, the
/// rest in case the training set does. The seeds share that fifth: with seed `r` the number of
/// errors in the training set is bounded with probability `1 - delta/((r + 1)(r + 2))`, so that the
/// bounds of all seeds hold at once, whichever was chosen. The indices depend on the model file
/// too: no file can be made for a subsample that is known beforehand. The size must be chosen
/// before the errors are seen.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Subsample {
    /// `S`, drawn without replacement.
    pub size: u64,
    /// Determines the indices, with the model file.
    pub seed: u64,
    /// Errors among them.
    pub errors: u64,
    /// Probability that the subsample misleads.
    pub delta: f64,
}

/// The indices of a subsample of `size` of `n` examples, ascending; of all of them if it is not
/// smaller.
///
/// `size` steps of a shuffle (Fisher and Yates 1938), with integers from ChaCha by rejection, in a
/// stream of the seed and the model file's SHA-256.
pub fn subsample_indices(n: usize, size: usize, seed: u64, model_sha256: &str) -> Vec<usize> {
    let mut random = stream(seed, model_sha256, 0, "subsample");
    let mut below = |bound: u64| {
        // The largest multiple of the bound that 64 bits hold.
        let limit = u64::MAX - u64::MAX % bound;
        loop {
            let number = random.next_u64();
            if number < limit {
                return (number % bound) as usize;
            }
        }
    };
    let mut indices: Vec<usize> = (0..n).collect();
    let size = size.min(n);
    for place in 0..size {
        indices.swap(place, place + below((n - place) as u64));
    }
    indices.truncate(size);
    indices.sort_unstable();
    indices
}

impl Subsample {
    /// What `errors` on a subsample say.
    pub(super) fn new(size: u64, seed: u64, errors: u64, delta: f64) -> Self {
        Self {
            size,
            seed,
            errors,
            delta: SHARE * delta,
        }
    }

    /// The errors in all `n` training examples are at most so many, for all seeds at once with
    /// probability `1 - delta`.
    pub(super) fn most_errors(&self, n: u64) -> Result<u64, BoundError> {
        let seed = self.seed as f64;
        // The product may be rounded up by a few units in the last place.
        let delta = self.delta / ((seed + 1.0) * (seed + 2.0)) * (1.0 - 1e-15);
        let sample = EmpiricalRisk::new(self.errors, self.size)?;
        Ok(
            population_errors(sample, SampleSize::new(n)?, FailureProbability::new(delta)?)?
                .count(),
        )
    }

    /// What is left of a certificate's `delta` for the training set, rounded down.
    pub(super) fn rest_of(&self, delta: f64) -> f64 {
        (delta - self.delta) * (1.0 - 1e-15)
    }
}

/// The errors among all `n` examples, and the `delta` that is left for the training set.
pub(super) fn population(
    errors: u64,
    n: u64,
    delta: FailureProbability,
    subsample: Option<&Subsample>,
) -> Result<(u64, FailureProbability), BoundError> {
    match subsample {
        None => Ok((errors, delta)),
        Some(subsample) => Ok((
            subsample.most_errors(n)?,
            FailureProbability::new(subsample.rest_of(delta.get()))?,
        )),
    }
}
