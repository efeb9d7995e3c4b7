//! The symbols of a tensor, and which way of coding them is the shortest.

use std::sync::Arc;

use super::alphabet::Alphabet;
use super::geometry::Geometry;
use super::symbol_code::{SymbolCode, MAX_MIXED_WEIGHTS};
use crate::code::coder::encoder::Encoder;
use crate::code::coder::length::Purpose;
use crate::code::error::CodeError;
use crate::code::relative::change::{Change, Changed};
use crate::code::subspace::map::Subspace;

/// Beyond this many weights the way of coding is chosen by the first so many.
const TRIED_WEIGHTS: usize = 1 << 22;

/// A tensor of weights that are zero or a codeword: symbol 0 is zero, symbol `s` the codebook's
/// value `s - 1`. Or, in the file of a graph, any finite numbers, of 32 bits each; in one relative
/// to a base, the base's, as they are or changed.
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
        /// What they change; nothing, if they are the weights.
        changed: Option<Changed>,
    },
    /// The weights themselves.
    Raw(Vec<f32>),
    /// A base's weights, as they are.
    Unchanged(Arc<[f32]>),
}

impl CodedTensor {
    /// One symbol a weight, of the model's codebook number `codebook`, counted from 0.
    #[must_use]
    pub fn new(codebook: usize, symbols: Vec<u8>) -> Self {
        Self(Content::Symbols {
            codebook,
            symbols,
            subspace: None,
            changed: None,
        })
    }

    /// One symbol a coordinate of a subspace, from which the weights follow.
    #[must_use]
    pub fn in_subspace(codebook: usize, symbols: Vec<u8>, subspace: Subspace) -> Self {
        Self(Content::Symbols {
            codebook,
            symbols,
            subspace: Some(subspace),
            changed: None,
        })
    }

    /// The weights of a [base](crate::code::Base), as they are.
    #[must_use]
    pub fn unchanged(base: Arc<[f32]>) -> Self {
        Self(Content::Unchanged(base))
    }

    /// A [base](crate::code::Base)'s weights, changed by what would have been the weights. Raw
    /// weights change nothing.
    #[must_use]
    pub fn changing(mut self, base: Arc<[f32]>, change: Change) -> Self {
        if let Content::Symbols { changed, .. } = &mut self.0 {
            *changed = Some(Changed { change, base });
        }
        self
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
            Content::Raw(_) | Content::Unchanged(_) => None,
        }
    }

    /// One symbol a weight, or a coordinate in a subspace; empty, if the weights are raw.
    pub fn symbols(&self) -> &[u8] {
        match &self.0 {
            Content::Symbols { symbols, .. } => symbols,
            Content::Raw(_) | Content::Unchanged(_) => &[],
        }
    }

    /// The weights, if they are raw.
    pub fn raw_weights(&self) -> Option<&[f32]> {
        match &self.0 {
            Content::Symbols { .. } | Content::Unchanged(_) => None,
            Content::Raw(weights) => Some(weights),
        }
    }

    /// The base's weights, if they are neither changed nor new.
    pub(in crate::code) fn unchanged_weights(&self) -> Option<&Arc<[f32]>> {
        match &self.0 {
            Content::Unchanged(weights) => Some(weights),
            _ => None,
        }
    }

    /// What of a base the symbols change, if they do.
    pub(in crate::code) fn changed(&self) -> Option<&Changed> {
        match &self.0 {
            Content::Symbols { changed, .. } => changed.as_ref(),
            _ => None,
        }
    }

    /// The subspace that the tensor lies in, if any.
    pub fn subspace(&self) -> Option<Subspace> {
        match self.0 {
            Content::Symbols { subspace, .. } => subspace,
            Content::Raw(_) | Content::Unchanged(_) => None,
        }
    }

    /// Number of symbols, or of weights that are raw or a base's, that are not zero.
    pub fn nonzeros(&self) -> usize {
        match &self.0 {
            Content::Symbols { symbols, .. } => {
                symbols.iter().filter(|&&symbol| symbol != 0).count()
            }
            Content::Raw(weights) => nonzeros(weights),
            Content::Unchanged(weights) => nonzeros(weights),
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

fn nonzeros(weights: &[f32]) -> usize {
    weights.iter().filter(|&&weight| weight != 0.0).count()
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
