//! Probabilities: of an error, and of a bound's failure.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::bits_and_nats::Nats;
use super::rounding::up;
use crate::bounds::error::BoundError;

/// The probability `delta`, over the draw of the sample, that a bound fails: between 0 and 1, both
/// excluded.
///
/// In files it is a number, which is checked when it is read.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(try_from = "f64", into = "f64")]
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
    #[must_use]
    pub fn get(self) -> f64 {
        self.0
    }

    /// `ln(1/delta)`, rounded up.
    #[must_use]
    pub fn nats(self) -> Nats {
        Nats::above(-self.0.ln())
    }

    /// `delta + other`, rounded up: the probability that one of two statements fails.
    ///
    /// # Errors
    /// [`BoundError::FailureProbability`] if the sum is not below 1.
    ///
    /// ```
    /// use nonvacuous::bounds::FailureProbability;
    /// let both = FailureProbability::new(0.04)?.or(FailureProbability::new(0.01)?)?;
    /// assert!(both.get() >= 0.05);
    /// # Ok::<(), nonvacuous::bounds::BoundError>(())
    /// ```
    pub fn or(self, other: Self) -> Result<Self, BoundError> {
        Self::new(up(self.0 + other.0, 1))
    }
}

impl TryFrom<f64> for FailureProbability {
    type Error = BoundError;

    fn try_from(delta: f64) -> Result<Self, BoundError> {
        Self::new(delta)
    }
}

impl From<FailureProbability> for f64 {
    fn from(delta: FailureProbability) -> f64 {
        delta.0
    }
}

impl FromStr for FailureProbability {
    type Err = BoundError;

    /// A double that is not above the decimal: a bound at it is a bound at the decimal.
    fn from_str(decimal: &str) -> Result<Self, BoundError> {
        let nearest = parse(decimal)?;
        Self::new(nearest)?;
        Self::new(nearest.next_down())
    }
}

/// A number from 0 to 1: a double, and what the decimal it was read from has beyond it.
///
/// The remainder matters where two probabilities almost agree: the divergence of 0.5 and 0.5000001
/// is that of their nearest doubles only to nine digits.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Probability {
    nearest: f64,
    remainder: f64,
}

impl Probability {
    /// Checks a probability.
    ///
    /// # Errors
    /// [`BoundError::Probability`] if it is not from 0 to 1.
    pub fn new(probability: f64) -> Result<Self, BoundError> {
        if (0.0..=1.0).contains(&probability) {
            Ok(Self {
                nearest: probability,
                remainder: 0.0,
            })
        } else {
            Err(BoundError::Probability(probability))
        }
    }

    /// The nearest double.
    #[must_use]
    pub fn get(self) -> f64 {
        self.nearest
    }

    /// `1 - self`, to a unit in the last place.
    pub(in crate::bounds) fn complement(self) -> f64 {
        (1.0 - self.nearest) - self.remainder
    }

    /// `self - other`, to a unit in the last place: a difference of doubles is exact where it
    /// cancels.
    pub(in crate::bounds) fn minus(self, other: Self) -> f64 {
        (self.nearest - other.nearest) + (self.remainder - other.remainder)
    }
}

impl FromStr for Probability {
    type Err = BoundError;

    /// Decimals of up to 15 digits are taken exactly, to one part in `2^105`; longer ones are
    /// rounded to the nearest double.
    ///
    /// ```
    /// use nonvacuous::bounds::Probability;
    /// let probability: Probability = "0.05".parse()?;
    /// assert_eq!(probability.get(), 0.05);
    /// # Ok::<(), nonvacuous::bounds::BoundError>(())
    /// ```
    fn from_str(decimal: &str) -> Result<Self, BoundError> {
        let nearest = parse(decimal)?;
        let remainder = remainder(decimal, nearest).unwrap_or(0.0);
        Ok(Self {
            remainder,
            ..Self::new(nearest)?
        })
    }
}

fn parse(decimal: &str) -> Result<f64, BoundError> {
    decimal
        .trim()
        .parse()
        .map_err(|_| BoundError::Decimal(decimal.to_string()))
}

/// `decimal - nearest`, for a decimal `0.digits`.
fn remainder(decimal: &str, nearest: f64) -> Option<f64> {
    const MOST_DIGITS: usize = 15;
    let digits = decimal.trim().strip_prefix("0.")?;
    if digits.len() > MOST_DIGITS {
        return None;
    }
    // The digits and the power of ten are exact, and so is their difference before the one rounding
    // of the fused step.
    let numerator = digits.parse::<u64>().ok()? as f64;
    let denominator = 10f64.powi(digits.len() as i32);
    Some((-nearest).mul_add(denominator, numerator) / denominator)
}
