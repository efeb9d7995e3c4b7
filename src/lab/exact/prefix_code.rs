//! Prefix codes for finitely many messages.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use rand::{Rng, RngExt};

/// Code word lengths with `sum_h 2^-|h| = 1`, fixed before the data: by Kraft (1949) some prefix
/// code has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrefixCode {
    lengths: Vec<u32>,
}

impl PrefixCode {
    /// A random binary tree with `messages` leaves: begins with the root and splits a random leaf
    /// until there are enough.
    pub fn random(messages: usize, random: &mut impl Rng) -> Self {
        let mut lengths = vec![0u32];
        while lengths.len() < messages {
            let leaf = random.random_range(0..lengths.len());
            lengths[leaf] += 1;
            lengths.push(lengths[leaf]);
        }
        Self { lengths }
    }

    /// `|h|` of each message.
    #[must_use]
    pub fn lengths(&self) -> &[u32] {
        &self.lengths
    }
}

/// The expected length of Huffman's code (1952) times the sum of the whole-number weights: the sum
/// of the inner nodes' weights.
///
/// One message takes no bits.
///
/// ```
/// use nonvacuous::lab::exact::huffman_total;
/// // Code words of 1, 2, 3 and 3 bits.
/// assert_eq!(huffman_total(&[4, 2, 1, 1]), 4 * 1 + 2 * 2 + 1 * 3 + 1 * 3);
/// ```
#[must_use]
pub fn huffman_total(weights: &[u128]) -> u128 {
    let mut nodes: BinaryHeap<Reverse<u128>> = weights
        .iter()
        .filter(|&&weight| weight > 0)
        .map(|&w| Reverse(w))
        .collect();
    let mut total = 0;
    while let (Some(Reverse(least)), Some(Reverse(next))) = (nodes.pop(), nodes.pop()) {
        total += least + next;
        nodes.push(Reverse(least + next));
        if nodes.len() == 1 {
            break;
        }
    }
    total
}
