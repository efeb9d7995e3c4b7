//! What the coder believes about the next symbol: fixed tables and adaptive counts.
//!
//! Everything is integer arithmetic, so that encoder and decoder agree on every machine.

use std::num::NonZeroU32;

/// Probabilities are multiples of `2^-PRECISION`.
pub const PRECISION: usize = 20;

const ONE: u64 = 1 << PRECISION;

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

/// Symbols in proportion to integer weights.
///
/// The interval of symbol `s` starts at `floor(W_s (2^20 - r) / W) + s`, where `W_s` is the sum of the weights
/// before it, `W` the sum of all and `r` their number: in proportion up to rounding, and never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weighted {
    weights: Vec<u64>,
    total: u64,
}

impl Weighted {
    /// The distribution in proportion to `weights`, which must not all be zero.
    ///
    /// # Panics
    /// If all weights are zero or there are more than `2^16` of them; both are fixed by the caller's source.
    pub fn new(weights: &[u64]) -> Self {
        let total = weights.iter().sum();
        assert!(total > 0 && weights.len() <= 1 << 16, "a distribution needs a positive weight");
        Self { weights: weights.to_vec(), total }
    }

    fn boundary(&self, weight_before: u64, symbol: usize) -> u32 {
        let free = ONE - self.weights.len() as u64;
        let scaled = u128::from(weight_before) * u128::from(free) / u128::from(self.total);
        (scaled as u64 + symbol as u64) as u32
    }

    fn between(start: u32, end: u32) -> NonZeroU32 {
        NonZeroU32::new(end - start).unwrap_or(NonZeroU32::MIN)
    }
}

impl Distribution for Weighted {
    fn interval(&self, symbol: usize) -> Option<(u32, NonZeroU32)> {
        let weight = *self.weights.get(symbol)?;
        let before: u64 = self.weights.iter().take(symbol).sum();
        let start = self.boundary(before, symbol);
        Some((start, Self::between(start, self.boundary(before + weight, symbol + 1))))
    }

    fn symbol_at(&self, quantile: u32) -> (usize, u32, NonZeroU32) {
        let (mut before, mut start) = (0, 0);
        for (symbol, weight) in self.weights.iter().enumerate() {
            before += weight;
            let end = self.boundary(before, symbol + 1);
            if quantile < end {
                return (symbol, start, Self::between(start, end));
            }
            start = end;
        }
        // The last boundary is 2^20 - r + r = 2^20, above every quantile.
        unreachable!("quantile {quantile} is at least one")
    }
}

/// The Krichevsky-Trofimov estimator (1981): after `c_s` occurrences of symbol `s` among `c`, it expects `s` with
/// probability `(c_s + 1/2) / (c + r/2)`.
///
/// For two symbols, coding any sequence of length `c` costs at most `(1/2) log2 c + 1` bits more than the best
/// fixed probability would, known only in hindsight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adaptive(Weighted);

impl Adaptive {
    /// No observations yet, over `size` symbols.
    ///
    /// # Panics
    /// If `size` is zero or more than `2^16`.
    pub fn new(size: usize) -> Self {
        Self(Weighted::new(&vec![1; size]))
    }

    /// Counts one more occurrence of `symbol`; symbols outside the alphabet are ignored.
    pub fn observe(&mut self, symbol: usize) {
        if let Some(weight) = self.0.weights.get_mut(symbol) {
            *weight += 2;
            self.0.total += 2;
        }
    }
}

impl Distribution for Adaptive {
    fn interval(&self, symbol: usize) -> Option<(u32, NonZeroU32)> {
        self.0.interval(symbol)
    }

    fn symbol_at(&self, quantile: u32) -> (usize, u32, NonZeroU32) {
        self.0.symbol_at(quantile)
    }
}
