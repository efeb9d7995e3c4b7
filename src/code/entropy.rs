//! The arithmetic coder: symbols in, bytes out, and back.
//!
//! The coding itself is constriction's range coder (Pasco 1976; Bamler 2022). Two things are added here. The
//! stream ends in the fewest bytes that still decode whatever follows them, instead of in whole 32-bit words:
//! in a file of eighty bytes the difference is a few percent. And because no stream is then the beginning of
//! another, streams are self-delimiting: [`Decoder`] needs no length.

use std::borrow::Borrow;
use std::num::NonZeroU32;

use constriction::backends::Cursor;
use constriction::stream::model::{DecoderModel, EncoderModel, EntropyModel};
use constriction::stream::queue::{DefaultRangeDecoder, DefaultRangeEncoder, EncoderSituation};
use constriction::stream::{Decode, Encode};

use super::distribution::{Distribution, PRECISION};
use super::CodeError;

/// A [`Distribution`] as constriction sees it.
struct EntropyOf<'a, D>(&'a D);

impl<D: Distribution> EntropyModel<PRECISION> for EntropyOf<'_, D> {
    type Symbol = usize;
    type Probability = u32;
}

impl<D: Distribution> EncoderModel<PRECISION> for EntropyOf<'_, D> {
    fn left_cumulative_and_probability(&self, symbol: impl Borrow<usize>) -> Option<(u32, NonZeroU32)> {
        self.0.interval(*symbol.borrow())
    }
}

impl<D: Distribution> DecoderModel<PRECISION> for EntropyOf<'_, D> {
    fn quantile_function(&self, quantile: u32) -> (usize, u32, NonZeroU32) {
        self.0.symbol_at(quantile)
    }
}

/// A sum of ideal code lengths: a product of probabilities that is only now and then turned into bits.
#[derive(Debug, Clone, Copy)]
struct Length {
    bits: f64,
    probability: f64,
}

impl Default for Length {
    fn default() -> Self {
        Self { bits: 0.0, probability: 1.0 }
    }
}

impl Length {
    /// The logarithm of this and of one more probability of at least `2^-20` is far from the smallest number.
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
pub(super) enum Purpose {
    /// Everything before and between weights.
    Description = 0,
    /// Which weights are not zero.
    Mask = 1,
    /// Which values they take.
    Assignment = 2,
}

impl Purpose {
    /// All, in order.
    pub(super) const ALL: [Self; 3] = [Self::Description, Self::Mask, Self::Assignment];
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
    pub fn write(&mut self, symbol: usize, distribution: &impl Distribution) -> Result<(), CodeError> {
        let (_, width) = distribution.interval(symbol).ok_or(CodeError::InvalidCodeWord)?;
        if let Some(length) = self.lengths.get_mut(self.purpose) {
            length.add(width);
        }
        self.range.encode_symbol(symbol, EntropyOf(distribution)).map_err(|_| CodeError::InvalidCodeWord)
    }

    /// What the symbols written from now on are for.
    #[inline]
    pub(super) fn set_purpose(&mut self, purpose: Purpose) {
        self.purpose = purpose as usize;
    }

    /// The part of [`Encoder::ideal_bits`] that was written for `purpose`.
    pub(super) fn bits_for(&self, purpose: Purpose) -> f64 {
        self.lengths.get(purpose as usize).map_or(0.0, Length::bits)
    }

    /// The sum of `-log2` of the probabilities of all symbols written so far: for reports, never for bounds.
    pub fn ideal_bits(&self) -> f64 {
        self.lengths.iter().map(Length::bits).sum()
    }

    /// Ends the stream in the fewest bytes that decode to the same symbols whatever follows them.
    ///
    /// The coder's state is an interval `[lower, lower + range)` of 64-bit fractions. Of the points in it, the one
    /// with the fewest bytes `b` is chosen such that all `2^(64 - 8b)` continuations stay in the interval.
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
            let (first, rest) = if carry { (first.wrapping_add(1), 0) } else { (first, u32::MAX) };
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
#[derive(Debug)]
pub struct Decoder {
    range: DefaultRangeDecoder<Cursor<u32, Vec<u32>>>,
}

impl Decoder {
    /// Reads from the beginning of `bytes`; past their end it reads zeros, so the caller must bound its reading.
    pub fn new(bytes: &[u8]) -> Self {
        let words: Vec<u32> = bytes
            .chunks(4)
            .map(|chunk| {
                chunk.iter().chain(std::iter::repeat(&0)).take(4).fold(0, |word, &byte| word << 8 | u32::from(byte))
            })
            .collect();
        let range = match DefaultRangeDecoder::from_compressed(words) {
            Ok(range) => range,
            Err(impossible) => match impossible {},
        };
        Self { range }
    }

    /// Reads the next symbol.
    ///
    /// # Errors
    /// If the bits are ones that no encoder writes.
    pub fn read(&mut self, distribution: &impl Distribution) -> Result<usize, CodeError> {
        self.range.decode_symbol(EntropyOf(distribution)).map_err(|_| CodeError::InvalidCodeWord)
    }
}
