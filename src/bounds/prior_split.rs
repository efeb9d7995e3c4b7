//! A prior that is learnt on a part of the data.

use super::error::BoundError;
use crate::bounds::quantities::risk::{EmpiricalRisk, SampleSize};

/// The first `m` of `n` examples fix the prior; the other `n - m` are those of the bound.
///
/// Given the first, the prior is fixed before the others are drawn, so that every bound holds with
/// `n - m` in place of `n` and the errors counted on those `n - m`. Say `m` wherever the bound is
/// reported: for `m` close to `n` it is a held-out bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PriorSplit {
    prior: u64,
    rest: SampleSize,
}

impl PriorSplit {
    /// Splits `examples`.
    ///
    /// # Errors
    /// [`BoundError::Part`] if none would be left for the bound.
    pub fn new(examples: SampleSize, prior: u64) -> Result<Self, BoundError> {
        let examples = examples.get();
        if prior >= examples {
            return Err(BoundError::Part {
                part: prior,
                purpose: "for the prior",
                examples,
                most: examples - 1,
            });
        }
        Ok(Self {
            prior,
            rest: SampleSize::new(examples - prior)?,
        })
    }

    /// `m`.
    #[must_use]
    pub fn prior_examples(self) -> u64 {
        self.prior
    }

    /// `n - m`.
    #[must_use]
    pub fn bound_examples(self) -> SampleSize {
        self.rest
    }

    /// The empirical risk, from the number of errors on the examples that the prior has not seen.
    ///
    /// # Errors
    /// [`BoundError::MoreErrorsThanExamples`].
    pub fn risk(self, errors: u64) -> Result<EmpiricalRisk, BoundError> {
        EmpiricalRisk::new(errors, self.rest.get())
    }
}
