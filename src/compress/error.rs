//! Why a recipe made no model.

use thiserror::Error;

use crate::bounds::BoundError;
use crate::code::CodeError;
use crate::evaluate::EvaluationError;
use crate::train::{CheckpointError, TrainError};

/// Why no model came out.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CompressError {
    /// A graph of operators is to be trained from the start.
    #[error(
        "a graph of operators has no initial weights here: it is trained further from a network"
    )]
    NoInitialWeights,
    /// Training failed.
    #[error(transparent)]
    Train(#[from] TrainError),
    /// A checkpoint cannot be written or taken up.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// The result cannot be coded.
    #[error(transparent)]
    Code(#[from] CodeError),
    /// The network does not fit the data.
    #[error(transparent)]
    Evaluation(#[from] EvaluationError),
    /// A number is outside a bound's domain.
    #[error(transparent)]
    Bound(#[from] BoundError),
}

impl From<candle_core::Error> for CompressError {
    fn from(error: candle_core::Error) -> Self {
        Self::Train(error.into())
    }
}
