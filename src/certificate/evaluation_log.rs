//! The results of an evaluation that is not finished.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::evaluate::ExampleDigest;
use crate::storage::append_log::{AppendLog, LogError};
use crate::storage::file_error::FileError;
use crate::storage::folder::paths_in;
use crate::storage::line_format::JsonLines;

/// What was found on some examples.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Part {
    /// For each example that was evaluated its class and whether it is misclassified.
    pub(super) outcomes: Vec<(Option<usize>, bool)>,
    /// The digests of all examples of the part, unless they are known without decoding.
    #[serde(with = "hexadecimal")]
    pub(super) digests: Vec<ExampleDigest>,
    /// What is wrong with examples that cannot be read.
    pub(super) problems: Vec<String>,
}

/// Digests as one string of hexadecimal digits.
mod hexadecimal {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::digest::{from_hex, hex};
    use crate::evaluate::ExampleDigest;

    pub(super) fn serialize<S: Serializer>(
        digests: &[ExampleDigest],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex(digests.as_flattened()))
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Vec<ExampleDigest>, D::Error> {
        let text = String::deserialize(deserializer)?;
        let bytes = from_hex(&text).ok_or_else(|| D::Error::custom("not hexadecimal"))?;
        match bytes.as_chunks() {
            (digests, []) => Ok(digests.to_vec()),
            _ => Err(D::Error::custom("not a number of digests")),
        }
    }
}

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

    /// The results of a part, if they are there.
    pub(super) fn part(&self, place: usize) -> Option<&Part> {
        self.parts.get(place)
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
