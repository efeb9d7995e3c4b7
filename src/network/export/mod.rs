//! Networks for others to read: as ONNX files, and with the names that tensors had where the
//! network came from.
//!
//! A [chain] is written as the [graph](crate::code::Graph) that computes the same; [`operators`]
//! says each operator of a graph in ONNX's, [`file`] puts them together.

mod chain;
mod error;
mod file;
mod message;
mod operators;
mod sheet;

pub use error::ExportError;
pub use file::OnnxFile;
