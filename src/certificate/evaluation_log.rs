//! The results of an evaluation that is not finished.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// What was found on some photographs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Part {
    /// Number of errors.
    pub(super) errors: u64,
    /// SHA-256 of the part's canonical bytes.
    pub(super) sha256: String,
    /// What is wrong with photographs that cannot be read.
    pub(super) problems: Vec<String>,
}

/// A file with one JSON object a line for each part, in order. It is named after everything that
/// the results depend on, so that an evaluation of anything else never reads it.
pub(super) struct EvaluationLog {
    path: PathBuf,
    file: File,
    parts: Vec<Part>,
}

/// The log cannot be read or written.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {error}")]
pub struct LogError {
    path: PathBuf,
    error: std::io::Error,
}

impl EvaluationLog {
    /// Opens the log of that key in a folder, which is created; a last line that was not written
    /// whole is cut off.
    pub(super) fn open(folder: &Path, key: &str) -> Result<Self, LogError> {
        let path = folder.join(name(key));
        let failed = |error| LogError {
            path: path.clone(),
            error,
        };
        std::fs::create_dir_all(folder).map_err(failed)?;
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(failed(error)),
        };
        let (mut parts, mut whole) = (Vec::new(), 0);
        for line in text
            .split_inclusive('\n')
            .filter(|line| line.ends_with('\n'))
        {
            let Ok(part) = serde_json::from_str(line) else {
                break;
            };
            parts.push(part);
            whole += line.len() as u64;
        }
        let file = OpenOptions::new()
            .append(true)
            .create(true)
            .open(&path)
            .map_err(failed)?;
        file.set_len(whole).map_err(failed)?;
        Ok(Self { path, file, parts })
    }

    /// The results of a part, if they are there.
    pub(super) fn part(&self, place: usize) -> Option<&Part> {
        self.parts.get(place)
    }

    /// Adds the results of the part after the last.
    pub(super) fn append(&mut self, part: &Part) -> Result<(), LogError> {
        let failed = |error| LogError {
            path: self.path.clone(),
            error,
        };
        let line = serde_json::to_string(part).map_err(|error| failed(error.into()))? + "\n";
        self.file
            .write_all(line.as_bytes())
            .and_then(|()| self.file.flush())
            .map_err(failed)
    }
}

/// Name of a log.
fn name(key: &str) -> String {
    format!("{LOG_PREFIX}{}.jsonl", key.get(..16).unwrap_or(key))
}

/// What the names of logs begin with.
const LOG_PREFIX: &str = "evaluation-";

/// Removes all logs of a folder: once there is a certificate, they are of no use.
///
/// # Errors
/// If a file cannot be removed.
pub fn remove_logs(folder: &Path) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if name.starts_with(LOG_PREFIX) && name.ends_with(".jsonl") {
            std::fs::remove_file(&path)?;
        }
    }
    Ok(())
}
