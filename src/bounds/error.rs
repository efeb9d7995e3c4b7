//! What can be wrong with the arguments of a bound.

use thiserror::Error;

/// An argument outside its domain.
#[derive(Debug, Clone, Copy, PartialEq, Error)]
pub enum BoundError {
    /// More errors than examples.
    #[error("{errors} errors in {examples} examples: there cannot be more errors than examples")]
    MoreErrorsThanExamples {
        /// Number of errors.
        errors: u64,
        /// Number of examples.
        examples: u64,
    },
    /// No examples, or too many to count exactly.
    #[error("{0} examples: accepted are 1 to 1e12")]
    Examples(u64),
    /// A length or divergence that is negative, not finite, or not a number.
    #[error("{0} {1}: accepted are finite numbers from 0")]
    Length(f64, &'static str),
    /// A probability outside the closed interval from 0 to 1.
    #[error("{0} is not a probability: accepted are numbers from 0 to 1")]
    Probability(f64),
    /// A failure probability outside the open interval from 0 to 1.
    #[error("delta = {0}: accepted are numbers between 0 and 1, both excluded")]
    FailureProbability(f64),
}
