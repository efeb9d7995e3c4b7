//! Why a file cannot be read as safetensors.

use std::io;

use ::safetensors::tensor::Dtype;
use thiserror::Error;

use crate::network::pytorch::PyTorchFile;

/// Why a file cannot be read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SafetensorsError {
    /// The operating system refuses.
    #[error("the safetensors file cannot be read")]
    Io(#[from] io::Error),
    /// It is a file of another format that weights are often found in.
    #[error("this is not a safetensors file but {0}")]
    Foreign(ForeignFormat),
    /// The first eight bytes do not give a sensible length.
    #[error(
        "this is not a safetensors file: its header would have {length} bytes, but the file has \
         {file}"
    )]
    HeaderLength {
        /// What the first eight bytes say.
        length: u64,
        /// Length of the file.
        file: u64,
    },
    /// The header is not what the format asks for.
    #[error("the safetensors header cannot be read")]
    Header(#[from] serde_json::Error),
    /// Two tensors have the same name.
    #[error("the safetensors header has two tensors called {0}")]
    Duplicate(String),
    /// The file goes on behind its last tensor, or ends before it.
    #[error("the tensors of the safetensors file end at byte {tensors}, but the file has {file}")]
    Length {
        /// Where the last tensor ends.
        tensors: u64,
        /// Length of the file.
        file: u64,
    },
    /// There is no tensor of this name.
    #[error("there is no tensor {0}")]
    Missing(String),
    /// A type of numbers that weights do not have.
    #[error("tensor {name} has type {dtype}; weights have type F32, F16, BF16 or F64")]
    Type {
        /// The tensor.
        name: String,
        /// Its type.
        dtype: Dtype,
    },
}

/// What is often taken for a safetensors file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ForeignFormat {
    /// The text that stands for a large file in a Git repository.
    #[error("the pointer of Git LFS to one; `git lfs pull` fetches the file itself")]
    GitLfsPointer,
    /// A ZIP archive or a pickle; [`TensorFile`](crate::network::TensorFile) reads it too.
    #[error("what torch.save writes, which is read as such")]
    PyTorch,
}

impl ForeignFormat {
    /// The format of a file that begins like this and is no safetensors file.
    pub(super) fn of(beginning: &[u8]) -> Option<Self> {
        if beginning.starts_with(b"version https://git-lfs") {
            return Some(Self::GitLfsPointer);
        }
        PyTorchFile::is_begun_by(beginning).then_some(Self::PyTorch)
    }
}
