//! Rows on disk, which survive being killed.

use std::collections::HashMap;
use std::path::Path;

use super::error::RunError;
use super::experiment::Experiment;
use super::shard::Shard;
use crate::storage::append_log::{self, AppendLog, LogError};
use crate::storage::folder::paths_in;
use crate::storage::line_format::CsvLines;

/// Which row: sorted by configuration, then by draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// Its place among the configurations.
    pub configuration: usize,
    /// Its number.
    pub draw: u64,
}

/// A row of an experiment's CSV.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DrawnRow {
    /// Which one.
    pub key: Key,
    /// One for each of [`Experiment::columns`].
    pub cells: Vec<String>,
}

/// The rows of an experiment in a folder: those of its own file, `NAME.csv` or `NAME.I-of-K.csv`,
/// to which it appends, and those of all other shards, which it reads.
///
/// Its own file is an [`AppendLog`].
#[derive(Debug)]
pub struct Store {
    log: AppendLog<CsvLines<Vec<String>>>,
    format: CsvLines<Vec<String>>,
    known: HashMap<Key, Vec<String>>,
}

impl Store {
    /// Opens or begins a shard's file, and keeps other processes from writing it.
    ///
    /// # Errors
    /// [`RunError::Locked`] if one does; [`RunError::Foreign`] if a row does not fit the
    /// experiment; [`RunError::Log`] or [`RunError::File`] if the operating system reports an
    /// error.
    pub fn open(folder: &Path, experiment: &Experiment, shard: Shard) -> Result<Self, RunError> {
        let path = folder.join(format!("{}{}.csv", experiment.name(), shard.suffix()));
        let format = CsvLines::new(&experiment.columns());
        let (log, rows) = AppendLog::open(&path, format.clone())?;
        let mut known = HashMap::new();
        add(experiment, &path, rows, &mut known)?;

        for other in paths_in(folder)? {
            if other != path && is_of(experiment, &other) {
                let rows = append_log::read(&other, &format)?;
                add(experiment, &other, rows, &mut known)?;
            }
        }
        Ok(Self { log, format, known })
    }

    /// The shard's file.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.log.path()
    }

    /// Whether a row was there when the store was opened.
    #[must_use]
    pub fn has(&self, key: Key) -> bool {
        self.known.contains_key(&key)
    }

    /// Number of rows that were there when the store was opened.
    #[must_use]
    pub fn len(&self) -> usize {
        self.known.len()
    }

    /// Whether there were none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// Appends rows in one write.
    ///
    /// # Errors
    /// [`RunError::Log`].
    pub fn append(&self, rows: Vec<DrawnRow>) -> Result<(), RunError> {
        let cells: Vec<Vec<String>> = rows.into_iter().map(|row| row.cells).collect();
        Ok(self.log.append(&cells)?)
    }

    /// All rows of the experiment that are in the folder, sorted.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn rows(&self, experiment: &Experiment) -> Result<Vec<DrawnRow>, RunError> {
        let mut known = self.known.clone();
        let rows = append_log::read(self.path(), &self.format)?;
        add(experiment, self.path(), rows, &mut known)?;
        let mut rows: Vec<DrawnRow> = known
            .into_iter()
            .map(|(key, cells)| DrawnRow { key, cells })
            .collect();
        rows.sort_unstable_by_key(|row| row.key);
        Ok(rows)
    }
}

impl From<LogError> for RunError {
    /// What a user of experiments can do about the errors of a log is said here.
    fn from(error: LogError) -> Self {
        match error {
            LogError::Locked(path) => Self::Locked(path),
            LogError::Foreign { path, line, reason } => Self::Foreign { path, line, reason },
            other => Self::Log(other),
        }
    }
}

/// Whether a file is that of some shard of the experiment, or of the whole.
fn is_of(experiment: &Experiment, path: &Path) -> bool {
    path.file_name()
        .and_then(|name| name.to_str())
        .and_then(|name| name.strip_suffix(".csv"))
        .and_then(|name| name.strip_prefix(experiment.name()))
        .is_some_and(Shard::is_suffix)
}

/// Adds the rows of one file, each checked against the experiment.
fn add(
    experiment: &Experiment,
    path: &Path,
    rows: Vec<Vec<String>>,
    known: &mut HashMap<Key, Vec<String>>,
) -> Result<(), RunError> {
    for (place, cells) in rows.into_iter().enumerate() {
        let foreign = |reason: &str| RunError::Foreign {
            path: path.to_path_buf(),
            line: place + 2,
            reason: reason.to_string(),
        };
        let key = key(experiment, &cells).map_err(foreign)?;
        if !cells.starts_with(&experiment.beginning(key.configuration, key.draw)) {
            return Err(foreign("another configuration or seed"));
        }
        if known.get(&key).is_some_and(|before| *before != cells) {
            return Err(foreign("a draw that is elsewhere with another result"));
        }
        known.insert(key, cells);
    }
    Ok(())
}

/// Which row of the experiment one with these cells is.
fn key(experiment: &Experiment, cells: &[String]) -> Result<Key, &'static str> {
    let number = |place: usize| cells.get(place).and_then(|cell| cell.parse::<u64>().ok());
    let (Some(configuration), Some(draw)) = (number(0), number(1)) else {
        return Err("no numbers of a configuration and a draw");
    };
    let configuration = configuration as usize;
    if configuration >= experiment.configurations().len() || draw >= experiment.draws() {
        return Err("a configuration or a draw that the experiment does not have");
    }
    Ok(Key {
        configuration,
        draw,
    })
}
