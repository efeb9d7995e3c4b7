//! The results of an evaluation that is not finished.

use std::path::Path;

use super::evaluation_part::Part;
use crate::storage::append_log::{AppendLog, LogError};
use crate::storage::file_error::FileError;
use crate::storage::folder::paths_in;
use crate::storage::line_format::JsonLines;

/// One JSON object a line for each part, in order, in a file that is named after everything that
/// the results depend on, so that an evaluation of anything else never reads it.
pub(super) struct EvaluationLog {
    log: AppendLog<JsonLines<Part>>,
    parts: Vec<Part>,
}

impl EvaluationLog {
    /// Opens the log of that key in a folder, which is created.
    pub(super) fn open(folder: &Path, key: &str) -> Result<Self, LogError> {
        let (log, parts) = AppendLog::open(&folder.join(name(key)), JsonLines::new())?;
        Ok(Self { log, parts })
    }

    /// The results that are there: of the first parts.
    pub(super) fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Adds the results of the part after the last.
    pub(super) fn append(&self, part: Part) -> Result<(), LogError> {
        self.log.append(&[part])
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
pub fn remove_logs(folder: &Path) -> Result<(), FileError> {
    for path in paths_in(folder)? {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with(LOG_PREFIX) && name.ends_with(".jsonl") {
            std::fs::remove_file(&path).map_err(FileError::of("remove", &path))?;
        }
    }
    Ok(())
}
