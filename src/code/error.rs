//! What can be wrong with a code word, a codebook or an architecture.

use thiserror::Error;

/// Why a model could not be built, encoded or decoded.
#[derive(Debug, Clone, PartialEq, Error)]
pub enum CodeError {
    /// The file ended before its first byte, or is empty.
    #[error("the model file is empty; an .nvc file has at least one byte")]
    Empty,
    /// The file begins as files of later versions do.
    #[error("the model file has a later format version than {known}, the one that this decoder knows; a newer nonvacuous may read it")]
    UnknownVersion {
        /// The version this decoder implements.
        known: u8,
    },
    /// The bytes decode to a model, but are not the bytes that this model encodes to.
    #[error("the model file is damaged: it decodes to a model whose file has {canonical} bytes, but it has {found} bytes or differs in some of them")]
    NotCanonical {
        /// Length of the file, in bytes.
        found: usize,
        /// Length of the re-encoded file, in bytes.
        canonical: usize,
    },
    /// The arithmetic decoder met a bit pattern that no encoder writes.
    #[error("the model file is damaged: no symbol has this code word")]
    InvalidCodeWord,
    /// An integer in the stream is longer than the format allows.
    #[error("the model file is damaged: an integer has more than {limit} bits")]
    IntegerTooLong {
        /// Longest accepted integer, in bits.
        limit: u32,
    },
    /// The file claims more weights than a file of its length may.
    #[error(
        "the model has {weights} weights, but a file of {bytes} bytes may hold at most {limit}"
    )]
    TooManyWeights {
        /// Number of weights that the architecture asks for.
        weights: u64,
        /// Length of the file, in bytes.
        bytes: usize,
        /// Most weights accepted.
        limit: u64,
    },
    /// A layer does not fit the layers before it.
    #[error("layer {index} ({layer}): {reason}")]
    Layer {
        /// Position of the layer, counted from 1.
        index: usize,
        /// The layer, as written in an architecture's text.
        layer: String,
        /// What does not fit.
        reason: String,
    },
    /// The architecture as a whole is not one that the format can write.
    #[error("architecture: {0}")]
    Architecture(String),
    /// An architecture's text could not be read.
    #[error("cannot read the layer \"{word}\": {reason}; layers are written like conv:8:3 dwconv:3 max:2 avg:2 gap relu relu6 norm bn ( conv:8:3 ) dense:10")]
    Text {
        /// The word that was not understood.
        word: String,
        /// Why.
        reason: String,
    },
    /// A codebook that the format cannot write.
    #[error("codebook: {0}")]
    Codebook(String),
    /// A tensor that does not fit its shape or its codebook.
    #[error("tensor {index}: {reason}")]
    Tensor {
        /// Position of the tensor, counted from 1.
        index: usize,
        /// What does not fit.
        reason: String,
    },
    /// A subspace that the format cannot write.
    #[error(
        "a subspace with seed {seed} and {terms} terms; seeds are below 2^32, terms from 1 to 64"
    )]
    Subspace {
        /// The seed.
        seed: u64,
        /// Coordinates in a weight.
        terms: u32,
    },
    /// More coordinates than weights.
    #[error("{coordinates} coordinates for {weights} weights; there are at most as many")]
    Coordinates {
        /// Number of coordinates.
        coordinates: u64,
        /// Number of weights.
        weights: usize,
    },
}
