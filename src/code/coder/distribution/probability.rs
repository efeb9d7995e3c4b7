//! Intervals of probability, one a symbol.

use std::num::NonZeroU32;

/// Probabilities are multiples of `2^-PRECISION`.
pub const PRECISION: usize = 20;

pub(super) const ONE: u64 = 1 << PRECISION;

/// A probability distribution over the symbols `0, 1, …, size - 1`, in units of `2^-PRECISION`.
pub trait Distribution {
    /// Where a symbol's interval starts, and its width; `None` for a symbol outside the alphabet.
    fn interval(&self, symbol: usize) -> Option<(u32, NonZeroU32)>;

    /// The symbol whose interval contains `quantile`, with that interval.
    fn symbol_at(&self, quantile: u32) -> (usize, u32, NonZeroU32);
}

/// The ideal code length `-log2 p` of a symbol, in bits; infinite outside the alphabet.
///
/// ```
/// use nonvacuous::code::distribution::{ideal_bits, Weighted};
/// assert_eq!(ideal_bits(&Weighted::new(&[1, 1]), 0), 1.0);
/// ```
pub fn ideal_bits(distribution: &impl Distribution, symbol: usize) -> f64 {
    match distribution.interval(symbol) {
        Some((_, width)) => PRECISION as f64 - f64::from(width.get()).log2(),
        None => f64::INFINITY,
    }
}
