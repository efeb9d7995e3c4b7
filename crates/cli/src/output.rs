//! Files that are either whole or not there.

use std::io::{BufWriter, Write};
use std::path::Path;

use super::{Failure, MISUSE};

/// Writes `bytes` to `path`, whole or not at all.
pub(super) fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    write_with(path, |file| file.write_all(bytes))
}

/// Writes lines, each with its end, to `path`, whole or not at all.
pub(super) fn write_lines(path: &Path, lines: &[String]) -> Result<(), Failure> {
    write_whole(path, (lines.join("\n") + "\n").as_bytes())
}

/// Writes to `path` through a temporary file beside it, so that no one ever sees a part of it.
pub(super) fn write_with(
    path: &Path,
    write: impl FnOnce(&mut BufWriter<&std::fs::File>) -> std::io::Result<()>,
) -> Result<(), Failure> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let written = temporary().tempfile_in(folder).and_then(|file| {
        let mut buffered = BufWriter::new(file.as_file());
        write(&mut buffered)?;
        buffered.flush()?;
        drop(buffered);
        file.as_file().sync_all()?;
        file.persist(path)?;
        Ok(())
    });
    written.map_err(|error| cannot("write", path, &error))
}

/// A temporary file that, once it has its name, may be read by those who may read any new file.
fn temporary() -> tempfile::Builder<'static, 'static> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder
}

/// Reads a file.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|error| cannot("read", path, &error))
}

/// Creates a folder and those above it.
pub(super) fn create_folder(path: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(path).map_err(|error| cannot("create", path, &error))
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
