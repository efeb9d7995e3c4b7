//! Description lengths: how a network becomes a bit string that decodes to it.
//!
//! A uniquely decodable code is a prior. If the code word of a network `h` has `|h|` bits, then
//! `P(h) = 2^-|h|` sums to at most one over all networks (Kraft 1949, McMillan 1956), and it was
//! fixed before any data were seen, because it is this source code. Every bit that the decoder
//! needs is therefore in the file, and the length that enters a bound is the length of that file.
//!
//! From the outside in:
//!
//! - [`Model`]: a network as the file knows it, and the `.nvc` file itself;
//! - [`Architecture`]: a small grammar of layers, so that every architecture has a code word;
//! - [`oriented`], [`upright`]: fixed layers that belong to the format and cost nothing;
//! - [`Codebook`] and [`CodedTensor`]: the few values that weights take, and which weight takes
//!   which, by the shortest [`SymbolCode`];
//! - [`Subspace`]: a tensor as the image of a few coordinates;
//! - [`integer`]: universal codes for the numbers in between;
//! - [`Encoder`] and [`Decoder`]: the arithmetic coder (constriction's range coder) that turns all
//!   of these into bytes, to within a byte of their ideal length;
//! - [`distribution`]: what the coder believes about the next symbol.
//!
//! The file format is specified to the bit in `docs/format.md`.

mod architecture;
mod architecture_code;
mod architecture_named;
mod architecture_text;
mod codebook;
mod codebook_code;
pub mod distribution;
mod entropy;
mod error;
mod geometry;
mod grid;
pub mod integer;
mod kronecker;
mod logistic;
mod mixed_code;
mod mixture;
mod model;
pub mod oriented;
mod pass;
mod subspace;
mod symbol_code;
mod tensor;
pub mod upright;

pub use architecture::{
    Architecture, Convolution, ImageSize, Layer, Padding, TensorShape, MAX_DEPTH, MAX_LAYERS,
};
pub use codebook::{Codebook, MAX_CODEWORDS};
pub use entropy::{Decoder, Encoder};
pub use error::CodeError;
pub use kronecker::{kronecker_factor, Factors};
pub use model::{Allocation, Model, TensorBits, FORMAT_VERSION, WEIGHTS_PER_BYTE};
pub use subspace::{Subspace, MAX_SEED, MAX_TERMS};
pub use symbol_code::{SymbolCode, MAX_MIXED_WEIGHTS};
pub use tensor::CodedTensor;
