//! Networks: what they compute, and how they are trained.
//!
//! [`Evaluator`] defines the function that a model file stands for, operation by operation, so that
//! a count of errors is the same on every machine. Training happens on candle ([`Network`],
//! [`train`]) and only proposes weights: nothing that candle computes enters a certificate.

#[cfg(feature = "train")]
mod augmentation;
#[cfg(feature = "train")]
mod checkpoint;
mod evaluate;
#[cfg(feature = "train")]
mod features;
mod loss;
#[cfg(feature = "train")]
mod network;
#[cfg(feature = "train")]
pub mod operators;
#[cfg(feature = "train")]
mod optimiser;
#[cfg(feature = "train")]
mod parameters;
#[cfg(feature = "train")]
mod running_moments;
#[cfg(feature = "train")]
mod schedule;
#[cfg(feature = "train")]
pub mod stacked;
mod taps;
#[cfg(feature = "train")]
mod train;
#[cfg(feature = "train")]
mod training_set;
mod vectorised;
mod window_moments;

/// Added to a variance before its root is taken, in layer normalisation.
#[cfg(feature = "train")]
const NORMALISATION_EPSILON: f64 = 1e-5;

/// The same, in the training of batch normalisation.
#[cfg(feature = "train")]
const BATCH_NORMALISATION_EPSILON: f64 = 1e-5;

#[cfg(feature = "train")]
pub use augmentation::Augmentation;
#[cfg(feature = "train")]
pub use checkpoint::CheckpointError;
pub use evaluate::{EvaluationError, Evaluator, Features};
pub use loss::{Loss, MARGIN};
#[cfg(feature = "train")]
pub use network::Network;
#[cfg(feature = "train")]
pub use optimiser::{Method, Optimiser, OptimiserState, Slots};
#[cfg(feature = "train")]
pub use parameters::{FreeWeights, Parameters};
#[cfg(feature = "train")]
pub use running_moments::RunningMoments;
#[cfg(feature = "train")]
pub use schedule::{Course, Schedule, Training};
#[cfg(feature = "train")]
pub use train::{train, Epoch, TrainError, Trainer};
#[cfg(feature = "train")]
pub use training_set::TrainingSet;
pub use window_moments::WindowMoments;
