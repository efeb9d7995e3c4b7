//! What is in a folder.

use std::path::{Path, PathBuf};

use super::error::FigureError;
use crate::storage::file_error::FileError;

/// The entries of a folder, sorted; none if it is not there.
///
/// # Errors
/// [`FigureError::Read`] if it cannot be listed.
pub(super) fn entries(folder: &Path) -> Result<Vec<PathBuf>, FigureError> {
    let failed = FileError::of("read", folder);
    let listed = match std::fs::read_dir(folder) {
        Ok(listed) => listed,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(failed(error).into()),
    };
    let mut paths = Vec::new();
    for entry in listed {
        paths.push(entry.map_err(&failed)?.path());
    }
    paths.sort();
    Ok(paths)
}
