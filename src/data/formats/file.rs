//! Files, gzipped or not.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use flate2::read::MultiGzDecoder;

use crate::data::error::DataError;

/// No data file is longer than this, packed or not, in bytes.
pub(in crate::data) const LIMIT: u64 = 1 << 30;

const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// The contents of a file, unpacked if it is gzipped.
pub(in crate::data) fn read(path: &Path) -> Result<Vec<u8>, DataError> {
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(LIMIT + 1).read_to_end(&mut bytes))
        .map_err(|error| io(path, error))?;
    bounded(bytes)
        .and_then(unpacked)
        .map_err(|error| in_file(path, error))
}

/// `bytes`, unpacked if they are gzipped.
pub(in crate::data) fn unpacked(bytes: Vec<u8>) -> Result<Vec<u8>, DataError> {
    if !bytes.starts_with(&GZIP_MAGIC) {
        return Ok(bytes);
    }
    let mut contents = Vec::new();
    MultiGzDecoder::new(&bytes[..])
        .take(LIMIT + 1)
        .read_to_end(&mut contents)
        .map_err(|source| DataError::Gzip { source })?;
    bounded(contents)
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
