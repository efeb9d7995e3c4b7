//! Sample sizes, error counts, and the training error of a randomised predictor.

use super::probability::Probability;
use crate::bounds::error::BoundError;

/// A number of examples: 1 to `1e12`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SampleSize(u64);

impl SampleSize {
    /// The largest one that is accepted.
    pub const LARGEST: u64 = 1_000_000_000_000;

    /// Checks a number of examples.
    ///
    /// # Errors
    /// [`BoundError::Examples`] if there are none or more than [`LARGEST`](Self::LARGEST).
    pub fn new(examples: u64) -> Result<Self, BoundError> {
        if (1..=Self::LARGEST).contains(&examples) {
            Ok(Self(examples))
        } else {
            Err(BoundError::Examples(examples))
        }
    }

    /// `n`.
    #[must_use]
    pub fn get(self) -> u64 {
        self.0
    }

    /// `n`, exactly.
    pub(in crate::bounds) fn real(self) -> f64 {
        self.0 as f64
    }
}

/// `k` errors in `n` examples: the empirical risk `k/n`, exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EmpiricalRisk {
    errors: u64,
    examples: SampleSize,
}

impl EmpiricalRisk {
    /// Checks the counts.
    ///
    /// # Errors
    /// [`BoundError::Examples`] if there are no examples or more than `1e12`;
    /// [`BoundError::MoreErrorsThanExamples`].
    pub fn new(errors: u64, examples: u64) -> Result<Self, BoundError> {
        let size = SampleSize::new(examples)?;
        if errors > examples {
            return Err(BoundError::MoreErrorsThanExamples { errors, examples });
        }
        Ok(Self {
            errors,
            examples: size,
        })
    }

    /// `n`.
    #[must_use]
    pub fn sample_size(self) -> SampleSize {
        self.examples
    }

    /// `k`, as it was counted.
    #[must_use]
    pub fn count(self) -> u64 {
        self.errors
    }

    /// `k`.
    #[must_use]
    pub fn errors(self) -> f64 {
        self.errors as f64
    }

    /// `n`.
    #[must_use]
    pub fn examples(self) -> f64 {
        self.examples.real()
    }

    /// `n - k`.
    #[must_use]
    pub fn successes(self) -> f64 {
        (self.examples.get() - self.errors) as f64
    }

    /// `k/n`, rounded to nearest.
    #[must_use]
    pub fn rate(self) -> f64 {
        self.errors() / self.examples()
    }
}

/// The training error of a randomised predictor: the mean, under its posterior, of a loss in
/// `[0, 1]` over `n` examples.
///
/// A deterministic hypothesis is the case of a posterior with one point, and then the error is
/// exactly `k/n`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct GibbsRisk {
    /// `n` times the mean, to two units in the last place.
    errors: f64,
    /// `n` times its complement, likewise.
    successes: f64,
    examples: SampleSize,
}

impl GibbsRisk {
    /// From the mean loss and the number of examples.
    ///
    /// The mean is an upper bound on the exact one, such as
    /// [`monte_carlo_risk`](crate::bounds::monte_carlo::monte_carlo_risk) returns: an estimate is
    /// not enough.
    #[must_use]
    pub fn new(mean: Probability, examples: SampleSize) -> Self {
        let n = examples.real();
        Self {
            errors: n * mean.get(),
            successes: n * mean.complement(),
            examples,
        }
    }

    /// `n`.
    #[must_use]
    pub fn sample_size(self) -> SampleSize {
        self.examples
    }

    /// The mean loss, to two units in the last place.
    #[must_use]
    pub fn rate(self) -> f64 {
        self.errors / self.examples()
    }

    pub(in crate::bounds) fn examples(self) -> f64 {
        self.examples.real()
    }

    pub(in crate::bounds) fn errors(self) -> f64 {
        self.errors
    }

    pub(in crate::bounds) fn successes(self) -> f64 {
        self.successes
    }
}

impl From<EmpiricalRisk> for GibbsRisk {
    fn from(risk: EmpiricalRisk) -> Self {
        Self {
            errors: risk.errors(),
            successes: risk.successes(),
            examples: risk.sample_size(),
        }
    }
}
