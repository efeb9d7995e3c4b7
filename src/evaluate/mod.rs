//! What a decoded network computes, operation by operation, so that a count of errors is the same on
//! every machine.
//!
//! [`Evaluator`] defines the function that a model file stands for, [`Loss`] says when an example
//! counts as an error. Nothing that candle computes enters here.

mod evaluator;
mod examples;
mod loss;
mod taps;
mod window_moments;

pub use evaluator::{EvaluationError, Evaluator, Features};
pub use examples::{Batch, Example};
pub use loss::{Loss, MARGIN};
pub use window_moments::WindowMoments;
