//! Signs, 64 in a word.

use rand::{Rng, RngExt};

/// Signs in a row, one bit each: 1 is +1, 0 is -1. Bits of the last word that stand for no sign are
/// 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signs {
    words: Vec<u64>,
    count: usize,
}

impl Signs {
    /// Each sign a coin flip.
    pub fn random(count: usize, random: &mut impl Rng) -> Self {
        let words = used(count).map(|used| random.random::<u64>() & used);
        Self {
            words: words.collect(),
            count,
        }
    }

    /// +1 where it says so, else -1.
    #[must_use]
    pub fn from_positive(positive: &[bool]) -> Self {
        let word = |signs: &[bool]| {
            let bits = signs.iter().zip(0..);
            bits.fold(0, |word, (&sign, place)| word | u64::from(sign) << place)
        };
        Self {
            words: positive.chunks(64).map(word).collect(),
            count: positive.len(),
        }
    }

    /// Bits as they stand in words; those that stand for no sign must be 0.
    pub(super) fn from_words(words: Vec<u64>, count: usize) -> Self {
        Self { words, count }
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }

    /// The words.
    pub(super) fn words(&self) -> &[u64] {
        &self.words
    }

    /// Whether each is +1, in order.
    pub fn positive(&self) -> impl Iterator<Item = bool> + '_ {
        let bits = self
            .words
            .iter()
            .flat_map(|word| (0..64).map(move |bit| word >> bit & 1 == 1));
        bits.take(self.count)
    }

    /// So many of them from a place on.
    pub(super) fn part(&self, first: usize, count: usize) -> Self {
        let positive: Vec<bool> = self.positive().skip(first).take(count).collect();
        Self::from_positive(&positive)
    }

    /// In how many places two rows of equally many signs differ.
    #[must_use]
    pub fn differences(&self, other: &Self) -> usize {
        differences(&self.words, &other.words)
    }

    /// The opposite signs.
    #[must_use]
    pub fn opposite(&self) -> Self {
        let words = self.words.iter().zip(used(self.count));
        Self {
            words: words.map(|(word, used)| !word & used).collect(),
            count: self.count,
        }
    }

    /// The sum of all.
    #[must_use]
    pub fn sum(&self) -> i64 {
        let positive: u32 = self.words.iter().map(|word| word.count_ones()).sum();
        2 * i64::from(positive) - self.count as i64
    }
}

/// For each word that so many signs take, its bits that stand for one.
pub(super) fn used(count: usize) -> impl Iterator<Item = u64> {
    (0..count.div_ceil(64)).map(move |word| match count - 64 * word {
        rest @ ..64 => (1 << rest) - 1,
        _ => u64::MAX,
    })
}

/// In how many bits two rows of words differ.
#[inline(always)]
pub(super) fn differences(first: &[u64], second: &[u64]) -> usize {
    let pairs = first.iter().zip(second);
    pairs
        .map(|(one, other)| (one ^ other).count_ones() as usize)
        .sum()
}
