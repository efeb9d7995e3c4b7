//! The symbols of a tensor, and which way of coding them is the shortest.

use super::alphabet::Alphabet;
use super::geometry::Geometry;
use super::symbol_code::{SymbolCode, MAX_MIXED_WEIGHTS};
use crate::code::coder::encoder::Encoder;
use crate::code::coder::length::Purpose;
use crate::code::error::CodeError;
use crate::code::subspace::map::Subspace;

/// Beyond this many weights the way of coding is chosen by the first so many.
const TRIED_WEIGHTS: usize = 1 << 22;

/// A tensor of weights that are zero or a codeword: symbol 0 is zero, symbol `s` the codebook's
/// value `s - 1`. Or, in the file of a graph, any finite numbers, of 32 bits each.
///
/// Whether symbols fit the codebook and their number the architecture is known, and checked, where
/// a [`Model`](crate::code::Model) is made of it.
#[derive(Debug, Clone, PartialEq)]
pub struct CodedTensor(Content);

/// What a tensor's weights follow from.
#[derive(Debug, Clone, PartialEq)]
enum Content {
    Symbols {
        codebook: usize,
        symbols: Vec<u8>,
        subspace: Option<Subspace>,
    },
    /// The weights themselves.
    Raw(Vec<f32>),
}

impl CodedTensor {
    /// One symbol a weight, of the model's codebook number `codebook`, counted from 0.
    #[must_use]
    pub fn new(codebook: usize, symbols: Vec<u8>) -> Self {
        Self(Content::Symbols {
            codebook,
            symbols,
            subspace: None,
        })
    }

    /// One symbol a coordinate of a subspace, from which the weights follow.
    #[must_use]
    pub fn in_subspace(codebook: usize, symbols: Vec<u8>, subspace: Subspace) -> Self {
        Self(Content::Symbols {
            codebook,
            symbols,
            subspace: Some(subspace),
        })
    }

    /// The weights themselves, 32 bits each, which only the file of a [graph](crate::code::Graph)
    /// may have.
    #[must_use]
    pub fn raw(weights: Vec<f32>) -> Self {
        Self(Content::Raw(weights))
    }

    /// Which of the model's codebooks the symbols refer to; none, if there are no symbols.
    pub fn codebook(&self) -> Option<usize> {
        match &self.0 {
            Content::Symbols { codebook, .. } => Some(*codebook),
            Content::Raw(_) => None,
        }
    }

    /// One symbol a weight, or a coordinate in a subspace; empty, if the weights are raw.
    pub fn symbols(&self) -> &[u8] {
        match &self.0 {
            Content::Symbols { symbols, .. } => symbols,
            Content::Raw(_) => &[],
        }
    }

    /// The weights, if they are raw.
    pub fn raw_weights(&self) -> Option<&[f32]> {
        match &self.0 {
            Content::Symbols { .. } => None,
            Content::Raw(weights) => Some(weights),
        }
    }

    /// The subspace that the tensor lies in, if any.
    pub fn subspace(&self) -> Option<Subspace> {
        match self.0 {
            Content::Symbols { subspace, .. } => subspace,
            Content::Raw(_) => None,
        }
    }

    /// Number of symbols, or raw weights, that are not zero.
    pub fn nonzeros(&self) -> usize {
        match &self.0 {
            Content::Symbols { symbols, .. } => {
                symbols.iter().filter(|&&symbol| symbol != 0).count()
            }
            Content::Raw(weights) => weights.iter().filter(|&&weight| weight != 0.0).count(),
        }
    }

    /// Gives a weight another symbol; false if there is no such weight.
    pub(in crate::code) fn set_symbol(&mut self, weight: usize, symbol: u8) -> bool {
        let Content::Symbols { symbols, .. } = &mut self.0 else {
            return false;
        };
        match symbols.get_mut(weight) {
            Some(changed) => {
                *changed = symbol;
                true
            }
            None => false,
        }
    }

    /// Whether rows are in descending lexicographic order of which weights are not zero.
    pub(in crate::code) fn is_sorted(&self, geometry: Geometry) -> bool {
        let rows = || self.symbols().chunks(geometry.columns().max(1));
        let is_nonzero = |&symbol: &u8| symbol != 0;
        rows()
            .zip(rows().skip(1))
            .all(|(row, next)| row.iter().map(is_nonzero).ge(next.iter().map(is_nonzero)))
    }

    /// The way of coding the symbols that takes the fewest bits; of equals, the first.
    pub(in crate::code) fn shortest_code(
        &self,
        alphabet: Alphabet,
        geometry: Geometry,
    ) -> Result<SymbolCode, CodeError> {
        let symbols = self.symbols();
        let tried = symbols.get(..TRIED_WEIGHTS).unwrap_or(symbols);
        let mut shortest = (SymbolCode::Plain, f64::INFINITY);
        for code in SymbolCode::ALL {
            if code.is_mixed() && symbols.len() > MAX_MIXED_WEIGHTS
                || code == SymbolCode::Sorted && !self.is_sorted(geometry)
            {
                continue;
            }
            let mut encoder = Encoder::new();
            code.write(&mut encoder, tried, alphabet, geometry)?;
            let bits = encoder.ideal_bits();
            if bits < shortest.1 {
                shortest = (code, bits);
            }
        }
        Ok(shortest.0)
    }

    /// Writes all symbols.
    pub(in crate::code) fn write(
        &self,
        encoder: &mut Encoder,
        code: SymbolCode,
        alphabet: Alphabet,
        geometry: Geometry,
    ) -> Result<(), CodeError> {
        code.write(encoder, self.symbols(), alphabet, geometry)?;
        encoder.set_purpose(Purpose::Description);
        Ok(())
    }

    /// Empirical entropies of zero or not and of the codewords, times how often they were chosen,
    /// in bits; of raw weights nothing.
    pub(in crate::code) fn entropies(&self) -> (f64, f64) {
        let mut counts = [0u64; 256];
        for &symbol in self.symbols() {
            counts[usize::from(symbol)] += 1;
        }
        let [zeros, nonzeros @ ..] = counts;
        (entropy(&[zeros, nonzeros.iter().sum()]), entropy(&nonzeros))
    }
}

/// `-sum_i c_i log2(c_i / c)` for counts `c_i` with sum `c`: the bits of all symbols at the best
/// fixed probabilities.
pub(crate) fn entropy(counts: &[u64]) -> f64 {
    let total: u64 = counts.iter().sum();
    let part = |&count: &u64| match count {
        0 => 0.0,
        _ => count as f64 * (total as f64 / count as f64).log2(),
    };
    counts.iter().map(part).sum()
}
