//! Why a network cannot be written as ONNX.

use thiserror::Error;

use crate::code::GraphError;

/// Why a network cannot be written as ONNX.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum ExportError {
    /// A layer or operator is none that ONNX has, nor made of such.
    #[error("ONNX has nothing that computes {what}; safetensors has the weights alone")]
    Inexpressible {
        /// The layer or operator.
        what: String,
    },
    /// A chain has too many layers for a graph.
    #[error("the layers do not make a graph of operators")]
    Graph(#[from] GraphError),
    /// The file would be longer than protocol buffers can be.
    #[error("the file would have {bytes} bytes, and an ONNX file has at most {limit}")]
    TooLarge {
        /// Its length.
        bytes: u64,
        /// The most that there can be.
        limit: u64,
    },
}
