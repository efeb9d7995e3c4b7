//! The links between the limit and the bits.

use super::mean::Mean;

/// `n kl(eb||Lb) <= sum_i I(Z_i;W) <= I(S;W) <= H(W) <= E|W|` of one configuration, in bits.
///
/// Where they are not exact, the limits of `n kl`, of `I(S;W)` and of `E|W|` hold together with
/// probability [`CONFIDENCE`](super::mean::CONFIDENCE), without any assumption; those of
/// `sum_i I(Z_i;W)` are 1.96 standard errors of a jackknife, which is the same in the limit of many
/// draws.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Links {
    /// Number of draws.
    pub draws: u64,
    /// Whether the first three are exact, over all training sets.
    pub is_exact: bool,
    /// `n kl(eb||Lb)`.
    pub limit: Mean,
    /// `sum_i I(Z_i;W)`.
    pub examplewise: Mean,
    /// `I(S;W)`.
    pub information: Mean,
    /// `H(W)`, exactly.
    pub entropy: f64,
    /// `E|W|` of the file.
    pub bits: Mean,
}
