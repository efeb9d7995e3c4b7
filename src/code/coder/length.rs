//! Ideal code lengths, and what they were spent for.

use std::num::NonZeroU32;

use super::distribution::PRECISION;

/// What symbols are written for: where the bits go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::code) enum Purpose {
    /// Everything before and between weights.
    Description = 0,
    /// Which weights are not zero.
    Mask = 1,
    /// Which values they take.
    Assignment = 2,
}

impl Purpose {
    /// All, in order.
    pub(in crate::code) const ALL: [Self; 3] = [Self::Description, Self::Mask, Self::Assignment];
}

/// A sum of ideal code lengths: a product of probabilities that is only now and then turned into
/// bits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Length {
    bits: f64,
    probability: f64,
}

impl Default for Length {
    fn default() -> Self {
        Self {
            bits: 0.0,
            probability: 1.0,
        }
    }
}

impl Length {
    /// The logarithm of this and of one more probability of at least `2^-20` is far from the
    /// smallest number.
    const SMALLEST: f64 = 1e-280;

    #[inline]
    pub(super) fn add(&mut self, width: NonZeroU32) {
        const ONE: f64 = (1u64 << PRECISION) as f64;
        self.probability *= f64::from(width.get()) / ONE;
        if self.probability < Self::SMALLEST {
            self.bits = self.bits();
            self.probability = 1.0;
        }
    }

    pub(super) fn bits(&self) -> f64 {
        self.bits - self.probability.log2()
    }
}
