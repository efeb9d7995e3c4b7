//! A random message: its entropy, and what codes make of it.

use std::f64::consts::LN_2;
use std::num::NonZeroU64;

use super::prefix_code::huffman_total;
use crate::bounds::LengthPrior;

/// Entropy and expected lengths of a random message, in bits.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Messages {
    /// `H(W)`.
    pub entropy: f64,
    /// Expected length of Huffman's code.
    pub huffman: f64,
    /// Expected length of the best one-to-one code, which may use the empty word:
    /// `E floor(log2 rank)`.
    pub one_to_one: f64,
    /// Expected length of the best one-to-one code without the empty word,
    /// `l = floor(log2(rank + 1))`, plus `-log2 m(l)`, for each of [`LengthPrior::ALL`].
    pub one_to_one_with_length: [f64; 4],
}

impl Messages {
    /// From the whole-number weights of all messages, not all of them zero.
    #[must_use]
    pub fn new(weights: &[u128]) -> Self {
        let total = weights.iter().sum::<u128>() as f64;
        let mut ranked: Vec<f64> = weights
            .iter()
            .filter(|&&w| w > 0)
            .map(|&weight| weight as f64 / total)
            .collect();
        ranked.sort_unstable_by(|first, second| second.total_cmp(first));
        let by_rank = |length: &dyn Fn(u64) -> f64| {
            ranked
                .iter()
                .zip(1..)
                .map(|(p, rank)| p * length(rank))
                .sum::<f64>()
        };
        let with_length = |prior: LengthPrior| {
            by_rank(&|rank| {
                let length = (rank + 1).ilog2();
                let cost =
                    NonZeroU64::new(length.into()).map_or(0.0, |length| prior.cost(length).get());
                f64::from(length) + cost / LN_2
            })
        };
        Self {
            entropy: ranked.iter().map(|p| -p * p.log2()).sum(),
            huffman: huffman_total(weights) as f64 / total,
            one_to_one: by_rank(&|rank| f64::from(rank.ilog2())),
            one_to_one_with_length: LengthPrior::ALL.map(with_length),
        }
    }
}
