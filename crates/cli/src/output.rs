//! Files that are either whole or not there.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use nonvacuous::storage::whole_file;

use super::{Failure, MISUSE};

/// Writes `bytes` to `path`, whole or not at all.
pub(super) fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    Ok(whole_file::write(path, bytes)?)
}

/// Writes lines, each with its end, to `path`, whole or not at all.
pub(super) fn write_lines(path: &Path, lines: &[String]) -> Result<(), Failure> {
    Ok(whole_file::write_lines(path, lines)?)
}

/// Writes what `contents` writes to `path`, whole or not at all.
pub(super) fn write_with(
    path: &Path,
    contents: impl FnOnce(&mut BufWriter<&File>) -> io::Result<()>,
) -> Result<(), Failure> {
    Ok(whole_file::write_with(path, contents)?)
}

/// Reads a file.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    Ok(whole_file::read(path)?)
}

/// Creates a folder and those above it.
pub(super) fn create_folder(path: &Path) -> Result<(), Failure> {
    Ok(whole_file::create_folder(path)?)
}

/// Names the file in an error of the operating system.
pub(super) fn cannot(verb: &str, path: &Path, error: &std::io::Error) -> Failure {
    Failure {
        message: format!("cannot {verb} {}: {error}", path.display()),
        code: MISUSE,
    }
}

/// Prints one line to standard output; a reader that has gone away is no error.
pub(super) fn print(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

/// Prints a JSON value.
pub(super) fn print_json(value: &impl serde::Serialize) -> Result<(), Failure> {
    print(&serde_json::to_string_pretty(value)?);
    Ok(())
}
