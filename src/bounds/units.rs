//! Checked arguments: bits, nats, failure probabilities, error counts.

use std::f64::consts::LN_2;
use std::fmt;

use super::rounding::up;
use super::BoundError;

/// Most examples that are accepted.
const MOST_EXAMPLES: u64 = 1_000_000_000_000;

/// A description length in bits: finite, at least 0.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Bits(f64);

impl Bits {
    /// Checks a length.
    ///
    /// # Errors
    /// [`BoundError::Length`] if it is negative, infinite or not a number.
    pub fn new(bits: f64) -> Result<Self, BoundError> {
        if bits.is_finite() && bits >= 0.0 {
            Ok(Self(bits))
        } else {
            Err(BoundError::Length(bits, "bits"))
        }
    }

    /// The number of bits.
    pub fn get(self) -> f64 {
        self.0
    }

    /// `ln 2` nats a bit, rounded up.
    pub fn to_nats(self) -> Nats {
        // The product and the constant are each off by at most half a unit in the last place.
        Nats(if self.0 == 0.0 { 0.0 } else { up(self.0 * LN_2, 2) })
    }
}

impl fmt::Display for Bits {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} bits", self.0)
    }
}

/// A divergence or budget in nats: finite, at least 0.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Nats(f64);

impl Nats {
    /// Checks a budget.
    ///
    /// # Errors
    /// [`BoundError::Length`] if it is negative, infinite or not a number.
    pub fn new(nats: f64) -> Result<Self, BoundError> {
        if nats.is_finite() && nats >= 0.0 {
            Ok(Self(nats))
        } else {
            Err(BoundError::Length(nats, "nats"))
        }
    }

    /// The number of nats.
    pub fn get(self) -> f64 {
        self.0
    }

    /// The sum, rounded up.
    pub(super) fn plus(self, other: Nats) -> Nats {
        Nats(up(self.0 + other.0, 1))
    }
}

impl fmt::Display for Nats {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} nats", self.0)
    }
}

/// The probability `delta`, over the draw of the sample, that a bound fails: between 0 and 1, both excluded.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct FailureProbability(f64);

impl FailureProbability {
    /// Checks a probability.
    ///
    /// # Errors
    /// [`BoundError::FailureProbability`] if it is not strictly between 0 and 1.
    pub fn new(delta: f64) -> Result<Self, BoundError> {
        if delta > 0.0 && delta < 1.0 {
            Ok(Self(delta))
        } else {
            Err(BoundError::FailureProbability(delta))
        }
    }

    /// `delta`.
    pub fn get(self) -> f64 {
        self.0
    }

    /// `ln(1/delta)`, rounded up.
    pub fn nats(self) -> Nats {
        // Mathematical libraries compute logarithms to within a unit in the last place.
        Nats(up(-self.0.ln(), 2))
    }
}

/// A number from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Probability(f64);

impl Probability {
    /// Checks a probability.
    ///
    /// # Errors
    /// [`BoundError::Probability`] if it is not from 0 to 1.
    pub fn new(probability: f64) -> Result<Self, BoundError> {
        if (0.0..=1.0).contains(&probability) {
            Ok(Self(probability))
        } else {
            Err(BoundError::Probability(probability))
        }
    }

    /// The number.
    pub fn get(self) -> f64 {
        self.0
    }
}

/// `k` errors in `n` examples: the empirical risk `k/n`, exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EmpiricalRisk {
    errors: u64,
    examples: u64,
}

impl EmpiricalRisk {
    /// Checks the counts.
    ///
    /// # Errors
    /// [`BoundError::Examples`] if there are none or more than `1e12`; [`BoundError::MoreErrorsThanExamples`].
    pub fn new(errors: u64, examples: u64) -> Result<Self, BoundError> {
        if examples == 0 || examples > MOST_EXAMPLES {
            return Err(BoundError::Examples(examples));
        }
        if errors > examples {
            return Err(BoundError::MoreErrorsThanExamples { errors, examples });
        }
        Ok(Self { errors, examples })
    }

    /// `k`.
    pub fn errors(self) -> f64 {
        self.errors as f64
    }

    /// `n`.
    pub fn examples(self) -> f64 {
        self.examples as f64
    }

    /// `n - k`.
    pub fn successes(self) -> f64 {
        (self.examples - self.errors) as f64
    }

    /// `k/n`, rounded to nearest.
    pub fn rate(self) -> f64 {
        self.errors() / self.examples()
    }
}
