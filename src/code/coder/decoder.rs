//! The arithmetic decoder: bytes in, symbols out.

use super::distribution::{Binary, Distribution, PRECISION};
use crate::code::error::CodeError;

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
        if bit {
            self.narrow(middle, end - middle);
        } else {
            self.narrow(0, middle);
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
