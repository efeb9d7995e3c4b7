//! What may be wrong with a tensor of a model.

use thiserror::Error;

/// Why a tensor does not fit its shape or its codebook.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum TensorError {
    /// Codebooks are numbered in the order of their first use.
    #[error("it uses codebook {found}, but the next new one is {next}")]
    CodebookOrder {
        /// The codebook that the tensor uses.
        found: usize,
        /// The first codebook that no tensor before it uses.
        next: usize,
    },
    /// There are fewer codebooks.
    #[error("it uses codebook {codebook}, but the model has {count}, counted from 0")]
    MissingCodebook {
        /// The codebook that the tensor uses.
        codebook: usize,
        /// Codebooks of the model.
        count: usize,
    },
    /// One symbol is needed for each weight.
    #[error("{symbols} symbols for the {weights} weights of {name}")]
    Length {
        /// Number of symbols.
        symbols: usize,
        /// Number of weights.
        weights: usize,
        /// The tensor's name.
        name: String,
    },
    /// A subspace has at least one coordinate, and no more than the tensor has weights; those of a
    /// Kronecker product fill a matrix.
    #[error(
        "{coordinates} coordinates of its subspace for {weights} weights; at least 1, at most \
             as many, and whole rows in a Kronecker product are accepted"
    )]
    Coordinates {
        /// Number of coordinates.
        coordinates: u64,
        /// Number of weights.
        weights: usize,
    },
    /// Coordinates that could only be zero.
    #[error("it lies in a subspace, but its codebook is empty")]
    EmptySubspace,
    /// Only the file of a graph has raw weights.
    #[error("its weights are raw, which a chain of layers has no code for")]
    RawInChain,
    /// A change of a base's tensor, where the network has none of the base's.
    #[error("it changes a tensor of a base, but is none of a base's")]
    NotOfBase,
    /// The weights that are said to be changed are not the base's.
    #[error("it changes other weights than the base's")]
    OtherWeights,
    /// Numbers that change a base's tensor in a subspace, but are not one a weight.
    #[error("it changes whole rows or columns of a base's tensor, but lies in a subspace")]
    SubspaceOfRows,
    /// A product of matrices that the tensor, as a matrix of its rows, could not have.
    #[error("a product of rank {rank}; from 1 to the tensor's rows and columns is accepted")]
    Rank {
        /// The rank.
        rank: u64,
    },
    /// A raw weight that is no number.
    #[error("raw weight {weight} is {value}; finite numbers are accepted")]
    NotFinite {
        /// The weight, counted from 0.
        weight: usize,
        /// Its value, as text.
        value: String,
    },
    /// There is no such codeword.
    #[error("symbol {symbol}, but {codewords} codewords")]
    Symbol {
        /// The symbol.
        symbol: u8,
        /// Number of codewords: the largest symbol.
        codewords: usize,
    },
    /// The model has fewer tensors.
    #[error("there is no such tensor; the model has {count}")]
    NoTensor {
        /// Number of tensors.
        count: usize,
    },
    /// The tensor has fewer weights.
    #[error("there is no weight {weight}; it has {count}, counted from 0")]
    NoWeight {
        /// The weight, counted from 0.
        weight: usize,
        /// Number of weights, or of coordinates.
        count: usize,
    },
    /// Mixing is limited to tensors of fewer weights.
    #[error("{weights} weights are too many for mixing; at most {limit} are accepted")]
    TooManyToMix {
        /// Number of weights, or of coordinates.
        weights: usize,
        /// Most accepted.
        limit: usize,
    },
}
