//! Fixed tables.

use std::num::NonZeroU32;

use super::probability::{Distribution, ONE};

/// Symbols in proportion to integer weights.
///
/// The interval of symbol `s` starts at `floor(W_s (2^20 - r) / W) + s`, where `W_s` is the sum of
/// the weights before it, `W` the sum of all and `r` their number: in proportion up to rounding,
/// and never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weighted {
    pub(super) weights: Vec<u64>,
    pub(super) total: u64,
}

impl Weighted {
    /// The distribution in proportion to `weights`, which must not all be zero.
    ///
    /// # Panics
    /// If all weights are zero or there are more than `2^16` of them; both are fixed by the
    /// caller's source.
    pub fn new(weights: &[u64]) -> Self {
        let total = weights.iter().sum();
        assert!(
            total > 0 && weights.len() <= 1 << 16,
            "a distribution needs a positive weight"
        );
        Self {
            weights: weights.to_vec(),
            total,
        }
    }

    fn boundary(&self, weight_before: u64, symbol: usize) -> u32 {
        let free = ONE - self.weights.len() as u64;
        let scaled = match weight_before.checked_mul(free) {
            Some(product) => product / self.total,
            None => (u128::from(weight_before) * u128::from(free) / u128::from(self.total)) as u64,
        };
        (scaled + symbol as u64) as u32
    }
}

impl Distribution for Weighted {
    fn interval(&self, symbol: usize) -> Option<(u32, NonZeroU32)> {
        let weight = *self.weights.get(symbol)?;
        let before: u64 = self.weights.iter().take(symbol).sum();
        let start = self.boundary(before, symbol);
        Some((
            start,
            width(start, self.boundary(before + weight, symbol + 1)),
        ))
    }

    fn symbol_at(&self, quantile: u32) -> (usize, u32, NonZeroU32) {
        let (mut before, mut start) = (0, 0);
        for (symbol, weight) in self.weights.iter().enumerate() {
            before += weight;
            let end = self.boundary(before, symbol + 1);
            if quantile < end {
                return (symbol, start, width(start, end));
            }
            start = end;
        }
        // The last boundary is 2^20 - r + r = 2^20, above every quantile.
        unreachable!("quantile {quantile} is at least one")
    }
}

/// The width of an interval that is never empty.
#[inline]
pub(super) fn width(start: u32, end: u32) -> NonZeroU32 {
    NonZeroU32::new(end - start).unwrap_or(NonZeroU32::MIN)
}
