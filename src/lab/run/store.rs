//! Rows on disk, which survive being killed.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use super::error::RunError;
use super::experiment::Experiment;
use super::shard::Shard;

/// Which row: sorted by configuration, then by draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Key {
    /// Its place among the configurations.
    pub configuration: usize,
    /// Its number.
    pub draw: u64,
}

/// The rows of an experiment in a folder: those of its own file, `NAME.csv` or `NAME.I-of-K.csv`,
/// to which it appends, and those of all other shards, which it reads.
///
/// Rows are appended by single writes of whole lines. If one was cut off all the same, the rest of
/// the last line is removed when the file is opened again.
pub struct Store {
    path: PathBuf,
    header: String,
    file: Mutex<File>,
    known: HashMap<Key, String>,
}

impl Store {
    /// Opens or begins a shard's file, and keeps other processes from writing it.
    ///
    /// # Errors
    /// [`RunError::Locked`] if one does; [`RunError::Foreign`] if a row does not fit the
    /// experiment; [`RunError::Io`].
    pub fn open(folder: &Path, experiment: &Experiment, shard: Shard) -> Result<Self, RunError> {
        let at = |path: &Path, source| RunError::Io {
            path: path.to_path_buf(),
            source,
        };
        fs::create_dir_all(folder).map_err(|source| at(folder, source))?;
        let path = folder.join(format!("{}{}.csv", experiment.name(), shard.suffix()));
        let mut file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .open(&path)
            .map_err(|e| at(&path, e))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(RunError::Locked(path)),
            Err(TryLockError::Error(source)) => return Err(at(&path, source)),
        }
        let mut text = Vec::new();
        file.read_to_end(&mut text)
            .map_err(|source| at(&path, source))?;
        let whole = text
            .iter()
            .rposition(|&byte| byte == b'\n')
            .map_or(0, |place| place + 1);
        file.set_len(whole as u64)
            .map_err(|source| at(&path, source))?;
        let header = experiment.header();
        if whole == 0 {
            file.write_all(format!("{header}\n").as_bytes())
                .map_err(|source| at(&path, source))?;
        }

        let mut known = HashMap::new();
        for entry in fs::read_dir(folder).map_err(|source| at(folder, source))? {
            let other = entry.map_err(|source| at(folder, source))?.path();
            let name = other
                .file_name()
                .and_then(|name| name.to_str())
                .and_then(|name| name.strip_suffix(".csv"));
            if name
                .and_then(|name| name.strip_prefix(experiment.name()))
                .is_some_and(Shard::is_suffix)
            {
                let text = fs::read_to_string(&other).map_err(|source| at(&other, source))?;
                collect(experiment, &header, &other, &text, &mut known)?;
            }
        }
        Ok(Self {
            path,
            header,
            file: Mutex::new(file),
            known,
        })
    }

    /// The shard's file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether a row was there when the store was opened.
    pub fn has(&self, key: Key) -> bool {
        self.known.contains_key(&key)
    }

    /// Number of rows that were there when the store was opened.
    pub fn len(&self) -> usize {
        self.known.len()
    }

    /// Whether there were none.
    pub fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// Appends rows in one write.
    ///
    /// # Errors
    /// [`RunError::Io`].
    pub fn append(&self, lines: Vec<String>) -> Result<(), RunError> {
        let text = lines.join("\n") + "\n";
        // A thread that panicked while it held the file has written all or nothing.
        let mut file = self
            .file
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        file.write_all(text.as_bytes())
            .map_err(|source| RunError::Io {
                path: self.path.clone(),
                source,
            })
    }

    /// All rows of the experiment that are in the folder, sorted.
    ///
    /// # Errors
    /// As [`Store::open`].
    pub fn rows(&self, experiment: &Experiment) -> Result<Vec<(Key, String)>, RunError> {
        let mut known = self.known.clone();
        let text = fs::read_to_string(&self.path).map_err(|source| RunError::Io {
            path: self.path.clone(),
            source,
        })?;
        collect(experiment, &self.header, &self.path, &text, &mut known)?;
        let mut rows: Vec<(Key, String)> = known.into_iter().collect();
        rows.sort_unstable_by_key(|(key, _)| *key);
        Ok(rows)
    }
}

/// The rows of one file, each checked against the experiment. A last line without an end belongs to
/// a process that is still writing.
fn collect(
    experiment: &Experiment,
    header: &str,
    path: &Path,
    text: &str,
    known: &mut HashMap<Key, String>,
) -> Result<(), RunError> {
    let whole = text.rfind('\n').map_or("", |end| &text[..end]);
    for (place, line) in whole.lines().enumerate() {
        let foreign = |reason: &str| RunError::Foreign {
            path: path.to_path_buf(),
            line: place + 1,
            reason: reason.to_string(),
        };
        if place == 0 {
            if line != header {
                return Err(foreign("other columns"));
            }
            continue;
        }
        let cells: Vec<&str> = line.split(',').collect();
        let number = |place: usize| cells.get(place).and_then(|cell| cell.parse::<u64>().ok());
        let (Some(configuration), Some(draw)) = (number(0), number(1)) else {
            return Err(foreign("no numbers of a configuration and a draw"));
        };
        let configuration = configuration as usize;
        if configuration >= experiment.configurations().len() || draw >= experiment.draws() {
            return Err(foreign(
                "a configuration or a draw that the experiment does not have",
            ));
        }
        let beginning = experiment.beginning(configuration, draw);
        if cells.len() != header.split(',').count()
            || cells
                .iter()
                .zip(&beginning)
                .any(|(cell, value)| cell != value)
        {
            return Err(foreign("another configuration or seed"));
        }
        let key = Key {
            configuration,
            draw,
        };
        if known
            .insert(key, line.to_string())
            .is_some_and(|before| before != line)
        {
            return Err(foreign("a draw that is elsewhere with another result"));
        }
    }
    Ok(())
}
