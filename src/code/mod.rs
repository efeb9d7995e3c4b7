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
mod codebook;
mod coder;
mod error;
mod fixed;
mod model;
mod subspace;
mod symbols;

pub use architecture::layers::{
    Architecture, Convolution, Layer, Padding, TensorShape, MAX_DEPTH, MAX_LAYERS,
};
pub use codebook::values::{Codebook, MAX_CODEWORDS};
pub use coder::range_coder::{Decoder, Encoder};
pub use coder::{distribution, integer};
pub use error::CodeError;
pub use fixed::{oriented, upright};
pub use model::{Allocation, Model, TensorBits, FORMAT_VERSION, WEIGHTS_PER_BYTE};
pub use subspace::hashed::{Subspace, MAX_SEED, MAX_TERMS};
pub use subspace::kronecker::{kronecker_factor, Factors};
pub use symbols::symbol_code::{SymbolCode, MAX_MIXED_WEIGHTS};
pub use symbols::tensor::CodedTensor;
