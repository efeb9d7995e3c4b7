//! Tensors in the safetensors format: a header of names, types, shapes and positions, then the
//! bytes.
//!
//! The header is read and checked by the reference implementation, the crate `safetensors`. The
//! numbers are not: it wants the whole file in memory, and here tensors are read one by one from
//! their position in the file, and written one after the other, so that a large network is in
//! memory once at most.

mod error;
mod file;
mod header;
mod write;

pub use ::safetensors::tensor::{Dtype, TensorInfo};
pub use error::{ForeignFormat, SafetensorsError};
pub use file::SafetensorsFile;
pub use write::write;
