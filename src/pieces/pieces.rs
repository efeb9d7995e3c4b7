//! The files of all pieces of one work.

use std::io::{BufRead, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::Serialize;

use super::error::PieceError;
use super::head::{heads, Head, Progress, ENDING};
use super::identity::Identity;
use super::shard::Shard;
use crate::digest::sha256;
use crate::storage::pace::Pace;
use crate::storage::whole_file;

/// Longest piece that is read, in bytes: 4 GB.
const MAX_PIECE: u64 = 4_000_000_000;

/// Files are written no more often than this.
const RARELY: Duration = Duration::from_secs(1);

/// The pieces of one work in a folder: files `NAME.I-of-K.piece`, whatever K is.
///
/// ```
/// use nonvacuous::pieces::{Identity, Pieces, Progress, Shard};
/// # let folder = tempfile::tempdir()?;
/// let pieces = Pieces::new(folder.path(), "squares", Identity::new("squares below 4", ""));
/// let mut second = pieces.begin::<u64>("2/2".parse()?)?;
/// second.put(vec![4, 9], Progress::begin(0, 2).at(2))?;
///
/// let all = pieces.read::<u64>()?;
/// assert_eq!(all[0].records, [4, 9]);
/// let others = Pieces::new(folder.path(), "squares", Identity::new("squares below 5", ""));
/// let refused = others.read::<u64>().unwrap_err();
/// assert!(refused.to_string().contains("another configuration"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Pieces {
    folder: PathBuf,
    name: String,
    identity: Identity,
}

/// A piece as it is on the disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece<R> {
    /// Its file.
    pub path: PathBuf,
    /// Which one.
    pub head: Head,
    /// What it holds.
    pub records: Vec<R>,
}

/// The file of a piece that is being done. Nothing keeps others from doing the same piece: the file
/// is always all of what one of them wrote.
#[derive(Debug)]
pub struct PieceFile<R> {
    path: PathBuf,
    identity: Identity,
    shard: Shard,
    lines: Vec<u8>,
    before: Vec<R>,
    pace: Pace,
}

impl Pieces {
    /// Of that name and identity in a folder.
    #[must_use]
    pub fn new(folder: &Path, name: &str, identity: Identity) -> Self {
        Self {
            folder: folder.to_path_buf(),
            name: name.to_string(),
            identity,
        }
    }

    /// Begins or goes on with a piece: [`PieceFile::before`] has what is there.
    ///
    /// # Errors
    /// If the folder cannot be written, or what is there is damaged or of something else.
    pub fn begin<R: Serialize + DeserializeOwned>(
        &self,
        shard: Shard,
    ) -> Result<PieceFile<R>, PieceError> {
        whole_file::create_folder(&self.folder)?;
        let name = format!("{}.{}{ENDING}", self.name, shard.in_name());
        let path = self.folder.join(name);
        let mut file = PieceFile {
            path,
            identity: self.identity.clone(),
            shard,
            lines: Vec::new(),
            before: Vec::new(),
            pace: Pace::at_once(RARELY),
        };
        if file.path.exists() {
            let piece = self.piece::<R>(&file.path)?;
            file.add(&piece.records)?;
            file.before = piece.records;
        }
        Ok(file)
    }

    /// All pieces that are there, by number.
    ///
    /// # Errors
    /// [`PieceError::Foreign`] if one belongs to something else; [`PieceError::Damaged`];
    /// [`PieceError::File`].
    pub fn read<R: DeserializeOwned>(&self) -> Result<Vec<Piece<R>>, PieceError> {
        self.one_by_one().collect()
    }

    /// The same, of which memory holds one at a time.
    pub fn one_by_one<'a, R: DeserializeOwned + 'a>(
        &'a self,
    ) -> impl Iterator<Item = Result<Piece<R>, PieceError>> + 'a {
        let (heads, failed) = match heads(&self.folder, &[&self.name]) {
            Ok(heads) => (heads, None),
            Err(error) => (Vec::new(), Some(Err(error))),
        };
        let pieces = heads.into_iter().map(|(path, _)| self.piece(&path));
        failed.into_iter().chain(pieces)
    }

    /// The piece in a file.
    fn piece<R: DeserializeOwned>(&self, path: &Path) -> Result<Piece<R>, PieceError> {
        let damaged = |reason: String| PieceError::Damaged {
            path: path.to_path_buf(),
            reason,
        };
        let bytes = whole_file::read_at_most(path, MAX_PIECE)?;
        let end = bytes.iter().position(|&byte| byte == b'\n');
        let (first, rest) = bytes.split_at(end.ok_or_else(|| damaged("no head".to_string()))?);
        let head = Head::parse(path, &String::from_utf8_lossy(first))?;
        if let Some(reason) = head.identity.difference(&self.identity) {
            return Err(PieceError::Foreign {
                path: path.to_path_buf(),
                reason,
            });
        }
        let lines = &rest[1..];
        if sha256(lines) != head.sha256 {
            return Err(damaged("it is not what was written".to_string()));
        }
        let record = |line: std::io::Result<String>| {
            let line = line.map_err(|error| damaged(error.to_string()))?;
            serde_json::from_str(&line).map_err(|error| damaged(error.to_string()))
        };
        Ok(Piece {
            path: path.to_path_buf(),
            head,
            records: lines.lines().map(record).collect::<Result<_, _>>()?,
        })
    }
}

impl<R: Serialize> PieceFile<R> {
    /// What was there when it was begun.
    pub fn before(&self) -> &[R] {
        &self.before
    }

    /// Its file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Adds records and writes the file, unless it was written a moment ago and something is left
    /// to do: writing takes a twentieth of the time at most.
    ///
    /// # Errors
    /// If a record is no JSON, or the file cannot be written; what was there stays.
    pub fn put(&mut self, records: Vec<R>, progress: Progress) -> Result<(), PieceError> {
        self.add(&records)?;
        if !self.pace.is_due() && !progress.is_finished() {
            return Ok(());
        }
        let head = Head {
            identity: self.identity.clone(),
            shard: self.shard,
            progress,
            sha256: sha256(&self.lines),
        };
        let head = serde_json::to_string(&head).map_err(|error| self.no_json(&error))?;
        self.pace.write(|| {
            whole_file::write_with(&self.path, |file| {
                writeln!(file, "{head}")?;
                file.write_all(&self.lines)
            })
        })?;
        Ok(())
    }

    fn add(&mut self, records: &[R]) -> Result<(), PieceError> {
        for record in records {
            let line = serde_json::to_string(record).map_err(|error| self.no_json(&error))?;
            self.lines.extend(line.as_bytes());
            self.lines.push(b'\n');
        }
        Ok(())
    }

    fn no_json(&self, error: &serde_json::Error) -> PieceError {
        PieceError::Damaged {
            path: self.path.clone(),
            reason: error.to_string(),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::fs;

    use super::*;

    fn pieces(folder: &Path) -> Pieces {
        Pieces::new(
            folder,
            "work",
            Identity::new("everything", "numbers").of_model("a model"),
        )
    }

    fn shard(text: &str) -> Shard {
        text.parse().unwrap()
    }

    #[test]
    fn a_piece_goes_on_where_it_was_and_is_read_beside_others() {
        let folder = tempfile::tempdir().unwrap();
        let pieces = pieces(folder.path());
        let mut first = pieces.begin::<u64>(shard("1/2")).unwrap();
        first.put(vec![1], Progress::begin(0, 2).at(1)).unwrap();
        let mut again = pieces.begin::<u64>(shard("1/2")).unwrap();
        assert_eq!(again.before(), [1]);
        again.put(vec![2], Progress::begin(1, 2).at(2)).unwrap();
        // Another number of pieces, and another work whose name begins alike.
        let mut other = pieces.begin::<u64>(shard("3/3")).unwrap();
        other.put(vec![3], Progress::begin(0, 1).at(1)).unwrap();
        let strange = Pieces::new(folder.path(), "work.2", Identity::new("else", ""));
        let mut stranger = strange.begin::<String>(shard("1/1")).unwrap();
        stranger.put(vec![], Progress::begin(0, 1)).unwrap();
        let all = pieces.read::<u64>().unwrap();
        let records: Vec<&[u64]> = all.iter().map(|piece| &piece.records[..]).collect();
        assert_eq!(records, [&[1, 2][..], &[3]]);
        assert!(all.iter().all(|piece| piece.head.progress.is_finished()));
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
    }

    #[test]
    fn a_piece_of_something_else_is_refused_with_the_reason() {
        let folder = tempfile::tempdir().unwrap();
        let mut piece = pieces(folder.path()).begin::<u64>(shard("1/2")).unwrap();
        piece.put(vec![1], Progress::begin(0, 1).at(1)).unwrap();
        let text = fs::read_to_string(piece.path()).unwrap();
        let version = format!("\"program\":\"{}\"", env!("CARGO_PKG_VERSION"));
        let sha256 = |text: &str| crate::digest::sha256(text.as_bytes());
        for (from, to, reason) in [
            (
                version,
                "\"program\":\"0.0.9\"".to_string(),
                "version 0.0.9",
            ),
            (
                sha256("everything"),
                sha256("less"),
                "another configuration",
            ),
            (sha256("numbers"), sha256("letters"), "other data"),
            (
                "a model".to_string(),
                "another".to_string(),
                "another model",
            ),
        ] {
            assert!(text.contains(&from), "{from}");
            fs::write(piece.path(), text.replace(&from, &to)).unwrap();
            let error = pieces(folder.path()).read::<u64>().unwrap_err();
            assert!(matches!(error, PieceError::Foreign { .. }));
            assert!(error.to_string().contains(reason), "{error}");
            // Nor is it gone on with.
            assert!(pieces(folder.path()).begin::<u64>(shard("1/2")).is_err());
        }
    }

    #[test]
    fn damage_anywhere_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let mut piece = pieces(folder.path()).begin::<u64>(shard("1/1")).unwrap();
        piece
            .put(vec![10, 20], Progress::begin(0, 2).at(2))
            .unwrap();
        let bytes = fs::read(piece.path()).unwrap();
        for length in [0, 5, bytes.len() - 3, bytes.len() - 1] {
            fs::write(piece.path(), &bytes[..length]).unwrap();
            let error = pieces(folder.path()).read::<u64>().unwrap_err();
            assert!(
                matches!(error, PieceError::Damaged { .. }),
                "{length}: {error}"
            );
        }
        let text = String::from_utf8(bytes).unwrap();
        fs::write(piece.path(), text.replace("\n20", "\n21")).unwrap();
        assert!(pieces(folder.path()).read::<u64>().is_err());
    }

    #[test]
    fn the_time_that_is_left_is_told_from_the_pace_of_this_process() {
        let progress = Progress {
            done: 30,
            of: 100,
            begun: 1_000,
            done_before: 20,
            written: 1_005,
        };
        assert_eq!(progress.seconds_left(), Some(35));
        let begun = Progress {
            done: 20,
            ..progress
        };
        assert_eq!(begun.seconds_left(), None);
    }
}
