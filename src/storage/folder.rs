//! What is in a folder.

use std::fs;
use std::path::{Path, PathBuf};

use super::file_error::FileError;

/// The paths of what is in a folder, in their order.
///
/// # Errors
/// If the folder cannot be read.
pub fn paths_in(folder: &Path) -> Result<Vec<PathBuf>, FileError> {
    let failed = FileError::of("read", folder);
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(&failed)? {
        paths.push(entry.map_err(&failed)?.path());
    }
    paths.sort();
    Ok(paths)
}
