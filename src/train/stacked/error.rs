//! Why a stack was not trained.

use thiserror::Error;

use crate::train::error::TrainError;

/// Why a network of a stack was not trained.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StackedError {
    /// Only chains of vectors can be stacked.
    #[error("layer {index} ({layer}) cannot be stacked: accepted are dense, relu, relu6 and norm")]
    Layer {
        /// Position of the layer, counted from 1.
        index: usize,
        /// The layer, as written in an architecture's text.
        layer: String,
    },
    /// Vectors are not images.
    #[error("stacked training has no augmentation")]
    Augmentation,
    /// The variables of a member do not fit the architecture.
    #[error("a member's variables: {0}")]
    Variables(String),
    /// The examples of a member do not fit the architecture.
    #[error("a member's examples: {0}")]
    Examples(String),
    /// The loss is no longer a number.
    #[error(transparent)]
    Diverged(TrainError),
}
