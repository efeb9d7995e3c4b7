//! One way through the symbols of a tensor, for writing and for reading.
//!
//! What a coder expects of the next symbol depends only on the symbols before it. So the models are
//! written once, and run over a [`Pass`]: a writer that knows all symbols, or a reader that learns
//! them one by one.

use crate::code::coder::decoder::Decoder;
use crate::code::coder::distribution::{Binary, Distribution};
use crate::code::coder::encoder::Encoder;
use crate::code::coder::length::Purpose;
use crate::code::error::CodeError;

/// The symbols of one tensor and a coder.
pub(in crate::code) trait Pass {
    /// Number of symbols.
    fn len(&self) -> usize;

    /// A symbol that has been coded already.
    fn coded(&self, index: usize) -> u8;

    /// The symbol that is to be coded; anything, in a reader.
    fn next(&self, index: usize) -> u8;

    /// Codes one choice; returns the one that was made.
    fn choose(
        &mut self,
        choice: usize,
        distribution: &impl Distribution,
    ) -> Result<usize, CodeError>;

    /// A symbol is complete.
    fn complete(&mut self, index: usize, symbol: u8);

    /// What the choices from now on are for.
    fn set_purpose(&mut self, purpose: Purpose);

    /// Codes one binary choice.
    fn decide(&mut self, bit: bool, distribution: Binary) -> Result<bool, CodeError>;
}

/// Writes known symbols.
pub(in crate::code) struct Writer<'a> {
    pub(in crate::code) encoder: &'a mut Encoder,
    pub(in crate::code) symbols: &'a [u8],
}

impl Pass for Writer<'_> {
    fn len(&self) -> usize {
        self.symbols.len()
    }

    #[inline]
    fn coded(&self, index: usize) -> u8 {
        self.symbols.get(index).copied().unwrap_or(0)
    }

    #[inline]
    fn next(&self, index: usize) -> u8 {
        self.coded(index)
    }

    #[inline]
    fn choose(
        &mut self,
        choice: usize,
        distribution: &impl Distribution,
    ) -> Result<usize, CodeError> {
        self.encoder.write(choice, distribution)?;
        Ok(choice)
    }

    #[inline]
    fn decide(&mut self, bit: bool, distribution: Binary) -> Result<bool, CodeError> {
        self.encoder.write(usize::from(bit), &distribution)?;
        Ok(bit)
    }

    #[inline]
    fn complete(&mut self, _index: usize, _symbol: u8) {}

    #[inline]
    fn set_purpose(&mut self, purpose: Purpose) {
        self.encoder.set_purpose(purpose);
    }
}

/// Reads symbols one by one.
pub(in crate::code) struct Reader<'a> {
    pub(in crate::code) decoder: &'a mut Decoder,
    pub(in crate::code) symbols: &'a mut [u8],
}

impl Pass for Reader<'_> {
    fn len(&self) -> usize {
        self.symbols.len()
    }

    #[inline]
    fn coded(&self, index: usize) -> u8 {
        self.symbols.get(index).copied().unwrap_or(0)
    }

    #[inline]
    fn next(&self, _index: usize) -> u8 {
        0
    }

    #[inline]
    fn choose(
        &mut self,
        _choice: usize,
        distribution: &impl Distribution,
    ) -> Result<usize, CodeError> {
        self.decoder.read(distribution)
    }

    #[inline]
    fn decide(&mut self, _bit: bool, distribution: Binary) -> Result<bool, CodeError> {
        self.decoder.read_binary(distribution)
    }

    #[inline]
    fn complete(&mut self, index: usize, symbol: u8) {
        if let Some(slot) = self.symbols.get_mut(index) {
            *slot = symbol;
        }
    }

    #[inline]
    fn set_purpose(&mut self, _purpose: Purpose) {}
}
