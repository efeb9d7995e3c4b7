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
/// The interval of symbol `s` starts at `floor(W_s (2^20 - r) / W) + s`, where `W_s` is the sum of
/// the weights before it, `W` the sum of all and `r` their number: in proportion up to rounding,
/// and never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Weighted {
    weights: Vec<u64>,
    total: u64,
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

    fn between(start: u32, end: u32) -> NonZeroU32 {
        NonZeroU32::new(end - start).unwrap_or(NonZeroU32::MIN)
    }
}

impl Distribution for Weighted {
    fn interval(&self, symbol: usize) -> Option<(u32, NonZeroU32)> {
        let weight = *self.weights.get(symbol)?;
        let before: u64 = self.weights.iter().take(symbol).sum();
        let start = self.boundary(before, symbol);
        Some((
            start,
            Self::between(start, self.boundary(before + weight, symbol + 1)),
        ))
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
}

impl Binary {
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
        Some((start, Weighted::between(start, end)))
    }

    #[inline]
    fn symbol_at(&self, quantile: u32) -> (usize, u32, NonZeroU32) {
        if quantile < self.start {
            (0, 0, Weighted::between(0, self.start))
        } else {
            (1, self.start, Weighted::between(self.start, 1 << PRECISION))
        }
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
            self.expected = Binary {
                start: start as u32,
            };
        }
    }
}

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
