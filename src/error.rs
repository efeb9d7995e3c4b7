//! One error for programs that use several modules.

use thiserror::Error;

use crate::bounds::BoundError;
use crate::certificate::{ClaimError, FolderError, IssueError, Unverifiable};
use crate::code::CodeError;
#[cfg(feature = "train")]
use crate::compress::{CompressError, RecipeError};
use crate::data::DataError;
use crate::evaluate::EvaluationError;
use crate::network::pytorch::PyTorchError;
use crate::network::safetensors::SafetensorsError;
use crate::network::{ImportError, TensorFileError};
use crate::storage::file_error::FileError;

/// Whatever can go wrong on the way from weights and examples to a certificate and back.
///
/// Each module has its own error; `?` turns it into this one.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// A number is outside a bound's domain.
    #[error(transparent)]
    Bound(#[from] BoundError),
    /// A model, its architecture or its file.
    #[error(transparent)]
    Code(#[from] CodeError),
    /// A data set.
    #[error(transparent)]
    Data(#[from] DataError),
    /// A network does not fit the data.
    #[error(transparent)]
    Evaluation(#[from] EvaluationError),
    /// A safetensors file.
    #[error(transparent)]
    Safetensors(#[from] SafetensorsError),
    /// A file of PyTorch's.
    #[error(transparent)]
    PyTorch(#[from] PyTorchError),
    /// A file of weights in any format.
    #[error(transparent)]
    Tensors(#[from] TensorFileError),
    /// A network that was trained elsewhere.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// A recipe.
    #[cfg(feature = "train")]
    #[error(transparent)]
    Recipe(#[from] RecipeError),
    /// Training or compression.
    #[cfg(feature = "train")]
    #[error(transparent)]
    Compress(#[from] CompressError),
    /// A certificate cannot be issued.
    #[error(transparent)]
    Issue(#[from] IssueError),
    /// A text is no claim.
    #[error(transparent)]
    Claim(#[from] ClaimError),
    /// A certificate can be neither confirmed nor refuted.
    #[error(transparent)]
    Verify(#[from] Unverifiable),
    /// The folder of a certificate.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// A file.
    #[error(transparent)]
    File(#[from] FileError),
}
