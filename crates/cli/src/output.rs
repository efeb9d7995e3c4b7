//! Standard output, and files that are read and written.

use std::io::{ErrorKind, Write};
use std::path::Path;
use std::sync::OnceLock;

use super::failure::Failure;
use nonvacuous::printable::escaped;
use nonvacuous::storage::whole_file;

/// The first failure of standard output, if there was one.
static BROKEN_OUTPUT: OnceLock<std::io::Error> = OnceLock::new();

/// Prints one line, or several, to standard output. What a stranger wrote into a name cannot move
/// the cursor. A reader that has gone away is no error; anything else is remembered until
/// [`finish`].
pub(super) fn print(text: &str) {
    print_as_it_is(&shown(text));
}

fn print_as_it_is(text: &str) {
    remember(writeln!(std::io::stdout(), "{text}"));
}

/// A text whose only control characters are ends of lines and tabs.
fn shown(text: &str) -> String {
    let is_layout = |character: char| matches!(character, '\n' | '\t');
    let pieces = text.split_inclusive(is_layout);
    let piece = |piece: &str| match piece.strip_suffix(is_layout) {
        Some(words) => escaped(words) + &piece[words.len()..],
        None => escaped(piece),
    };
    pieces.map(piece).collect()
}

/// Prints what clap has to say, such as help.
pub(super) fn print_answer(answer: &clap::Error) {
    remember(answer.print());
}

/// Prints one line to standard error, if there is one to print to.
pub(super) fn warn(text: &str) {
    // There is nowhere left to say that it failed.
    let _ = writeln!(std::io::stderr(), "{}", shown(text));
}

/// Prints a JSON value.
pub(super) fn print_json(value: &impl serde::Serialize) -> Result<(), Failure> {
    print_as_it_is(&serde_json::to_string_pretty(value)?);
    Ok(())
}

/// Prints what went wrong as JSON, for a program that reads standard output.
pub(super) fn print_failure(failure: &Failure) {
    let (message, code) = (failure.message(), failure.code());
    let object = serde_json::json!({ "error": message, "exit_code": code });
    print_as_it_is(&format!("{object:#}"));
}

/// Whether all that was printed could be written.
pub(super) fn finish() -> Result<(), Failure> {
    remember(std::io::stdout().flush());
    match BROKEN_OUTPUT.get() {
        Some(error) => Err(Failure::output(error)),
        None => Ok(()),
    }
}

fn remember(result: std::io::Result<()>) {
    match result {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            let _ = BROKEN_OUTPUT.set(error);
        }
        _ => {}
    }
}

/// Writes `bytes` to `path`, whole or not at all.
pub(super) fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    Ok(whole_file::write(path, bytes)?)
}

/// Reads a file.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    Ok(whole_file::read(path)?)
}

/// Refuses to write over what is read.
pub(super) fn refuse_same_file(input: &Path, output: &Path) -> Result<(), Failure> {
    let same = match (input.canonicalize(), output.canonicalize()) {
        (Ok(input), Ok(output)) => input == output,
        _ => input == output,
    };
    if same {
        return Err(Failure::misuse(format!(
            "{} would be overwritten by the output: name another output",
            input.display()
        )));
    }
    Ok(())
}
