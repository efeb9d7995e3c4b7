//! What can be wrong with pieces.

use std::path::PathBuf;

use thiserror::Error;

use crate::storage::file_error::FileError;

/// Why a piece cannot be written, read or used.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum PieceError {
    /// The operating system reported an error.
    #[error(transparent)]
    File(#[from] FileError),
    /// It belongs to something else.
    #[error("{path} does not belong here: {reason}; remove it, or use another folder",
        path = .path.display())]
    Foreign {
        /// Its file.
        path: PathBuf,
        /// What differs.
        reason: String,
    },
    /// It is no piece, or not all of one.
    #[error("{path} is damaged: {reason}; remove it, and its piece is done again",
        path = .path.display())]
    Damaged {
        /// Its file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
}
