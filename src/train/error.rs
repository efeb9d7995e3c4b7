//! Why training stopped.

use thiserror::Error;

use super::candle_error::CandleError;

/// Why training stopped.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TrainError {
    /// The loss is no longer a number.
    #[error(
        "training diverged in epoch {epoch}: the loss is {loss}; a smaller learning rate than \
         {learning_rate} may help"
    )]
    Diverged {
        /// Epoch, counted from 1.
        epoch: usize,
        /// The last loss.
        loss: f64,
        /// Largest learning rate of the schedule.
        learning_rate: f64,
    },
    /// candle reported an error.
    #[error(transparent)]
    Candle(#[from] CandleError),
}

impl From<candle_core::Error> for TrainError {
    fn from(error: candle_core::Error) -> Self {
        Self::Candle(error.into())
    }
}
