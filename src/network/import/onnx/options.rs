//! How an ONNX file is read.

use crate::shape::ImageSize;
use crate::storage::memory_limit::MemoryLimit;

/// How an ONNX file is read; mostly nothing need be said.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct OnnxOptions {
    /// Size of the images, where the file leaves it open, or where its input is no image but a row
    /// of as many numbers.
    pub input: Option<ImageSize>,
    /// The name of the output with the logits, if there are several.
    pub output: Option<String>,
    /// Most memory that weights may take; if it is not given, what fits the length of the file.
    pub memory: Option<MemoryLimit>,
}
