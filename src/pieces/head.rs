//! The first line of a piece's file.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};

use super::error::PieceError;
use super::identity::Identity;
use super::shard::Shard;
use crate::storage::file_error::FileError;
use crate::storage::folder::paths_in;
use crate::storage::whole_file;

/// What the names of pieces end in.
pub(super) const ENDING: &str = ".piece";

/// Longest first line, in bytes.
const MAX_HEAD: u64 = 4096;

/// How far a piece has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Progress {
    /// Draws, recipes or examples that are done.
    pub done: u64,
    /// How many there are in the piece.
    pub of: u64,
    /// When the process that wrote this began, in seconds since 1970.
    pub begun: u64,
    /// How many had been done then.
    pub done_before: u64,
    /// When this was written, in seconds since 1970.
    pub written: u64,
}

impl Progress {
    /// At the beginning of a process: `done` of so many were done before it.
    #[must_use]
    pub fn begin(done: u64, of: u64) -> Self {
        Self {
            done,
            of,
            begun: now(),
            done_before: done,
            written: now(),
        }
    }

    /// Now that so many are done.
    #[must_use]
    pub fn at(self, done: u64) -> Self {
        Self {
            done,
            written: now(),
            ..self
        }
    }

    /// How long ago this was written, in seconds.
    #[must_use]
    pub fn age(&self) -> u64 {
        now().saturating_sub(self.written)
    }

    /// Whether nothing is left to do.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        self.done >= self.of
    }

    /// Seconds until all is done at the pace of the process that wrote this, counted from when it
    /// did; nothing as long as there is no pace.
    #[must_use]
    pub fn seconds_left(&self) -> Option<u64> {
        let fresh = self.done.checked_sub(self.done_before)?;
        let seconds = self.written.saturating_sub(self.begun);
        let left = self.of.saturating_sub(self.done);
        (fresh > 0).then(|| (u128::from(seconds) * u128::from(left) / u128::from(fresh)) as u64)
    }
}

/// Seconds since 1970.
fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}

/// The first line of a piece's file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    /// What it belongs to.
    pub identity: Identity,
    /// Which piece it is.
    pub shard: Shard,
    /// How far it has come.
    pub progress: Progress,
    /// SHA-256 of everything after the first line.
    pub sha256: String,
}

impl Head {
    /// From the first line of a file.
    pub(super) fn parse(path: &Path, line: &str) -> Result<Self, PieceError> {
        serde_json::from_str(line).map_err(|error| PieceError::Damaged {
            path: path.to_path_buf(),
            reason: error.to_string(),
        })
    }

    /// That of a file.
    fn read(path: &Path) -> Result<Self, PieceError> {
        let file = whole_file::open(path)?;
        let mut line = String::new();
        BufReader::new(file.take(MAX_HEAD))
            .read_line(&mut line)
            .map_err(FileError::of("read", path))?;
        Self::parse(path, line.trim_end())
    }
}

/// The paths and heads of the pieces of these names in a folder, by name and number; none if there
/// is no such folder.
///
/// # Errors
/// If one of any name cannot be read, or is no piece.
pub fn heads<N: AsRef<str>>(
    folder: &Path,
    names: &[N],
) -> Result<Vec<(PathBuf, Head)>, PieceError> {
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut heads = Vec::new();
    for path in paths_in(folder)? {
        if path
            .extension()
            .is_some_and(|ending| ending == &ENDING[1..])
        {
            let head = Head::read(&path)?;
            if names.iter().any(|name| is_of(name.as_ref(), &path)) {
                heads.push((path, head));
            }
        }
    }
    heads.sort_by_key(|(_, head)| head.shard.part());
    Ok(heads)
}

/// Whether a file's name is that of a piece of that name.
fn is_of(name: &str, path: &Path) -> bool {
    path.file_name()
        .and_then(|file| file.to_str())
        .and_then(|file| file.strip_suffix(ENDING))
        .and_then(|file| file.strip_prefix(name))
        .and_then(|rest| rest.strip_prefix('.'))
        .is_some_and(Shard::is_in_name)
}
