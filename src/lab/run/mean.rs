//! Means over draws, and what they prove about expectations.

use crate::bounds::{limit_kl, Bits, BoundError, FailureProbability, Probability, SampleSize};
use crate::lab::confidence::{mean_limits, proportion_limits, student_limits};

/// All limits of one configuration hold together with probability 95%.
pub const CONFIDENCE: f64 = 0.95;

/// The failure probability of each of so many limits that hold together with [`CONFIDENCE`].
pub(super) fn share_of(limits: f64) -> Result<FailureProbability, BoundError> {
    FailureProbability::new((1.0 - CONFIDENCE) / limits)
}

/// A mean over draws, with the confidence limits of the expectation.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub struct Mean {
    /// The lower limit.
    pub lower: f64,
    /// The mean itself.
    pub mean: f64,
    /// The upper limit.
    pub upper: f64,
}

impl Mean {
    /// Each limit fails with that probability at most.
    pub(super) fn of(
        values: &[f64],
        range: (f64, f64),
        failure: FailureProbability,
    ) -> Result<Self, BoundError> {
        let (lower, upper) = mean_limits(values, range, failure)?;
        Ok(Self {
            lower,
            mean: values.iter().sum::<f64>() / values.len() as f64,
            upper,
        })
    }

    /// If the values are distributed normally, each limit fails with that probability at most.
    pub(super) fn of_normal(values: &[f64], failure: FailureProbability) -> Self {
        let (lower, upper) = student_limits(values, failure);
        Self {
            lower,
            mean: values.iter().sum::<f64>() / values.len() as f64,
            upper,
        }
    }

    /// A probability, from how many of so many draws were cases of it, with the limits of Clopper
    /// and Pearson (1934).
    pub(super) fn of_cases(cases: u64, draws: u64) -> Result<Self, BoundError> {
        let side = FailureProbability::new((1.0 - CONFIDENCE) / 2.0)?;
        let (lower, upper) = proportion_limits(cases, draws, side)?;
        Ok(Self {
            lower,
            mean: cases as f64 / draws as f64,
            upper,
        })
    }

    /// A number that is known.
    pub(super) fn exactly(value: f64) -> Self {
        Self {
            lower: value,
            mean: value,
            upper: value,
        }
    }

    /// `n kl(eb||Lb)`, in bits: at the limits of `eb` and `Lb` that make it smallest, at the means,
    /// and at those that make it largest.
    pub(super) fn limit(size: SampleSize, train: Self, test: Self) -> Result<Self, BoundError> {
        let limit = |train: f64, test: f64| -> Result<f64, BoundError> {
            // Training errors above test errors are no overfitting.
            let (train, test) = (train.min(test), test);
            Ok(
                limit_kl(size, Probability::new(train)?, Probability::new(test)?)
                    .map_or(f64::INFINITY, Bits::get),
            )
        };
        Ok(Self {
            lower: limit(train.upper, test.lower)?,
            mean: limit(train.mean, test.mean)?,
            upper: limit(train.lower, test.upper)?,
        })
    }
}
