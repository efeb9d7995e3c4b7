//! Lengths and divergences: bits and nats, which are different types.

use std::f64::consts::LN_2;
use std::fmt;

use super::rounding::{lower, raise, up};
use crate::bounds::error::BoundError;

/// Lower bounds on bits that are smaller than this are taken for 0.
const LEAST_LIMIT: f64 = 1e-290;

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
    #[must_use]
    pub fn get(self) -> f64 {
        self.0
    }

    /// `ln 2` nats a bit, rounded up.
    #[must_use]
    pub fn to_nats(self) -> Nats {
        // The product and the constant are each off by at most half a unit in the last place.
        Nats(if self.0 == 0.0 {
            0.0
        } else {
            up(self.0 * LN_2, 2).min(f64::MAX)
        })
    }

    /// `nats / ln 2`, rounded down, for `nats >= 0` that exceed the exact value by a relative
    /// `5e-14` at most.
    pub(in crate::bounds) fn below_nats(nats: f64) -> Self {
        // Subnormal numbers do not have the digits to be lowered by a part.
        Self(if nats < LEAST_LIMIT {
            0.0
        } else {
            lower(nats / LN_2, 6e-14)
        })
    }

    /// `bits` themselves, which the caller has shown to be finite and at least 0.
    pub(in crate::bounds) fn trusted(bits: f64) -> Self {
        Self(bits)
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
    #[must_use]
    pub fn get(self) -> f64 {
        self.0
    }

    /// The sum, rounded up: a code's nats and those of its
    /// [length](crate::bounds::length_prior::LengthPrior), say.
    #[must_use]
    pub fn plus(self, other: Nats) -> Nats {
        Nats(up(self.0 + other.0, 1).min(f64::MAX))
    }

    /// The difference, rounded up, or nothing if `gain` is larger: a code's nats less a
    /// [symmetry](crate::bounds::symmetry::symmetry_gain), say.
    #[must_use]
    pub fn less(self, gain: Nats) -> Nats {
        Nats(up(self.0 - gain.0, 1).max(0.0))
    }

    /// `nats`, which the caller has computed to a relative `1e-14`, rounded up.
    pub(in crate::bounds) fn above(nats: f64) -> Self {
        Self(raise(nats, 2e-14))
    }

    /// `nats`, which the caller has computed to a relative `1e-14`, rounded down.
    pub(in crate::bounds) fn below(nats: f64) -> Self {
        Self(lower(nats, 2e-14))
    }
}

impl fmt::Display for Nats {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} nats", self.0)
    }
}
