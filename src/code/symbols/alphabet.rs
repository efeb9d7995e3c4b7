//! The symbols of a codebook, each with its sign and its rank among the codewords of that sign.

/// How many codewords are negative, and how many positive.
///
/// Symbol 0 is zero; symbols from 1 are the codewords in ascending order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::code) struct Alphabet {
    pub(in crate::code) negative: usize,
    pub(in crate::code) positive: usize,
}

/// A symbol that is not zero, taken apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::code) struct SignAndRank {
    pub(in crate::code) is_positive: bool,
    /// Position among the codewords of this sign, from 0 for the one nearest to zero.
    pub(in crate::code) rank: usize,
}

impl Alphabet {
    /// Number of codewords.
    pub(in crate::code) fn len(self) -> usize {
        self.negative + self.positive
    }

    #[inline]
    pub(in crate::code) fn sign_and_rank(self, symbol: u8) -> SignAndRank {
        let index = usize::from(symbol).saturating_sub(1);
        match index.checked_sub(self.negative) {
            Some(rank) => SignAndRank {
                is_positive: true,
                rank,
            },
            None => SignAndRank {
                is_positive: false,
                rank: self.negative - 1 - index,
            },
        }
    }

    #[inline]
    pub(in crate::code) fn symbol(self, SignAndRank { is_positive, rank }: SignAndRank) -> u8 {
        let index = if is_positive {
            self.negative + rank
        } else {
            // A reader never sees a rank outside its alphabet.
            (self.negative - 1).saturating_sub(rank)
        };
        (index + 1) as u8
    }

    /// Number of codewords of one sign.
    pub(in crate::code) fn size(self, is_positive: bool) -> usize {
        if is_positive {
            self.positive
        } else {
            self.negative
        }
    }

    /// Binary digits of the largest magnitude, which is the largest rank and 1; at least 1.
    pub(in crate::code) fn digits(self) -> usize {
        self.negative.max(self.positive).max(1).ilog2() as usize + 1
    }

    /// Whether all codewords are positive, or none; nothing if there are both.
    pub(in crate::code) fn only_sign(self) -> Option<bool> {
        match (self.negative, self.positive) {
            (0, _) => Some(true),
            (_, 0) => Some(false),
            _ => None,
        }
    }
}
