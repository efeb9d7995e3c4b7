//! Files, gzipped or not.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use super::gzip::{is_gzip, unpack};
use crate::data::error::DataError;
use crate::storage::{folder, whole_file};

/// No data file is longer than this, packed or not, in bytes.
pub(in crate::data) const LIMIT: u64 = 1 << 30;

/// The contents of a file, unpacked if it is gzipped; a remark if something follows what is packed.
pub(in crate::data) fn read(path: &Path, remarks: &mut Vec<String>) -> Result<Vec<u8>, DataError> {
    let mut bytes = Vec::new();
    let mut beginning = open(path)?.take(LIMIT + 1);
    beginning
        .read_to_end(&mut bytes)
        .map_err(|error| io(path, error))?;
    let bytes = bounded(bytes).map_err(|error| in_file(path, error))?;
    if !is_gzip(&bytes) {
        return Ok(bytes);
    }
    let unpacked = unpack(&bytes, LIMIT).map_err(|error| in_file(path, error))?;
    if unpacked.garbage > 0 {
        remarks.push(format!(
            "{path:?}: {} bytes behind the end of what is gzipped are not read",
            unpacked.garbage
        ));
    }
    Ok(unpacked.contents)
}

/// A file, opened for reading.
pub(in crate::data) fn open(path: &Path) -> Result<File, DataError> {
    whole_file::open(path).map_err(|error| io(path, error.source))
}

/// What is in a folder, in the order of names.
pub(in crate::data) fn paths_in(folder: &Path) -> Result<Vec<PathBuf>, DataError> {
    folder::paths_in(folder).map_err(|error| io(folder, error.source))
}

/// The last component of a path; what is not UTF-8 is replaced.
pub(in crate::data) fn name_of(path: &Path) -> String {
    path.file_name()
        .unwrap_or_default()
        .to_string_lossy()
        .into_owned()
}

/// The contents of gzipped bytes.
pub(in crate::data) fn unpacked(bytes: &[u8]) -> Result<Vec<u8>, DataError> {
    Ok(unpack(bytes, LIMIT)?.contents)
}

fn bounded(bytes: Vec<u8>) -> Result<Vec<u8>, DataError> {
    if bytes.len() as u64 > LIMIT {
        return Err(DataError::TooLong { limit: LIMIT });
    }
    Ok(bytes)
}

/// Says at which path the operating system failed.
pub(in crate::data) fn io(path: &Path, source: std::io::Error) -> DataError {
    DataError::Io {
        path: path.to_path_buf(),
        source,
    }
}

/// Says which file an error is about.
pub(in crate::data) fn in_file(path: &Path, error: DataError) -> DataError {
    DataError::File {
        path: path.to_path_buf(),
        source: Box::new(error),
    }
}

/// Refuses contents that are not those of a known set.
pub(in crate::data) fn check(name: &str, expected: &str, found: String) -> Result<(), DataError> {
    if found == expected {
        return Ok(());
    }
    Err(DataError::Contents {
        name: name.to_string(),
        expected: expected.to_string(),
        found,
    })
}
