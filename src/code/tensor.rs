//! Which weight takes which value.

use super::distribution::Adaptive;
use super::{CodeError, Codebook, Decoder, Encoder};

/// A tensor of weights that are zero or a codeword: symbol 0 is zero, symbol `s` the codebook's value `s - 1`.
///
/// Code word: for each weight in turn whether it is kept, by an adaptive model of this tensor, and if it is, its
/// codeword by another. A codebook of one value needs no second symbol, an empty one none at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodedTensor {
    /// Which of the model's codebooks the symbols refer to.
    pub codebook: usize,
    /// One symbol a weight.
    pub symbols: Vec<u8>,
}

impl CodedTensor {
    /// The weights themselves.
    pub fn weights(&self, codebook: &Codebook) -> Vec<f32> {
        let value = |symbol: &u8| match usize::from(*symbol).checked_sub(1) {
            Some(place) => codebook.values().get(place).copied().unwrap_or(0.0),
            None => 0.0,
        };
        self.symbols.iter().map(value).collect()
    }

    /// Number of weights that are not zero.
    pub fn kept(&self) -> usize {
        self.symbols.iter().filter(|&&symbol| symbol != 0).count()
    }

    /// Writes all symbols; returns the ideal bits spent on the mask.
    pub(super) fn write(&self, encoder: &mut Encoder, codewords: usize) -> Result<f64, CodeError> {
        let mut mask_bits = 0.0;
        if codewords == 0 {
            return Ok(mask_bits);
        }
        let (mut mask, mut assignment) = (Adaptive::new(2), Adaptive::new(codewords));
        for &symbol in &self.symbols {
            let kept = usize::from(symbol != 0);
            let before = encoder.ideal_bits();
            encoder.write(kept, &mask)?;
            mask_bits += encoder.ideal_bits() - before;
            mask.observe(kept);
            if kept == 1 && codewords > 1 {
                let place = usize::from(symbol) - 1;
                encoder.write(place, &assignment)?;
                assignment.observe(place);
            }
        }
        Ok(mask_bits)
    }

    /// Reads `length` symbols written by [`CodedTensor::write`].
    pub(super) fn read(
        decoder: &mut Decoder,
        codebook: usize,
        codewords: usize,
        length: usize,
    ) -> Result<Self, CodeError> {
        let mut symbols = vec![0; length];
        if codewords > 0 {
            let (mut mask, mut assignment) = (Adaptive::new(2), Adaptive::new(codewords));
            for symbol in &mut symbols {
                let kept = decoder.read(&mask)?;
                mask.observe(kept);
                if kept == 1 {
                    let mut place = 0;
                    if codewords > 1 {
                        place = decoder.read(&assignment)?;
                        assignment.observe(place);
                    }
                    *symbol = (place + 1) as u8;
                }
            }
        }
        Ok(Self { codebook, symbols })
    }
}
