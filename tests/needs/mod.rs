//! What a test needs and a clone may lack: data sets, files of `$NONVACUOUS_DATA`, programs.
//!
//! A test that lacks one of them does not run, says so in a line of `target/tmp/skipped-tests.txt`
//! (which `.ci/run` prints at its end), and passes. It fails if the word is in
//! `$NONVACUOUS_REQUIRED`, where `.ci/run` puts everything that it has found on the machine.
#![allow(dead_code, clippy::unwrap_used)]

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

use nonvacuous::data::{load, DataError, DataSet, SearchPath};

/// The data set of that name, if it is on this machine.
pub fn data_set(name: &str) -> Option<DataSet> {
    match load(name, &SearchPath::from_environment(None)) {
        Ok(data) => Some(data),
        Err(DataError::Missing { .. }) => {
            lacking(name);
            None
        }
        Err(damaged) => panic!("{name}: {damaged}"),
    }
}

/// A file or folder of `$NONVACUOUS_DATA`, if it is there.
pub fn file(name: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("NONVACUOUS_DATA").map(PathBuf::from);
    let path = folder
        .map(|folder| folder.join(name))
        .filter(|path| path.exists());
    if path.is_none() {
        lacking(name);
    }
    path
}

/// Records that this test does not run for want of something.
///
/// # Panics
/// If it is one of the words of `$NONVACUOUS_REQUIRED`.
pub fn lacking(what: &str) {
    let thread = std::thread::current();
    let test = thread.name().unwrap_or("a test");
    let required = std::env::var("NONVACUOUS_REQUIRED").unwrap_or_default();
    let is_required = required.split_whitespace().any(|word| word == what);
    assert!(
        !is_required,
        "{what} is said to be on this machine, and is not found"
    );
    let list = Path::new(env!("CARGO_TARGET_TMPDIR")).join("skipped-tests.txt");
    let mut list = OpenOptions::new()
        .append(true)
        .create(true)
        .open(list)
        .unwrap();
    let line = format!("{test} needs {what}\n");
    list.write_all(line.as_bytes()).unwrap();
    eprint!("skipped: {line}");
}
