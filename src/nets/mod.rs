//! Networks: what they compute, and how they are trained.
//!
//! [`Evaluator`] defines the function that a model file stands for, operation by operation, so that a count of
//! errors is the same on every machine. Training happens on candle ([`Network`], [`train`]) and only proposes
//! weights: nothing that candle computes enters a certificate.

mod evaluate;
#[cfg(feature = "train")]
mod features;
#[cfg(feature = "train")]
mod network;
#[cfg(feature = "train")]
pub mod operators;
#[cfg(feature = "train")]
mod train;

pub use evaluate::{EvaluationError, Evaluator, MARGIN};
#[cfg(feature = "train")]
pub use network::Network;
#[cfg(feature = "train")]
pub use train::{train, Epoch, Parameters, Schedule, TrainError, TrainingSet};
