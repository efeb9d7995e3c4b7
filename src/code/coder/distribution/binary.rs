//! Two symbols with a probability.

use std::num::NonZeroU32;

use super::probability::{Distribution, PRECISION};
use super::weighted::width;

/// Two symbols, 0 and 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Binary {
    /// Where the interval of 1 starts, and that of 0 ends: above 0 and below `2^20`.
    start: u32,
}

impl Binary {
    /// Both are equally probable.
    pub const FAIR: Self = Self {
        start: 1 << (PRECISION - 1),
    };

    /// A one has probability `ones / 2^16`; `ones` is taken as at least 1 and at most `2^16 - 1`.
    pub fn sixteen_bits(ones: u32) -> Self {
        Self {
            start: (1 << PRECISION) - (ones.clamp(1, (1 << 16) - 1) << (PRECISION - 16)),
        }
    }

    /// From where the interval of 1 starts, above 0 and below `2^20`.
    #[inline]
    pub(super) fn starting_at(start: u32) -> Self {
        Self { start }
    }

    /// Where the interval of 1 starts.
    #[inline]
    pub(in crate::code) fn start(&self) -> u32 {
        self.start
    }
}

impl Distribution for Binary {
    #[inline]
    fn interval(&self, symbol: usize) -> Option<(u32, NonZeroU32)> {
        let (start, end) = match symbol {
            0 => (0, self.start),
            1 => (self.start, 1 << PRECISION),
            _ => return None,
        };
        Some((start, width(start, end)))
    }

    #[inline]
    fn symbol_at(&self, quantile: u32) -> (usize, u32, NonZeroU32) {
        if quantile < self.start {
            (0, 0, width(0, self.start))
        } else {
            (1, self.start, width(self.start, 1 << PRECISION))
        }
    }
}
