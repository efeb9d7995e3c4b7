//! One way through the symbols of a tensor, for writing and for reading.
//!
//! What a coder expects of the next symbol depends only on the symbols before it. So the models are
//! written once, and run over a [`Pass`]: a writer that knows all symbols, or a reader that learns
//! them one by one.

use super::distribution::{Binary, Distribution};
use super::entropy::Purpose;
use super::{CodeError, Decoder, Encoder};

/// The symbols of one tensor and a coder.
pub(super) trait Pass {
    /// Number of symbols.
    fn len(&self) -> usize;

    /// A symbol that has been coded already.
    fn coded(&self, place: usize) -> u8;

    /// The symbol that is to be coded; anything, in a reader.
    fn next(&self, place: usize) -> u8;

    /// Codes one choice; returns the one that was made.
    fn choose(
        &mut self,
        choice: usize,
        distribution: &impl Distribution,
    ) -> Result<usize, CodeError>;

    /// A symbol is complete.
    fn complete(&mut self, place: usize, symbol: u8);

    /// What the choices from now on are for.
    fn set_purpose(&mut self, purpose: Purpose);

    /// Codes one binary choice.
    fn decide(&mut self, bit: bool, distribution: Binary) -> Result<bool, CodeError>;
}

/// Writes known symbols.
pub(super) struct Writer<'a> {
    pub(super) encoder: &'a mut Encoder,
    pub(super) symbols: &'a [u8],
}

impl Pass for Writer<'_> {
    fn len(&self) -> usize {
        self.symbols.len()
    }

    #[inline]
    fn coded(&self, place: usize) -> u8 {
        self.symbols.get(place).copied().unwrap_or(0)
    }

    #[inline]
    fn next(&self, place: usize) -> u8 {
        self.coded(place)
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
    fn complete(&mut self, _place: usize, _symbol: u8) {}

    #[inline]
    fn set_purpose(&mut self, purpose: Purpose) {
        self.encoder.set_purpose(purpose);
    }
}

/// Reads symbols into place.
pub(super) struct Reader<'a> {
    pub(super) decoder: &'a mut Decoder,
    pub(super) symbols: &'a mut [u8],
}

impl Pass for Reader<'_> {
    fn len(&self) -> usize {
        self.symbols.len()
    }

    #[inline]
    fn coded(&self, place: usize) -> u8 {
        self.symbols.get(place).copied().unwrap_or(0)
    }

    #[inline]
    fn next(&self, _place: usize) -> u8 {
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
    fn complete(&mut self, place: usize, symbol: u8) {
        if let Some(slot) = self.symbols.get_mut(place) {
            *slot = symbol;
        }
    }

    #[inline]
    fn set_purpose(&mut self, _purpose: Purpose) {}
}
