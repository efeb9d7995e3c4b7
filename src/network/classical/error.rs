//! Why the classical bounds of a network cannot be computed at all.

use thiserror::Error;

use crate::bounds::BoundError;
use crate::evaluate::EvaluationError;

/// Why the classical bounds of a network cannot be computed at all; that one of them says nothing
/// is no error, but [`NoBound`](super::NoBound).
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ClassicalError {
    /// The network does not fit the examples.
    #[error(transparent)]
    Evaluation(#[from] EvaluationError),
    /// A number is outside a bound's domain.
    #[error(transparent)]
    Bound(#[from] BoundError),
    /// The errors were counted on other examples.
    #[error("errors on {counted} examples, but there are {found}")]
    Count {
        /// Examples on which errors were counted.
        counted: u64,
        /// Examples that were given.
        found: u64,
    },
}
