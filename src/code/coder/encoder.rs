//! The arithmetic encoder: symbols in, bytes out.

use std::borrow::Borrow;
use std::num::NonZeroU32;

use constriction::stream::model::{EncoderModel, EntropyModel};
use constriction::stream::queue::{DefaultRangeEncoder, EncoderSituation};
use constriction::stream::Encode;

use super::distribution::{Distribution, PRECISION};
use super::length::{Length, Purpose};
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

/// The arithmetic coder: writes symbols, each at the cost of `-log2` of its probability.
///
/// The coding itself is constriction's range coder (Pasco 1976; Bamler 2022). Two things are added
/// here. The stream ends in the fewest bytes that still decode whatever follows them, instead of in
/// whole 32-bit words: in a file of eighty bytes the difference is a few percent. And because no
/// stream is then the beginning of another, streams are self-delimiting: [`Decoder`] needs no
/// length.
///
/// [`Decoder`]: crate::code::Decoder
#[derive(Debug, Default)]
pub struct Encoder {
    range: DefaultRangeEncoder,
    /// One sum for each of [`Purpose`]'s values.
    lengths: [Length; Purpose::ALL.len()],
    purpose: usize,
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
    #[must_use]
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
