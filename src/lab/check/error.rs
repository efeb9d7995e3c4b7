//! What can go wrong in a check other than a theorem.

use thiserror::Error;

use crate::bounds::BoundError;
use crate::code::CodeError;
use crate::data::DataError;
use crate::evaluate::EvaluationError;
use crate::lab::run::RunError;

/// What can go wrong in a check other than a theorem: faults of this program.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CheckError {
    /// An instance's numbers are outside a bound's domain.
    #[error("instance {instance}")]
    Domain {
        /// Its number.
        instance: u64,
        /// What is wrong.
        source: InstanceFault,
    },
    /// Networks that cannot be drawn.
    #[error(transparent)]
    Networks(#[from] RunError),
}

/// What can be wrong with one instance.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum InstanceFault {
    /// A number outside a bound's domain.
    #[error(transparent)]
    Bound(#[from] BoundError),
    /// Examples that cannot be drawn.
    #[error(transparent)]
    Data(#[from] DataError),
    /// A network that cannot be coded.
    #[error(transparent)]
    Code(#[from] CodeError),
    /// A network that does not fit its examples.
    #[error(transparent)]
    Evaluation(#[from] EvaluationError),
}
