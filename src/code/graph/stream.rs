//! Writing and reading as one: what is said of a code is said once.

use crate::code::coder::decoder::Decoder;
use crate::code::coder::distribution::{Binary, Distribution};
use crate::code::coder::encoder::Encoder;
use crate::code::error::CodeError;

/// An encoder, which writes the symbol that it is given and returns it; or a decoder, which returns
/// what it reads, whatever it is given.
pub(super) trait Stream {
    /// Codes a symbol.
    fn code(&mut self, distribution: &impl Distribution, symbol: usize)
        -> Result<usize, CodeError>;

    /// Codes the lowest `count` bits of a number, the highest first.
    fn bits(&mut self, number: u64, count: u32) -> Result<u64, CodeError> {
        let mut coded = 0;
        for place in (0..count).rev() {
            let bit = self.code(&Binary::FAIR, (number >> place & 1) as usize)?;
            coded = coded << 1 | bit as u64;
        }
        Ok(coded)
    }
}

impl Stream for Encoder {
    fn code(
        &mut self,
        distribution: &impl Distribution,
        symbol: usize,
    ) -> Result<usize, CodeError> {
        self.write(symbol, distribution)?;
        Ok(symbol)
    }
}

impl Stream for Decoder {
    fn code(&mut self, distribution: &impl Distribution, _: usize) -> Result<usize, CodeError> {
        self.read(distribution)
    }
}

/// A stream that goes nowhere: what is coded to it is only learned from.
pub(super) struct Nowhere;

impl Stream for Nowhere {
    fn code(&mut self, _: &impl Distribution, symbol: usize) -> Result<usize, CodeError> {
        Ok(symbol)
    }
}
