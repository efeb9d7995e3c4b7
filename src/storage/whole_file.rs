//! Files that are either whole or not there.
//!
//! A file is written under a temporary name in the folder where it will be, flushed to the disk,
//! and then given its name in one step of the operating system. Whoever reads it finds what was
//! there before or all that is there now, whatever happened to the writer.
//!
//! Only files are read, and no more of them than was said: a link to a device, or a pipe, in a
//! file's place would take all memory, or wait for ever.
//!
//! ```
//! use nonvacuous::storage::whole_file;
//! let folder = tempfile::tempdir()?;
//! let path = folder.path().join("numbers.txt");
//! whole_file::write_lines(&path, &["one", "two"])?;
//! assert_eq!(whole_file::read(&path)?, b"one\ntwo\n");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write};
use std::path::Path;

use tempfile::NamedTempFile;
use thiserror::Error;

use super::file_error::FileError;

/// Writes `bytes` to `path`, whole or not at all.
///
/// # Errors
/// If the file cannot be written; what was there before stays.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), FileError> {
    write_with(path, |file| file.write_all(bytes))
}

/// Writes lines, each with its end, to `path`, whole or not at all.
///
/// # Errors
/// If the file cannot be written; what was there before stays.
pub fn write_lines(path: &Path, lines: &[impl AsRef<str>]) -> Result<(), FileError> {
    write_with(path, |file| {
        for line in lines {
            writeln!(file, "{}", line.as_ref())?;
        }
        Ok(())
    })
}

/// Writes rows of cells as CSV, the names of the columns first, to `path`, whole or not at all.
///
/// # Errors
/// If the file cannot be written; what was there before stays.
pub fn write_csv<Row>(path: &Path, rows: impl IntoIterator<Item = Row>) -> Result<(), FileError>
where
    Row: IntoIterator,
    Row::Item: AsRef<[u8]>,
{
    write_with(path, |file| {
        let mut writer = csv::Writer::from_writer(file);
        for row in rows {
            writer.write_record(row)?;
        }
        writer.flush()
    })
}

/// Writes what `contents` writes to `path`, whole or not at all.
///
/// # Errors
/// If the file cannot be written, or `contents` fails; what was there before stays.
pub fn write_with(
    path: &Path,
    contents: impl FnOnce(&mut BufWriter<&File>) -> io::Result<()>,
) -> Result<(), FileError> {
    through_temporary(path, contents).map_err(FileError::of("write", path))
}

fn through_temporary(
    path: &Path,
    contents: impl FnOnce(&mut BufWriter<&File>) -> io::Result<()>,
) -> io::Result<()> {
    // A link stays one: what it leads to is replaced.
    let path = &path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    require_replaceable(path)?;
    let temporary = temporary_beside(path)?;
    let mut buffered = BufWriter::new(temporary.as_file());
    contents(&mut buffered)?;
    buffered.flush()?;
    drop(buffered);
    temporary.as_file().sync_all()?;
    temporary.persist(path)?;
    Ok(())
}

/// Makes sure that a file can be written, before the work that makes what it will hold.
///
/// # Errors
/// If its folder is not there or takes no new files, or if a folder, a pipe or a device has its
/// name.
pub fn require_writable(path: &Path) -> Result<(), FileError> {
    let possible = require_replaceable(path).and_then(|()| temporary_beside(path));
    possible.map(drop).map_err(FileError::of("write", path))
}

/// Refuses to put a file in the place of a folder, a pipe or a device.
fn require_replaceable(path: &Path) -> io::Result<()> {
    match require_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

/// A temporary file in the folder where a file will be.
fn temporary_beside(path: &Path) -> io::Result<NamedTempFile> {
    let folder = path.parent().unwrap_or(Path::new("."));
    readable_by_all().tempfile_in(or_here(folder))
}

/// A folder without a name is the one where this program runs.
fn or_here(folder: &Path) -> &Path {
    if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    }
}

/// A temporary file that, once it has its name, may be read by those who may read any new file.
fn readable_by_all() -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder
}

/// Longest file that is read at once, in bytes: 256 MB.
pub const MAX_BYTES: u64 = 256_000_000;

/// Longest file of text that a person or this program writes about one thing, in bytes: 1 MB.
pub const MAX_TEXT: u64 = 1_000_000;

/// Why something with a path is not read as a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Unreadable {
    /// A folder.
    #[error("it is a folder, not a file")]
    Folder,
    /// A pipe, a socket or a device, which may wait or go on for ever.
    #[error("it is a pipe or a device, not a file")]
    Stream,
    /// It is too long for what it should hold.
    #[error("it is longer than {limit} bytes, the most that is accepted")]
    TooLong {
        /// Most bytes accepted.
        limit: u64,
    },
}

impl Unreadable {
    /// As the operating system might have said it.
    fn into_io(self) -> io::Error {
        let kind = match self {
            Self::Folder => io::ErrorKind::IsADirectory,
            Self::Stream | Self::TooLong { .. } => io::ErrorKind::InvalidInput,
        };
        io::Error::new(kind, self)
    }
}

/// Opens a file for reading, or what a link leads to, if that is a file: pipes and devices, which
/// may wait or go on for ever, are refused.
///
/// # Errors
/// If it cannot be opened, or is not a file; then the source's source is an [`Unreadable`].
pub fn open(path: &Path) -> Result<File, FileError> {
    let opened = require_file(path).and_then(|()| File::open(path));
    opened.map_err(FileError::of("read", path))
}

/// Refuses what is there and not a file.
pub(super) fn require_file(path: &Path) -> io::Result<()> {
    let kind = fs::metadata(path)?.file_type();
    if kind.is_dir() {
        return Err(Unreadable::Folder.into_io());
    }
    if !kind.is_file() {
        return Err(Unreadable::Stream.into_io());
    }
    Ok(())
}

/// Reads a file of at most [`MAX_BYTES`].
///
/// # Errors
/// If it cannot be read, is too long or not a file.
pub fn read(path: &Path) -> Result<Vec<u8>, FileError> {
    read_at_most(path, MAX_BYTES)
}

/// Reads a file of at most so many bytes.
///
/// # Errors
/// If it cannot be read, is too long or not a file.
pub fn read_at_most(path: &Path, limit: u64) -> Result<Vec<u8>, FileError> {
    let file = open(path)?;
    let refused = FileError::of("read", path);
    let length = file.metadata().map_err(&refused)?.len();
    let mut bytes = Vec::new();
    if length <= limit {
        bytes.reserve_exact(length as usize);
        let mut beginning = file.take(limit.saturating_add(1));
        beginning.read_to_end(&mut bytes).map_err(&refused)?;
    }
    if length > limit || bytes.len() as u64 > limit {
        return Err(refused(Unreadable::TooLong { limit }.into_io()));
    }
    Ok(bytes)
}

/// Reads a file of text, of at most [`MAX_TEXT`].
///
/// # Errors
/// If it cannot be read, is too long, not a file, or not UTF-8.
pub fn read_text(path: &Path) -> Result<String, FileError> {
    let bytes = read_at_most(path, MAX_TEXT)?;
    String::from_utf8(bytes).map_err(|error| {
        let source = io::Error::new(io::ErrorKind::InvalidData, error.utf8_error());
        FileError::new("read", path, source)
    })
}

/// Creates a folder and those above it, as far as they are not there, and makes sure that files can
/// be written into it: to be asked before the work that makes them.
///
/// # Errors
/// If it cannot be created, or takes no new files.
pub fn create_folder(path: &Path) -> Result<(), FileError> {
    let path = or_here(path);
    fs::create_dir_all(path).map_err(FileError::of("create", path))?;
    let possible = readable_by_all().tempfile_in(path);
    possible
        .map(drop)
        .map_err(FileError::of("write into", path))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::error::Error;

    use super::*;

    fn reason(error: &FileError) -> Option<Unreadable> {
        let inner = error.source.get_ref()?;
        inner.downcast_ref::<Unreadable>().copied()
    }

    #[test]
    fn what_is_no_file_or_too_long_is_refused_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("text");
        write(&path, b"four").unwrap();
        assert_eq!(read_at_most(&path, 4).unwrap(), b"four");
        let error = read_at_most(&path, 3).unwrap_err();
        assert_eq!(reason(&error), Some(Unreadable::TooLong { limit: 3 }));
        assert!(error.source().is_some());
        let error = read(folder.path()).unwrap_err();
        assert_eq!(reason(&error), Some(Unreadable::Folder));
        write(&path, b"\xff").unwrap();
        assert!(read_text(&path).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_one_and_a_device_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        std::os::unix::fs::symlink("file", &link).unwrap();
        write(&file, b"before").unwrap();
        write(&link, b"after").unwrap();
        assert_eq!(read(&file).unwrap(), b"after");
        assert!(link.is_symlink());
        let device = folder.path().join("null");
        std::os::unix::fs::symlink("/dev/null", &device).unwrap();
        for path in [&device, Path::new("/dev/null"), folder.path()] {
            assert!(write(path, b"").is_err(), "{}", path.display());
            assert!(require_writable(path).is_err(), "{}", path.display());
        }
        assert!(require_writable(&folder.path().join("missing").join("file")).is_err());
    }

    #[test]
    fn a_file_in_a_folders_place_is_found_before_the_work() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        write(&file, b"").unwrap();
        assert!(create_folder(&file).is_err());
        assert!(create_folder(&file.join("below")).is_err());
        assert!(create_folder(&folder.path().join("new").join("below")).is_ok());
        assert_eq!(fs::read_dir(folder.path().join("new")).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_leads_to_a_file_but_not_to_a_device() {
        let folder = tempfile::tempdir().unwrap();
        let (file, link) = (folder.path().join("file"), folder.path().join("link"));
        write(&file, b"four").unwrap();
        std::os::unix::fs::symlink(&file, &link).unwrap();
        assert_eq!(read(&link).unwrap(), b"four");
        let device = folder.path().join("zero");
        std::os::unix::fs::symlink("/dev/zero", &device).unwrap();
        let error = read(&device).unwrap_err();
        assert_eq!(reason(&error), Some(Unreadable::Stream));
    }
}
