//! Which weight takes which value.

use super::geometry::Geometry;
use super::pass::{Reader, Writer};
use super::symbol_code::{Alphabet, SymbolCode, MAX_MIXED_WEIGHTS};
use crate::code::coder::range_coder::Purpose;
use crate::code::coder::range_coder::{Decoder, Encoder};
use crate::code::error::CodeError;

/// A tensor of weights that are zero or a codeword: symbol 0 is zero, symbol `s` the codebook's
/// value `s - 1`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodedTensor {
    /// Which of the model's codebooks the symbols refer to.
    pub codebook: usize,
    /// One symbol a weight.
    pub symbols: Vec<u8>,
}

/// Beyond this many weights the way of coding is chosen by the first so many.
const TRIED_WEIGHTS: usize = 1 << 22;

impl CodedTensor {
    /// Number of weights that are not zero.
    pub fn kept(&self) -> usize {
        self.symbols.iter().filter(|&&symbol| symbol != 0).count()
    }

    /// Empirical entropies of zero or not and of the codewords, times how often they were chosen,
    /// in bits.
    pub(in crate::code) fn entropies(&self) -> (f64, f64) {
        let mut counts = [0u64; 256];
        for &symbol in &self.symbols {
            counts[usize::from(symbol)] += 1;
        }
        let [zeros, kept @ ..] = counts;
        (entropy(&[zeros, kept.iter().sum()]), entropy(&kept))
    }

    /// The way of coding the symbols that takes the fewest bits; of equals, the first.
    pub(in crate::code) fn shortest_code(
        &self,
        alphabet: Alphabet,
        geometry: Geometry,
    ) -> Result<SymbolCode, CodeError> {
        let tried = self.symbols.get(..TRIED_WEIGHTS).unwrap_or(&self.symbols);
        let mut shortest = (SymbolCode::Plain, f64::INFINITY);
        for code in SymbolCode::ALL {
            if !self.can_be_coded(code, geometry) {
                continue;
            }
            let mut encoder = Encoder::new();
            let mut writer = Writer {
                encoder: &mut encoder,
                symbols: tried,
            };
            code.run(&mut writer, alphabet, geometry)?;
            let bits = encoder.ideal_bits();
            if bits < shortest.1 {
                shortest = (code, bits);
            }
        }
        Ok(shortest.0)
    }

    /// Whether the symbols have a code word of this kind.
    pub(in crate::code) fn can_be_coded(&self, code: SymbolCode, geometry: Geometry) -> bool {
        if code.is_mixed() && self.symbols.len() > MAX_MIXED_WEIGHTS {
            return false;
        }
        code != SymbolCode::Sorted || self.rows_descend(geometry)
    }

    /// Whether rows are in descending lexicographic order of which weights are not zero.
    fn rows_descend(&self, geometry: Geometry) -> bool {
        let rows = || self.symbols.chunks(geometry.columns().max(1));
        let is_nonzero = |&symbol: &u8| symbol != 0;
        rows()
            .zip(rows().skip(1))
            .all(|(row, next)| row.iter().map(is_nonzero).ge(next.iter().map(is_nonzero)))
    }

    /// Writes all symbols.
    pub(in crate::code) fn write(
        &self,
        encoder: &mut Encoder,
        code: SymbolCode,
        alphabet: Alphabet,
        geometry: Geometry,
    ) -> Result<(), CodeError> {
        code.run(
            &mut Writer {
                encoder,
                symbols: &self.symbols,
            },
            alphabet,
            geometry,
        )?;
        encoder.set_purpose(Purpose::Description);
        Ok(())
    }

    /// Reads `length` symbols written by [`CodedTensor::write`].
    pub(in crate::code) fn read(
        decoder: &mut Decoder,
        codebook: usize,
        length: usize,
        code: SymbolCode,
        alphabet: Alphabet,
        geometry: Geometry,
    ) -> Result<Self, CodeError> {
        let mut symbols = vec![0; length];
        code.run(
            &mut Reader {
                decoder,
                symbols: &mut symbols,
            },
            alphabet,
            geometry,
        )?;
        Ok(Self { codebook, symbols })
    }
}

/// `-sum_i c_i log2(c_i / c)` for counts `c_i` with sum `c`.
fn entropy(counts: &[u64]) -> f64 {
    let total: u64 = counts.iter().sum();
    let part = |&count: &u64| match count {
        0 => 0.0,
        _ => count as f64 * (total as f64 / count as f64).log2(),
    };
    counts.iter().map(part).sum()
}
