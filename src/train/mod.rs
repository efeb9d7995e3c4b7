//! Networks trained on candle: they propose weights, and certify nothing.
//!
//! Training ([`Network`], [`train`]) uses operators of our own where candle's are slow or wrong.
//! What a trained network is worth is measured elsewhere, on what the decoder returns.

mod augmentation;
mod candle_error;
mod checkpoint;
mod error;
mod features;
mod graph;
mod network;
pub mod operators;
mod optimiser;
mod parameters;
mod running_moments;
mod schedule;
mod shards;
pub mod stacked;
mod trainable;
mod trainer;
mod training_set;

/// Added to a variance before its root is taken, in layer normalisation.
const NORMALISATION_EPSILON: f64 = 1e-5;

/// The same, in the training of batch normalisation.
const BATCH_NORMALISATION_EPSILON: f64 = 1e-5;

pub use augmentation::Augmentation;
pub use candle_error::CandleError;
pub use checkpoint::CheckpointError;
pub use error::TrainError;
pub use graph::GraphNetwork;
pub use network::Network;
pub use optimiser::{Method, Optimiser, OptimiserState, Slots};
pub use parameters::{FreeWeights, Parameters};
pub use running_moments::RunningMoments;
pub use schedule::{Course, Schedule, Training};
pub use trainable::Trainable;
pub use trainer::{train, Epoch, Trainer};
pub use training_set::TrainingSet;
