//! What a decoded network computes, operation by operation, so that a count of errors is the same
//! on every machine.
//!
//! [`Evaluator`] defines the function that a model file stands for, [`Loss`] says when an example
//! counts as an error. Nothing that candle computes enters here.

mod elementary;
mod evaluator;
mod examples;
mod examples_digest;
mod features;
mod lanes;
mod loss;
mod operations;
mod plan;
mod taps;
mod window_moments;

#[cfg(feature = "train")]
pub(crate) use elementary::{erf::error_function, exponential::exponential};
pub use evaluator::{EvaluationError, Evaluator};
pub use examples::{batches, Batch, Example, ExampleDigest, Examples, Sample};
pub use examples_digest::{digests, examples_identity, ExamplesDigest};
pub use features::Features;
pub use loss::{Loss, MARGIN};
pub use window_moments::WindowMoments;
