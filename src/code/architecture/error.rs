//! What may be wrong with an architecture.

use thiserror::Error;

use super::layer::Layer;
use super::misfit::LayerError;
use crate::shape::ImageSize;

/// Why layers are not an architecture that the format can write.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ArchitectureError {
    /// Images without pixels, or with too many.
    #[error("the input {input} is empty or has more than {limit} numbers")]
    Input {
        /// Size of the images.
        input: ImageSize,
        /// Most numbers accepted.
        limit: usize,
    },
    /// A longer chain than the format allows.
    #[error("more than {limit} layers")]
    TooManyLayers {
        /// Most layers accepted.
        limit: usize,
    },
    /// A layer does not fit the layers before it.
    #[error("layer {index}, \"{layer}\", does not fit")]
    Layer {
        /// Position of the layer, counted from 1.
        index: usize,
        /// The layer.
        layer: Layer,
        /// What does not fit.
        source: LayerError,
    },
    /// What left the chain did not come back.
    #[error("a branch is left open; \")\" closes it")]
    OpenBranch,
    /// One output has no second to be compared with.
    #[error("the last layer has {outputs} outputs, but a classifier has at least two")]
    TooFewOutputs {
        /// Numbers after the last layer.
        outputs: usize,
    },
    /// As many outputs as there are classes are needed.
    #[error(
        "the last layer has {outputs} outputs, but there are {classes} classes; let the layers end \
         in dense:{classes}"
    )]
    Outputs {
        /// Numbers after the last layer.
        outputs: usize,
        /// Classes of the data.
        classes: usize,
    },
    /// No network has this name.
    #[error(
        "there is no network named \"{name}\"; known are {known}; layers are written like \
         conv:8:3 relu max:2 dense:10"
    )]
    UnknownName {
        /// The name.
        name: String,
        /// The names that are known.
        known: &'static str,
    },
    /// An architecture's text could not be read.
    #[error("cannot read the layer \"{word}\"")]
    Word {
        /// The word that was not understood.
        word: String,
        /// Why.
        source: WordError,
    },
}

/// Why a word is not a layer.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum WordError {
    /// There is no such kind of layer.
    #[error(
        "there is no such layer; layers are written like conv:8:3 dwconv:3 oriented:4 max:2 avg:2 \
         gap relu relu6 norm bn ( conv:8:3 ) dense:10, and upright before all"
    )]
    Unknown,
    /// A number is missing, or is not a whole number.
    #[error("it needs {what}, a whole number")]
    Missing {
        /// The first number that is missing.
        what: &'static str,
    },
    /// The layer has no such option.
    #[error("it has no option \"{option}\"; {accepted}")]
    Option {
        /// The option.
        option: String,
        /// The options that it has.
        accepted: &'static str,
    },
}
