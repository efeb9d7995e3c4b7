//! What is in a folder.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::error::FigureError;
use crate::storage::folder::paths_in;

/// The entries of a folder, sorted; none if it is not there.
///
/// # Errors
/// [`FigureError::Read`] if it cannot be listed.
pub(super) fn entries(folder: &Path) -> Result<Vec<PathBuf>, FigureError> {
    match paths_in(folder) {
        Err(error) if error.source.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        paths => Ok(paths?),
    }
}
