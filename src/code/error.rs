//! Why a model could not be built, encoded or decoded.

use thiserror::Error;

use super::architecture::error::ArchitectureError;
use super::codebook::error::CodebookError;
use super::graph::misfit::GraphError;
use super::model::error::TensorError;
use super::relative::error::BaseError;
use crate::storage::memory_limit::TooMuchMemory;

/// Why a model could not be built, encoded or decoded.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum CodeError {
    /// The file is empty.
    #[error("the model file is empty; an .nvc file has at least one byte")]
    Empty,
    /// The file begins as files of later versions do.
    #[error(
        "the model file has a later format version than {known}, the one that this decoder knows; \
         a newer nonvacuous may read it"
    )]
    UnknownVersion {
        /// The version this decoder implements.
        known: u8,
    },
    /// The bytes decode to a model, but are not the bytes that this model encodes to.
    #[error(
        "the model file is damaged: it decodes to a model whose file has {canonical} bytes, but \
         it has {found} bytes or differs in some of them"
    )]
    NotCanonical {
        /// Length of the file, in bytes.
        found: usize,
        /// Length of the re-encoded file, in bytes.
        canonical: usize,
    },
    /// A symbol without a code word, or bits that are the code word of no symbol.
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
    /// Decoding the file and evaluating its network would take more memory than is allowed.
    #[error("the model is too large to be read with care")]
    TooMuchMemory(#[from] TooMuchMemory),
    /// Evaluating the network would take more operations than are allowed.
    #[error(
        "the network takes {operations} multiplications and additions an example, and {limit} are \
         allowed: --limit {megabytes} (MB) allows them",
        megabytes = .memory.div_ceil(1_000_000)
    )]
    TooMuchWork {
        /// Operations an example, as far as they have been counted.
        operations: u64,
        /// Most accepted.
        limit: u64,
        /// Bytes of a memory limit with which they would be accepted.
        memory: u64,
    },
    /// Layers that the format cannot write.
    #[error(transparent)]
    Architecture(Box<ArchitectureError>),
    /// Nodes that the format cannot write.
    #[error(transparent)]
    Graph(Box<GraphError>),
    /// The file and the base do not go together.
    #[error(transparent)]
    Base(#[from] BaseError),
    /// A codebook that the format cannot write.
    #[error(transparent)]
    Codebook(#[from] CodebookError),
    /// A tensor that does not fit its shape or its codebook.
    #[error("tensor {index} does not fit")]
    Tensor {
        /// Position of the tensor, counted from 1.
        index: usize,
        /// What does not fit.
        source: TensorError,
    },
    /// As many tensors as the architecture has not were given.
    #[error("the architecture has {expected} tensors of weights, but {given} were given")]
    TensorCount {
        /// Tensors of the architecture.
        expected: usize,
        /// Tensors that were given.
        given: usize,
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
}

/// Boxed, so that results stay small.
impl From<ArchitectureError> for CodeError {
    fn from(error: ArchitectureError) -> Self {
        Self::Architecture(Box::new(error))
    }
}

/// Boxed, so that results stay small.
impl From<GraphError> for CodeError {
    fn from(error: GraphError) -> Self {
        Self::Graph(Box::new(error))
    }
}
