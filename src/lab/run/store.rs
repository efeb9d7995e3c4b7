//! Rows on disk, which survive being killed.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use super::error::RunError;
use super::experiment::Experiment;
use crate::pieces::{PieceError, PieceFile, Pieces, Progress, Shard, FOLDER};
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
/// Its own file is an [`AppendLog`]. What a shard's rows belong to, and how many there are, is in a
/// [piece](Pieces) in a folder beside it.
#[derive(Debug)]
pub struct Store {
    log: AppendLog<CsvLines<Vec<String>>>,
    format: CsvLines<Vec<String>>,
    known: HashMap<Key, Vec<String>>,
    wanted: u64,
    done: u64,
    piece: Option<Mutex<OwnPiece>>,
}

/// How far the shard is, as others see it.
#[derive(Debug)]
struct OwnPiece {
    file: PieceFile<()>,
    progress: Progress,
}

impl Store {
    /// Opens or begins a shard's file, and keeps other processes from writing it.
    ///
    /// # Errors
    /// [`RunError::Locked`] if one does; [`RunError::Foreign`] if a row does not fit the
    /// experiment; [`RunError::Piece`] if another version made one of the shards, or it is of
    /// something else; [`RunError::Log`] or [`RunError::File`] if the operating system reports an
    /// error.
    pub fn open(folder: &Path, experiment: &Experiment, shard: Shard) -> Result<Self, RunError> {
        let pieces = pieces(folder, experiment, shard);
        if let Some(pieces) = &pieces {
            pieces.read::<()>()?;
        }
        let path = folder.join(file_name(experiment, shard));
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
        let keys = (0..experiment.configurations().len()).flat_map(|configuration| {
            let draws = (0..experiment.draws()).filter(|&draw| shard.has(draw));
            draws.map(move |draw| Key {
                configuration,
                draw,
            })
        });
        let (mut wanted, mut done) = (0, 0);
        for key in keys {
            wanted += 1;
            done += u64::from(known.contains_key(&key));
        }
        let piece = match &pieces {
            Some(pieces) if shard != Shard::WHOLE => {
                Some(Mutex::new(OwnPiece::begin(pieces, shard, done, wanted)?))
            }
            _ => None,
        };
        Ok(Self {
            log,
            format,
            known,
            wanted,
            done,
            piece,
        })
    }

    /// Number of the shard's rows, there or not.
    #[must_use]
    pub fn wanted(&self) -> u64 {
        self.wanted
    }

    /// Number of the shard's rows that were there when the store was opened.
    #[must_use]
    pub fn done(&self) -> u64 {
        self.done
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
    /// [`RunError::Log`], or [`RunError::Piece`] if it cannot be told how many there are.
    pub fn append(&self, rows: Vec<DrawnRow>) -> Result<(), RunError> {
        let cells: Vec<Vec<String>> = rows.into_iter().map(|row| row.cells).collect();
        self.log.append(&cells)?;
        if let Some(piece) = &self.piece {
            // A thread that panicked while it held the piece has written all or nothing.
            let mut piece = piece.lock().unwrap_or_else(PoisonError::into_inner);
            piece.advance(cells.len() as u64)?;
        }
        Ok(())
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

impl OwnPiece {
    fn begin(pieces: &Pieces, shard: Shard, done: u64, wanted: u64) -> Result<Self, PieceError> {
        let mut file = pieces.begin(shard)?;
        let progress = Progress::begin(done, wanted);
        file.put(Vec::new(), progress)?;
        Ok(Self { file, progress })
    }

    /// So many rows more are there.
    fn advance(&mut self, count: u64) -> Result<(), PieceError> {
        self.progress = self.progress.at(self.progress.done + count);
        self.file.put(Vec::new(), self.progress)
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

/// The pieces of an experiment, if there are some or this is one. (To know what they belong to,
/// data are hashed.)
fn pieces(folder: &Path, experiment: &Experiment, shard: Shard) -> Option<Pieces> {
    let folder = folder.join(FOLDER);
    let is_of_use = shard != Shard::WHOLE || folder.is_dir();
    is_of_use.then(|| Pieces::new(&folder, experiment.name(), experiment.identity()))
}

/// What the file of a shard is called.
fn file_name(experiment: &Experiment, shard: Shard) -> String {
    if shard == Shard::WHOLE {
        format!("{}.csv", experiment.name())
    } else {
        format!("{}.{}.csv", experiment.name(), shard.in_name())
    }
}

/// Whether a file is that of some shard of the experiment, or of the whole.
fn is_of(experiment: &Experiment, path: &Path) -> bool {
    path.file_name()
        .and_then(|name| name.to_str())
        .and_then(|name| name.strip_suffix(".csv"))
        .and_then(|name| name.strip_prefix(experiment.name()))
        .is_some_and(|rest| {
            let part = rest.strip_prefix('.');
            rest.is_empty() || part.is_some_and(Shard::is_in_name)
        })
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
