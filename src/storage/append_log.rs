//! A file of records that grows by whole lines and survives being killed.
//!
//! Records are appended by single writes of whole lines. If a write was cut off all the same, the
//! rest of the last line is removed when the file is opened again; everything before it is as it
//! was. A lock of the operating system keeps a second process from appending to the same file; it
//! goes with the process that held it. Where a shared file system has no locks (Lustre without
//! `flock`, NFS without its lock service), whoever starts two processes on one file is not stopped.
//!
//! ```
//! use nonvacuous::storage::append_log::AppendLog;
//! use nonvacuous::storage::line_format::CsvLines;
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("draws.csv");
//! type Draw = (u64, f64);
//! let format = || CsvLines::<Draw>::new(&["draw", "error"]);
//! let (log, _) = AppendLog::open(&path, format())?;
//! log.append(&[(0, 0.25), (1, 0.5)])?;
//! drop(log); // The process is killed while it writes the next line …
//! let torn = std::fs::read_to_string(&path)? + "2,0.7";
//! std::fs::write(&path, torn)?;
//!
//! let (log, draws) = AppendLog::open(&path, format())?; // … and started again.
//! assert_eq!(draws, [(0, 0.25), (1, 0.5)]);
//! log.append(&[(2, 0.75)])?;
//! assert_eq!(std::fs::read_to_string(&path)?, "draw,error\n0,0.25\n1,0.5\n2,0.75\n");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use thiserror::Error;

use super::file_error::FileError;
use super::line_format::LineFormat;
use super::whole_file::{create_folder, read_at_most, require_file};

/// Longest log that is read, in bytes: 4 GB.
const MAX_LOG: u64 = 4_000_000_000;

/// Why a log cannot be read or written.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum LogError {
    /// The operating system reported an error.
    #[error(transparent)]
    File(#[from] FileError),
    /// Two processes would write the same file.
    #[error("{path} is being written by another process", path = .0.display())]
    Locked(PathBuf),
    /// A line is no record of this log. The file is left as it is.
    #[error("{path}, line {line}: {reason}", path = .path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// What does not fit.
        reason: String,
    },
    /// A record that does not fit into a line. Nothing is written.
    #[error("cannot add a record to {path}: {reason}", path = .path.display())]
    Record {
        /// The file.
        path: PathBuf,
        /// What is wrong with the record.
        reason: String,
    },
}

/// A file that is open for appending records, and that no other process appends to.
#[derive(Debug)]
pub struct AppendLog<F> {
    path: PathBuf,
    format: F,
    file: Mutex<File>,
}

impl<F: LineFormat> AppendLog<F> {
    /// Opens a file, or begins it, together with its folder; and the records that are there, in
    /// their order. A last line without an end is removed.
    ///
    /// # Errors
    /// [`LogError::Locked`] if another process has it open; [`LogError::Foreign`] if a line is no
    /// record, and then the file is left as it is; [`LogError::File`].
    pub fn open(path: &Path, format: F) -> Result<(Self, Vec<F::Record>), LogError> {
        if let Some(folder) = path.parent() {
            create_folder(folder)?;
        }
        if path.exists() {
            require_file(path).map_err(FileError::of("open", path))?;
        }
        let mut file = OpenOptions::new()
            .read(true)
            .append(true)
            .create(true)
            .open(path)
            .map_err(FileError::of("open", path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(LogError::Locked(path.to_path_buf())),
            Err(TryLockError::Error(source)) if has_no_locks(&source) => {}
            Err(TryLockError::Error(source)) => {
                return Err(FileError::new("lock", path, source).into());
            }
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)
            .map_err(FileError::of("read", path))?;
        let (whole, torn) = bytes.split_at(whole_lines(&bytes));
        let records = records(path, &format, whole)?;
        let header = format.header().map(|header| header + "\n");
        let begun = header.as_deref().unwrap_or_default();
        if whole.is_empty() && header.is_some() && !begun.as_bytes().starts_with(torn) {
            // Not the beginning of a header that was cut off, so it is not ours to remove.
            return Err(foreign(path, 1, "another header".to_string()));
        }
        file.set_len(whole.len() as u64)
            .map_err(FileError::of("repair", path))?;
        if whole.is_empty() {
            append(&mut file, begun.as_bytes()).map_err(FileError::of("write", path))?;
        }
        let log = Self {
            path: path.to_path_buf(),
            format,
            file: Mutex::new(file),
        };
        Ok((log, records))
    }

    /// Its file.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Adds records in one write: after an error none of them is there.
    ///
    /// # Errors
    /// [`LogError::Record`] if a record does not fit into one line; [`LogError::File`].
    pub fn append(&self, records: &[F::Record]) -> Result<(), LogError> {
        let mut text = String::new();
        for record in records {
            let refused = |reason| LogError::Record {
                path: self.path.clone(),
                reason,
            };
            let line = self.format.line(record).map_err(refused)?;
            if line.contains(['\n', '\r']) {
                return Err(refused("it has more than one line".to_string()));
            }
            text += &line;
            text.push('\n');
        }
        // A thread that panicked while it held the file has written all or nothing.
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        append(&mut file, text.as_bytes()).map_err(FileError::of("write", &self.path))?;
        Ok(())
    }
}

/// The records of a file, whether or not another process is appending to it: a last line without
/// an end is left alone, and is no record yet.
///
/// # Errors
/// [`LogError::Foreign`] if a line is no record; [`LogError::File`].
pub fn read<F: LineFormat>(path: &Path, format: &F) -> Result<Vec<F::Record>, LogError> {
    let bytes = read_at_most(path, MAX_LOG)?;
    records(path, format, &bytes[..whole_lines(&bytes)])
}

/// Length of the lines that have an end.
fn whole_lines(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .rposition(|&byte| byte == b'\n')
        .map_or(0, |place| place + 1)
}

/// The records of whole lines.
fn records<F: LineFormat>(
    path: &Path,
    format: &F,
    whole: &[u8],
) -> Result<Vec<F::Record>, LogError> {
    let mut header = format.header();
    let mut records = Vec::new();
    for (place, line) in whole.split_inclusive(|&byte| byte == b'\n').enumerate() {
        let line = std::str::from_utf8(line)
            .map_err(|error| foreign(path, place + 1, error.to_string()))?;
        let line = line.strip_suffix('\n').unwrap_or(line);
        match header.take() {
            Some(header) if line == header => {}
            Some(_) => return Err(foreign(path, place + 1, "another header".to_string())),
            None => {
                let record = format
                    .record(line)
                    .map_err(|reason| foreign(path, place + 1, reason))?;
                records.push(record);
            }
        }
    }
    Ok(records)
}

/// Whether a file system says that it has no locks, not that somebody else has this one.
fn has_no_locks(error: &io::Error) -> bool {
    /// "No locks available": of NFS, whose lock service does not run.
    const ENOLCK: i32 = 37;
    error.kind() == io::ErrorKind::Unsupported
        || (cfg!(target_os = "linux") && error.raw_os_error() == Some(ENOLCK))
}

fn foreign(path: &Path, line: usize, reason: String) -> LogError {
    LogError::Foreign {
        path: path.to_path_buf(),
        line,
        reason,
    }
}

/// Appends all bytes, or none: what a full disk let through is taken back.
fn append(file: &mut File, bytes: &[u8]) -> io::Result<()> {
    let before = file.metadata()?.len();
    file.write_all(bytes).inspect_err(|_| {
        // If this fails as well, the next opening removes the torn line.
        let _ = file.set_len(before);
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::fs;

    use proptest::prelude::*;

    use super::*;
    use crate::storage::line_format::{CsvLines, JsonLines};

    type Record = (u64, String);

    fn format() -> CsvLines<Record> {
        CsvLines::new(&["number", "text"])
    }

    fn record(number: u64, text: &str) -> Record {
        (number, text.to_string())
    }

    proptest! {
        #[test]
        fn cut_off_anywhere_it_keeps_the_whole_lines_and_goes_on(
            texts in prop::collection::vec("[^\r\n]*", 0..6),
            cut in 0usize..400,
        ) {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("log.csv");
            let records: Vec<Record> =
                texts.iter().zip(0..).map(|(text, number)| record(number, text)).collect();
            let (log, before) = AppendLog::open(&path, format()).unwrap();
            prop_assert!(before.is_empty());
            log.append(&records).unwrap();
            drop(log);

            let bytes = fs::read(&path).unwrap();
            let cut = &bytes[..cut.min(bytes.len())];
            fs::write(&path, cut).unwrap();
            let ends = cut.iter().filter(|&&byte| byte == b'\n').count();
            let (log, left) = AppendLog::open(&path, format()).unwrap();
            prop_assert_eq!(&left[..], &records[..ends.saturating_sub(1)]);
            log.append(&records[left.len()..]).unwrap();
            prop_assert_eq!(fs::read(&path).unwrap(), bytes);
        }
    }

    #[test]
    fn json_lines_that_were_cut_off_are_repaired_too() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new").join("log.jsonl");
        fs::create_dir(folder.path().join("new")).unwrap();
        fs::write(&path, "[1,\"é\"]\n[2,\"\u{e9}").unwrap();
        let (log, records) = AppendLog::open(&path, JsonLines::<Record>::new()).unwrap();
        assert_eq!(records, [record(1, "é")]);
        log.append(&[record(2, "a\nb")]).unwrap();
        assert_eq!(
            fs::read_to_string(&path).unwrap(),
            "[1,\"é\"]\n[2,\"a\\nb\"]\n"
        );
    }

    #[test]
    fn a_second_writer_is_refused_and_a_reader_is_not() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log.csv");
        let (log, _) = AppendLog::open(&path, format()).unwrap();
        log.append(&[record(1, "a")]).unwrap();
        assert!(matches!(
            AppendLog::open(&path, format()),
            Err(LogError::Locked(_))
        ));
        assert_eq!(read(&path, &format()).unwrap(), [record(1, "a")]);
        drop(log);
        assert!(AppendLog::open(&path, format()).is_ok());
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn shared_file_systems_without_locks_are_told_from_failures() {
        let of = |number| has_no_locks(&io::Error::from_raw_os_error(number));
        let (no_locks, not_implemented, not_supported, no_permission) = (37, 38, 95, 13);
        assert!(of(no_locks) && of(not_implemented) && of(not_supported));
        assert!(!of(no_permission));
    }

    #[test]
    fn a_file_of_something_else_is_refused_and_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log.csv");
        for (text, line) in [
            ("a letter without an end of its line", 1),
            ("number,word\n1,a\n", 1),
            ("number,text\n1,a,b\n2", 2),
            ("number,text\n1,a\nx,b\n2", 3),
            ("number,text\n\n", 2),
        ] {
            fs::write(&path, text).unwrap();
            let error = AppendLog::open(&path, format()).map(|_| ()).unwrap_err();
            let LogError::Foreign { line: found, .. } = &error else {
                panic!("{text:?}: {error}");
            };
            assert_eq!(*found, line, "{text:?}: {error}");
            assert_eq!(fs::read_to_string(&path).unwrap(), text);
        }
    }

    #[test]
    fn a_record_of_two_lines_is_refused_and_nothing_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log.csv");
        let (log, _) = AppendLog::open(&path, format()).unwrap();
        let error = log
            .append(&[record(1, "a"), record(2, "a\nb")])
            .unwrap_err();
        assert!(matches!(error, LogError::Record { .. }));
        assert_eq!(fs::read_to_string(&path).unwrap(), "number,text\n");
    }
}
