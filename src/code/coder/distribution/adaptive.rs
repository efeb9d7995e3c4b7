//! Probabilities that follow what has been seen.

use std::num::NonZeroU32;

use super::binary::Binary;
use super::probability::{Distribution, ONE};
use super::weighted::Weighted;

/// The Krichevsky-Trofimov estimator (1981): after `c_s` occurrences of symbol `s` among `c`, it
/// expects `s` with probability `(c_s + 1/2) / (c + r/2)`.
///
/// For two symbols, coding any sequence of length `c` costs at most `(1/2) log2 c + 1` bits more
/// than the best fixed probability would, known only in hindsight.
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

    /// Begins as if the symbols had already occurred: their weights are `weights`, and each
    /// observation adds 2.
    ///
    /// # Panics
    /// As [`Weighted::new`].
    pub fn with_weights(weights: &[u64]) -> Self {
        Self(Weighted::new(weights))
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

/// [`Adaptive`] for two symbols, as fast as a binary decision for each of millions of weights must
/// be.
///
/// ```
/// use nonvacuous::code::distribution::{ideal_bits, AdaptiveBit};
/// let mut bit = AdaptiveBit::default();
/// assert_eq!(ideal_bits(&bit.expect(), 1), 1.0);
/// bit.observe(true);
/// assert!((ideal_bits(&bit.expect(), 1) - (4.0f64 / 3.0).log2()).abs() < 1e-5);
/// ```
///
/// After [`AdaptiveBit::EAGER`] observations its probability is only brought up to date after every
/// [`AdaptiveBit::LAZY`]th, which by then changes next to nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AdaptiveBit {
    zeros: u64,
    ones: u64,
    expected: Binary,
}

impl Default for AdaptiveBit {
    fn default() -> Self {
        Self {
            zeros: 0,
            ones: 0,
            expected: Binary::FAIR,
        }
    }
}

impl AdaptiveBit {
    /// Observations after each of which the probability is brought up to date.
    pub const EAGER: u64 = 1024;
    /// Afterwards, observations between updates.
    pub const LAZY: u64 = 16;

    /// The distribution of the next bit.
    #[inline]
    pub fn expect(&self) -> Binary {
        self.expected
    }

    /// Counts one more bit.
    #[inline]
    pub fn observe(&mut self, bit: bool) {
        self.ones += u64::from(bit);
        self.zeros += u64::from(!bit);
        let count = self.zeros + self.ones;
        if count <= Self::EAGER || count.is_multiple_of(Self::LAZY) {
            let start = (1 + 2 * self.zeros) * (ONE - 2) / (2 + 2 * count) + 1;
            self.expected = Binary::starting_at(start as u32);
        }
    }
}
