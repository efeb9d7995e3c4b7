//! What the operating system refused, and for which file.

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

/// The operating system refused to do something with a file or a folder.
///
/// Its text names what was to be done and the path; why it failed is its
/// [source](std::error::Error::source).
#[derive(Debug, Error)]
#[error("cannot {verb} {path}", path = .path.display())]
#[non_exhaustive]
pub struct FileError {
    /// What was to be done, as a verb: "write", "read", "create".
    pub verb: &'static str,
    /// The file or the folder.
    pub path: PathBuf,
    /// The operating system's error.
    pub source: io::Error,
}

impl FileError {
    /// The operating system refused to `verb` the file at `path`.
    #[must_use]
    pub fn new(verb: &'static str, path: &Path, source: io::Error) -> Self {
        Self {
            verb,
            path: path.to_path_buf(),
            source,
        }
    }

    /// For `map_err`: an error of the operating system together with what it refused.
    pub fn of(verb: &'static str, path: &Path) -> impl Fn(io::Error) -> Self {
        let path = path.to_path_buf();
        move |source| Self::new(verb, &path, source)
    }
}
