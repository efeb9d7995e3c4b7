//! The arithmetic coder: symbols in, bytes out, and back.
//!
//! The coding itself is constriction's range coder (Pasco 1976; Bamler 2022). Two things are added
//! here. The stream ends in the fewest bytes that still decode whatever follows them, instead of in
//! whole 32-bit words: in a file of eighty bytes the difference is a few percent. And because no
//! stream is then the beginning of another, streams are self-delimiting: [`Decoder`] needs no
//! length.

use std::borrow::Borrow;
use std::num::NonZeroU32;

use constriction::stream::model::{EncoderModel, EntropyModel};
use constriction::stream::queue::{DefaultRangeEncoder, EncoderSituation};
use constriction::stream::Encode;

use super::distribution::{Binary, Distribution, PRECISION};
use crate::code::error::CodeError;

/// The interval of one symbol, as constriction's encoder asks for it.
struct Interval {
    start: u32,
    width: NonZeroU32,
}

impl EntropyModel<PRECISION> for Interval {
    type Symbol = ();
    type Probability = u32;
}

impl EncoderModel<PRECISION> for Interval {
    #[inline]
    fn left_cumulative_and_probability(
        &self,
        _symbol: impl Borrow<()>,
    ) -> Option<(u32, NonZeroU32)> {
        Some((self.start, self.width))
    }
}

/// A sum of ideal code lengths: a product of probabilities that is only now and then turned into
/// bits.
#[derive(Debug, Clone, Copy)]
struct Length {
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
    fn add(&mut self, width: NonZeroU32) {
        const ONE: f64 = (1u64 << PRECISION) as f64;
        self.probability *= f64::from(width.get()) / ONE;
        if self.probability < Self::SMALLEST {
            self.bits = self.bits();
            self.probability = 1.0;
        }
    }

    fn bits(&self) -> f64 {
        self.bits - self.probability.log2()
    }
}

/// Writes symbols.
#[derive(Debug, Default)]
pub struct Encoder {
    range: DefaultRangeEncoder,
    /// One sum for each of [`Purpose`]'s values.
    lengths: [Length; 3],
    purpose: usize,
}

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

impl Encoder {
    /// An empty stream.
    pub fn new() -> Self {
        Self::default()
    }

    /// Appends `symbol`, at a cost of `-log2` of its probability.
    ///
    /// # Errors
    /// If `symbol` is outside the distribution's alphabet.
    pub fn write(
        &mut self,
        symbol: usize,
        distribution: &impl Distribution,
    ) -> Result<(), CodeError> {
        let (start, width) = distribution
            .interval(symbol)
            .ok_or(CodeError::InvalidCodeWord)?;
        if let Some(length) = self.lengths.get_mut(self.purpose) {
            length.add(width);
        }
        self.range
            .encode_symbol((), Interval { start, width })
            .map_err(|_| CodeError::InvalidCodeWord)
    }

    /// What the symbols written from now on are for.
    #[inline]
    pub(in crate::code) fn set_purpose(&mut self, purpose: Purpose) {
        self.purpose = purpose as usize;
    }

    /// The part of [`Encoder::ideal_bits`] that was written for `purpose`.
    pub(in crate::code) fn bits_for(&self, purpose: Purpose) -> f64 {
        self.lengths.get(purpose as usize).map_or(0.0, Length::bits)
    }

    /// The sum of `-log2` of the probabilities of all symbols written so far: for reports, never
    /// for bounds.
    pub fn ideal_bits(&self) -> f64 {
        self.lengths.iter().map(Length::bits).sum()
    }

    /// Ends the stream in the fewest bytes that decode to the same symbols whatever follows them.
    ///
    /// The coder's state is an interval `[lower, lower + range)` of 64-bit fractions. Of the points
    /// in it, the one with the fewest bytes `b` is chosen such that all `2^(64 - 8b)` continuations
    /// stay in the interval.
    pub fn finish(self) -> Vec<u8> {
        let (words, state, situation) = self.range.into_raw_parts();
        let lower = u128::from(state.lower());
        let end = lower + u128::from(state.range().get());
        let (point, bytes) = (1..=8)
            .map(|bytes| {
                let step = 1u128 << (64 - 8 * bytes);
                (lower.div_ceil(step) * step, bytes as usize)
            })
            .find(|&(point, bytes)| point + (1u128 << (64 - 8 * bytes)) <= end)
            // Eight bytes always fit: the interval contains `lower` itself.
            .unwrap_or((lower, 8));
        let carry = point >> 64 != 0;

        let mut out: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
        if let EncoderSituation::Inverted(pending, first) = situation {
            // Words held back until it is known whether a carry runs through them.
            let (first, rest) = if carry {
                (first.wrapping_add(1), 0)
            } else {
                (first, u32::MAX)
            };
            out.extend(first.to_be_bytes());
            for _ in 1..pending.get() {
                out.extend(rest.to_be_bytes());
            }
        }
        out.extend(&(point as u64).to_be_bytes()[..bytes]);
        out
    }
}

/// Reads symbols.
///
/// The decoder of constriction's range coder, with a way of its own for binary symbols: it compares
/// instead of dividing.
#[derive(Debug)]
pub struct Decoder {
    words: std::vec::IntoIter<u32>,
    lower: u64,
    range: u64,
    point: u64,
}

/// Below this the coder's range is rescaled by a word.
const SMALLEST_RANGE: u64 = 1 << 32;

impl Decoder {
    /// Reads from the beginning of `bytes`; past their end it reads zeros, so the caller must bound
    /// its reading.
    pub fn new(bytes: &[u8]) -> Self {
        let words: Vec<u32> = bytes
            .chunks(4)
            .map(|chunk| {
                chunk
                    .iter()
                    .chain(std::iter::repeat(&0))
                    .take(4)
                    .fold(0, |word, &byte| word << 8 | u32::from(byte))
            })
            .collect();
        let mut decoder = Self {
            words: words.into_iter(),
            lower: 0,
            range: u64::MAX,
            point: 0,
        };
        decoder.point = u64::from(decoder.next_word()) << 32;
        decoder.point |= u64::from(decoder.next_word());
        decoder
    }

    #[inline]
    fn next_word(&mut self) -> u32 {
        self.words.next().unwrap_or(0)
    }

    /// Reads the next symbol.
    ///
    /// # Errors
    /// If the bits are ones that no encoder writes.
    pub fn read(&mut self, distribution: &impl Distribution) -> Result<usize, CodeError> {
        let scale = self.range >> PRECISION;
        let quantile = self.point.wrapping_sub(self.lower) / scale;
        if quantile >> PRECISION != 0 {
            return Err(CodeError::InvalidCodeWord);
        }
        let (symbol, start, width) = distribution.symbol_at(quantile as u32);
        self.narrow(scale * u64::from(start), scale * u64::from(width.get()));
        Ok(symbol)
    }

    /// Reads the next binary symbol.
    ///
    /// # Errors
    /// As [`Decoder::read`].
    #[inline]
    pub fn read_binary(&mut self, distribution: Binary) -> Result<bool, CodeError> {
        let scale = self.range >> PRECISION;
        let distance = self.point.wrapping_sub(self.lower);
        let (middle, end) = (scale * u64::from(distribution.start()), scale << PRECISION);
        if distance >= end {
            return Err(CodeError::InvalidCodeWord);
        }
        let bit = distance >= middle;
        match bit {
            true => self.narrow(middle, end - middle),
            false => self.narrow(0, middle),
        }
        Ok(bit)
    }

    /// Goes on with the part of the range that belongs to a symbol.
    #[inline]
    fn narrow(&mut self, start: u64, range: u64) {
        self.lower = self.lower.wrapping_add(start);
        self.range = range;
        if range < SMALLEST_RANGE {
            self.lower <<= 32;
            self.range <<= 32;
            self.point = self.point << 32 | u64::from(self.next_word());
        }
    }
}
