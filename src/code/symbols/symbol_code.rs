//! The code words of a tensor's symbols: several ways, of which the encoder takes the shortest.

use super::geometry::Geometry;
use super::mixed::MixedCode;
use super::pass::Pass;
use crate::code::coder::distribution::{Adaptive, AdaptiveBit};
use crate::code::coder::range_coder::Purpose;
use crate::code::error::CodeError;

/// Tensors with more weights are not coded by mixing, which costs some 0.1 µs a weight.
pub const MAX_MIXED_WEIGHTS: usize = 1 << 21;

/// How the symbols of a tensor are coded.
///
/// In all ways each weight's symbol is coded as: whether it is zero; its sign, if the codebook has
/// both; its place among the codewords of this sign, counted from zero outwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SymbolCode {
    /// Adaptive models without context.
    Plain,
    /// Whether a weight is zero depends on how many zeros came just before: long runs of zeros cost
    /// nearly nothing.
    Runs,
    /// Zeros, signs and magnitudes are predicted from a mixture of contexts: row, column, channel,
    /// neighbours.
    Mixed,
    /// The same, for rows in descending lexicographic order of which weights they keep: as long as
    /// a row is like the one before, it is zero where that is zero, and this takes no bits. So
    /// units that may be in any order cost less by what their order could have said.
    Sorted,
}

/// How many codewords are negative, and how many positive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::code) struct Alphabet {
    pub(in crate::code) negative: usize,
    pub(in crate::code) positive: usize,
}

/// A symbol, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::code) struct Parts {
    pub(in crate::code) is_positive: bool,
    /// Place among the codewords of its sign, from zero outwards.
    pub(in crate::code) place: usize,
}

impl Alphabet {
    /// Number of codewords.
    pub(in crate::code) fn len(self) -> usize {
        self.negative + self.positive
    }

    pub(in crate::code) fn parts(self, symbol: u8) -> Parts {
        let place = usize::from(symbol).saturating_sub(1);
        match place.checked_sub(self.negative) {
            Some(place) => Parts {
                is_positive: true,
                place,
            },
            None => Parts {
                is_positive: false,
                place: self.negative - 1 - place,
            },
        }
    }

    pub(in crate::code) fn symbol(self, parts: Parts) -> u8 {
        let place = match parts.is_positive {
            true => self.negative + parts.place,
            // A reader never sees a place outside its alphabet.
            false => (self.negative - 1).saturating_sub(parts.place),
        };
        (place + 1) as u8
    }

    /// Number of codewords of one sign.
    pub(in crate::code) fn size(self, is_positive: bool) -> usize {
        match is_positive {
            true => self.positive,
            false => self.negative,
        }
    }

    /// Binary digits of the largest magnitude; at least 1.
    pub(in crate::code) fn digits(self) -> usize {
        self.negative.max(self.positive).max(1).ilog2() as usize + 1
    }

    /// The sign of all codewords, if they have the same.
    pub(in crate::code) fn only_sign(self) -> Option<bool> {
        match (self.negative, self.positive) {
            (0, _) => Some(true),
            (_, 0) => Some(false),
            _ => None,
        }
    }
}

impl SymbolCode {
    /// All, in the order of their symbols in a file.
    pub const ALL: [Self; 4] = [Self::Plain, Self::Mixed, Self::Sorted, Self::Runs];

    /// Whether the code mixes contexts, which is limited to [`MAX_MIXED_WEIGHTS`].
    pub fn is_mixed(self) -> bool {
        matches!(self, Self::Mixed | Self::Sorted)
    }

    /// Codes all symbols of a tensor with at least one codeword.
    pub(in crate::code) fn run(
        self,
        pass: &mut impl Pass,
        alphabet: Alphabet,
        geometry: Geometry,
    ) -> Result<(), CodeError> {
        match self {
            Self::Plain => run_unmixed(pass, alphabet, |_| 0),
            Self::Runs => run_unmixed(pass, alphabet, run_class),
            Self::Mixed => MixedCode::new(alphabet, geometry, false).run(pass),
            Self::Sorted => MixedCode::new(alphabet, geometry, true).run(pass),
        }
    }
}

/// Classes of the number of zeros just before a weight.
const RUN_CLASSES: usize = 24;

/// Number of binary digits.
#[inline]
fn run_class(zeros: u32) -> usize {
    ((u32::BITS - zeros.leading_zeros()) as usize).min(RUN_CLASSES - 1)
}

/// [`SymbolCode::Plain`] and [`SymbolCode::Runs`]: `class` chooses the model of zero or not.
fn run_unmixed(
    pass: &mut impl Pass,
    alphabet: Alphabet,
    class: impl Fn(u32) -> usize,
) -> Result<(), CodeError> {
    let mut masks = [AdaptiveBit::default(); RUN_CLASSES];
    let mut sign = AdaptiveBit::default();
    let mut places = [
        Adaptive::new(alphabet.negative.max(1)),
        Adaptive::new(alphabet.positive.max(1)),
    ];
    let mut zeros = 0u32;
    for weight in 0..pass.len() {
        let next = pass.next(weight);
        let mask = &mut masks[class(zeros)];
        pass.set_purpose(Purpose::Mask);
        let kept = pass.decide(next != 0, mask.expect())?;
        mask.observe(kept);
        if !kept {
            zeros = zeros.saturating_add(1);
            continue;
        }
        zeros = 0;
        pass.set_purpose(Purpose::Assignment);
        let Parts { is_positive, place } = alphabet.parts(next);
        let is_positive = match alphabet.only_sign() {
            Some(only) => only,
            None => {
                let is_positive = pass.decide(is_positive, sign.expect())?;
                sign.observe(is_positive);
                is_positive
            }
        };
        let place = match alphabet.size(is_positive) {
            1 => 0,
            _ => {
                let model = &mut places[usize::from(is_positive)];
                let place = pass.choose(place, &*model)?;
                model.observe(place);
                place
            }
        };
        pass.complete(weight, alphabet.symbol(Parts { is_positive, place }));
    }
    Ok(())
}
