//! The training error from a uniform subsample: the maker's, and the verifier's own.

use rand_chacha::rand_core::Rng;
use serde::{Deserialize, Serialize};

use crate::bounds::{population_errors, BoundError, EmpiricalRisk, FailureProbability, SampleSize};
use crate::random::stream;

/// The part of a certificate's `delta` that is spent on the subsample.
const SHARE: f64 = 0.2;

/// What a maker pays, in bits, for what he could have chosen with the errors in view: the file, the
/// seed and the size of the subsample.
///
/// A union bound over `2^64` tries; a try takes a hash and some look-ups at least, so that so many
/// are some 50,000 processor-years.
pub const GRINDING_BITS: i32 = 64;

/// Products may be rounded up by a few units in the last place.
const DOWN: f64 = 1.0 - 1e-15;

/// Which of the training examples the maker evaluated, and how many were errors.
///
/// The certificate's `delta` is spent twice: a fifth, `delta`, in case the subsample misleads, the
/// rest in case the training set does. Of the fifth only `2^-64` is left for this one subsample
/// ([`GRINDING_BITS`]). A verifier repeats none of it: it draws its own.
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

/// Which training examples are evaluated where the maker evaluated a subsample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Draw {
    /// Those of the verifier's own choice, which did not exist when the file was made.
    Own {
        /// How many; as many as the maker if nothing is said.
        size: Option<u64>,
        /// What repeats a draw; the operating system's randomness if nothing is said. A seed that
        /// the maker could have known or guessed proves nothing.
        seed: Option<u64>,
    },
    /// All.
    All,
}

impl Default for Draw {
    fn default() -> Self {
        Self::Own {
            size: None,
            seed: None,
        }
    }
}

/// Who draws a subsample: the indices of one say nothing about those of another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drawer {
    /// Whoever issues a certificate.
    Maker,
    /// Whoever verifies it.
    Verifier,
}

/// The indices of a subsample of `size` of `n` examples, ascending; of all of them if it is not
/// smaller.
///
/// `size` steps of a shuffle (Fisher and Yates 1938), with integers from ChaCha by rejection, in a
/// stream of the seed and the model file's SHA-256.
pub fn subsample_indices(
    n: usize,
    size: usize,
    seed: u64,
    model_sha256: &str,
    drawer: Drawer,
) -> Vec<usize> {
    let purpose = match drawer {
        Drawer::Maker => "subsample",
        Drawer::Verifier => "verifier's subsample",
    };
    let mut random = stream(seed, model_sha256, 0, purpose);
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

    /// The errors in all `n` training examples are at most so many, for `2^64` subsamples at once
    /// with probability `1 - delta`.
    pub(super) fn most_errors(&self, n: u64) -> Result<u64, BoundError> {
        let delta = self.delta * 2f64.powi(-GRINDING_BITS) * DOWN;
        most_errors(self.errors, self.size, n, FailureProbability::new(delta)?)
    }

    /// What is left of a certificate's `delta` for the training set, rounded down.
    pub(super) fn rest_of(&self, delta: f64) -> f64 {
        (delta - self.delta) * DOWN
    }
}

/// What a verifier's own subsample says about the errors in all `n` training examples.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Limits {
    /// At least so many, with probability `1 - delta/5` at a certificate's `delta`.
    pub(super) least: u64,
    /// At most so many, with the same probability.
    pub(super) most: u64,
}

impl Limits {
    /// From `errors` that were seen among `size`, of which `unknown` are not the examples of the
    /// certificate and count as errors where that is the safe side. The indices were drawn after
    /// the file existed, so nothing is paid for its choice.
    pub(super) fn new(
        errors: u64,
        unknown: u64,
        size: u64,
        n: u64,
        delta: FailureProbability,
    ) -> Result<Self, BoundError> {
        let delta = FailureProbability::new(SHARE * delta.get() * DOWN)?;
        let right = size - errors;
        Ok(Self {
            least: n - most_errors(right, size, n, delta)?,
            most: most_errors(errors + unknown, size, n, delta)?,
        })
    }
}

/// The largest number of errors among `n` for which a subsample has so few with probability at
/// least `delta`, by the exact hypergeometric tail.
fn most_errors(
    errors: u64,
    size: u64,
    n: u64,
    delta: FailureProbability,
) -> Result<u64, BoundError> {
    let sample = EmpiricalRisk::new(errors, size)?;
    Ok(population_errors(sample, SampleSize::new(n)?, delta)?.count())
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
