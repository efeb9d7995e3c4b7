//! Description lengths: how a network becomes a bit string that decodes to it.
//!
//! A uniquely decodable code is a prior. If the code word of a network `h` has `|h|` bits, then
//! `P(h) = 2^-|h|` sums to at most one over all networks (Kraft 1949, McMillan 1956). The prior is
//! this source code: its tables are frozen with the version of the format, so it does not depend on
//! data that are first seen after that. Every bit that the decoder needs is in the file, and the
//! length that enters a bound is the length of that file.
//!
//! From the outside in:
//!
//! - [`Model`]: a network as the file knows it, and the `.nvc` file itself;
//! - [`Architecture`]: a small grammar of layers, so that every architecture has a code word;
//! - [`Graph`]: a network of any operators, where a chain of layers does not do;
//! - [`Base`], [`Spliced`]: a network relative to another one, which the decoder has;
//! - [`oriented`], [`deskew`]: fixed layers that belong to the format and cost nothing;
//! - [`Codebook`] and [`CodedTensor`]: the few values that weights take, and which weight takes
//!   which, by the shortest [`SymbolCode`];
//! - [`Subspace`]: a tensor as the image of a few coordinates;
//! - [`integer`]: universal codes for the numbers in between;
//! - [`Encoder`] and [`Decoder`]: the arithmetic coder (constriction's range coder) that turns all
//!   of these into bytes, to within a byte of their ideal length;
//! - [`distribution`]: what the coder believes about the next symbol.
//!
//! The file format is specified to the bit in `docs/format.md`, the words for layers in
//! `docs/layers.md`, which [`Architecture`] repeats.

mod architecture;
mod codebook;
mod coder;
mod error;
mod fixed;
mod graph;
mod model;
mod relative;
mod structure;
mod subspace;
mod symbols;

pub use architecture::chain::{Architecture, MAX_DEPTH, MAX_LAYERS};
pub use architecture::error::{ArchitectureError, WordError};
pub(crate) use architecture::layer::NORMALISE_EPSILON;
pub use architecture::layer::{Convolution, Layer, Padding};
pub use architecture::misfit::LayerError;
pub use architecture::tensors::TensorShape;
pub use codebook::error::CodebookError;
pub use codebook::values::{Codebook, MAX_CODEWORDS};
pub use coder::decoder::Decoder;
pub use coder::encoder::Encoder;
pub use coder::{distribution, integer};
pub use error::CodeError;
pub use fixed::{deskew, oriented};
pub use graph::as_chain::AsChain;
pub use graph::dimensions::{Dimensions, DimensionsError};
pub(crate) use graph::interpolation::{neighbours, Neighbours};
pub use graph::misfit::{GraphError, Misfit};
pub use graph::nodes::{Graph, Node, MAX_NODES};
pub use graph::operator::{Activation, Arithmetic, Arity, Operator, Pooling, Reduction, Window};
pub use model::allocation::{Allocation, TensorBits};
pub use model::demand::{BYTES_PER_FEATURE, BYTES_PER_NONZERO, OPERATIONS_PER_BYTE};
pub use model::error::TensorError;
pub use model::file::WEIGHTS_PER_BYTE;
pub use model::invariants::Model;
pub use relative::base::Base;
pub use relative::change::Change;
pub use relative::error::BaseError;
pub use relative::spliced::Spliced;
pub use structure::{Structure, FORMAT_VERSION};
pub use subspace::kronecker::{kronecker_factor, Factors};
pub use subspace::map::{Subspace, MAX_SEED, MAX_TERMS};
pub use symbols::symbol_code::{SymbolCode, MAX_MIXED_WEIGHTS};
pub(crate) use symbols::tensor::entropy;
pub use symbols::tensor::CodedTensor;
