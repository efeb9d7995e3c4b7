//! The code words of a tensor's symbols: several ways, of which the encoder takes the shortest.

use std::fmt;

use super::alphabet::Alphabet;
use super::geometry::Geometry;
use super::mixed::MixedCode;
use super::pass::{Pass, Reader, Writer};
use super::plain::{run_plain, run_runs};
use crate::code::coder::decoder::Decoder;
use crate::code::coder::encoder::Encoder;
use crate::code::error::CodeError;

/// Tensors with more weights are not coded by mixing, which costs some 0.1 µs a weight.
pub const MAX_MIXED_WEIGHTS: usize = 1 << 21;

/// How the symbols of a tensor are coded.
///
/// In all ways each weight's symbol is coded as: whether it is zero; its sign, if the codebook has
/// both; its rank among the codewords of this sign, counted from zero outwards. What the coder
/// expects of the next symbol depends only on the symbols before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SymbolCode {
    /// Adaptive models without context.
    Plain,
    /// Whether a weight is zero depends on how many zeros came just before: long runs of zeros cost
    /// nearly nothing.
    Runs,
    /// Zeros, signs and magnitudes are predicted from a mixture of contexts: row, column, channel,
    /// neighbours (logistic mixing; Mahoney 2005).
    ///
    /// Pruning leaves structure: rows and columns, channels, and borders of feature maps that are
    /// kept more or less often, strokes of neighbours of one sign, inputs that only one unit reads.
    Mixed,
    /// The same, for rows in descending lexicographic order of which weights are not zero: as long
    /// as a row is like the one before, it is zero where that is zero, and this takes no bits. So
    /// units that may be in any order cost less by what their order could have said.
    Sorted,
}

impl fmt::Display for SymbolCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Plain => "plain",
            Self::Runs => "runs",
            Self::Mixed => "mixed",
            Self::Sorted => "sorted",
        })
    }
}

impl SymbolCode {
    /// All, in the order of their symbols in a file.
    pub const ALL: [Self; 4] = [Self::Plain, Self::Mixed, Self::Sorted, Self::Runs];

    /// Its symbol in a file.
    pub(in crate::code) fn index(self) -> usize {
        match self {
            Self::Plain => 0,
            Self::Mixed => 1,
            Self::Sorted => 2,
            Self::Runs => 3,
        }
    }

    /// Whether the code mixes contexts, which is limited to [`MAX_MIXED_WEIGHTS`].
    pub fn is_mixed(self) -> bool {
        matches!(self, Self::Mixed | Self::Sorted)
    }

    /// Most bytes of memory that reading symbols takes beside the symbols.
    pub(in crate::code) fn memory(self, alphabet: Alphabet, geometry: Geometry) -> u64 {
        if self.is_mixed() {
            MixedCode::memory(alphabet, geometry)
        } else {
            0
        }
    }

    /// Codes all symbols of a tensor with at least one codeword.
    fn run(
        self,
        pass: &mut impl Pass,
        alphabet: Alphabet,
        geometry: Geometry,
    ) -> Result<(), CodeError> {
        match self {
            Self::Plain => run_plain(pass, alphabet),
            Self::Runs => run_runs(pass, alphabet),
            Self::Mixed => MixedCode::new(alphabet, geometry, false).run(pass),
            Self::Sorted => MixedCode::new(alphabet, geometry, true).run(pass),
        }
    }

    /// Writes symbols.
    pub(in crate::code) fn write(
        self,
        encoder: &mut Encoder,
        symbols: &[u8],
        alphabet: Alphabet,
        geometry: Geometry,
    ) -> Result<(), CodeError> {
        self.run(&mut Writer { encoder, symbols }, alphabet, geometry)
    }

    /// Reads `length` symbols written by [`SymbolCode::write`].
    pub(in crate::code) fn read(
        self,
        decoder: &mut Decoder,
        length: usize,
        alphabet: Alphabet,
        geometry: Geometry,
    ) -> Result<Vec<u8>, CodeError> {
        let mut symbols = vec![0; length];
        let mut reader = Reader {
            decoder,
            symbols: &mut symbols,
        };
        self.run(&mut reader, alphabet, geometry)?;
        Ok(symbols)
    }
}
