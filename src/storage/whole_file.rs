//! Files that are either whole or not there.
//!
//! A file is written under a temporary name in the folder where it will be, flushed to the disk,
//! and then given its name in one step of the operating system. Whoever reads it finds what was
//! there before or all that is there now, whatever happened to the writer.
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
use std::io::{self, BufWriter, Write};
use std::path::Path;

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
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let temporary = readable_by_all().tempfile_in(folder)?;
    let mut buffered = BufWriter::new(temporary.as_file());
    contents(&mut buffered)?;
    buffered.flush()?;
    drop(buffered);
    temporary.as_file().sync_all()?;
    temporary.persist(path)?;
    Ok(())
}

/// A temporary file that, once it has its name, may be read by those who may read any new file.
fn readable_by_all() -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder
}

/// Reads a file.
///
/// # Errors
/// If it cannot be read.
pub fn read(path: &Path) -> Result<Vec<u8>, FileError> {
    fs::read(path).map_err(FileError::of("read", path))
}

/// Reads a file of text.
///
/// # Errors
/// If it cannot be read, or is not UTF-8.
pub fn read_text(path: &Path) -> Result<String, FileError> {
    fs::read_to_string(path).map_err(FileError::of("read", path))
}

/// Creates a folder and those above it, as far as they are not there.
///
/// # Errors
/// If it cannot be created.
pub fn create_folder(path: &Path) -> Result<(), FileError> {
    fs::create_dir_all(path).map_err(FileError::of("create", path))
}
