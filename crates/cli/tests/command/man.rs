//! The manual.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

fn nonvacuous(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_nonvacuous"))
        .args(arguments)
        .output()
        .unwrap()
}

#[test]
fn the_page_of_the_command_is_printed() {
    let output = nonvacuous(&["man"]);
    assert!(output.status.success());
    let page = String::from_utf8(output.stdout).unwrap();
    for part in [".TH nonvacuous 1", "SUBCOMMANDS", "nonvacuous\\-verify(1)"] {
        assert!(page.contains(part), "{part} in {page}");
    }
}

#[test]
fn a_page_for_each_subcommand_is_written_into_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let pages = folder.path().join("man/man1");
    let output = nonvacuous(&["man", "-o", pages.to_str().unwrap()]);
    assert!(output.status.success());
    let read = |name: &str| fs::read_to_string(Path::new(&pages).join(name)).unwrap();
    assert!(read("nonvacuous.1").contains("nonvacuous\\-verify(1)"));
    assert!(read("nonvacuous-bound.1").contains("monte\\-carlo"));
    assert!(read("nonvacuous-verify.1").contains("SYNOPSIS"));
}

#[test]
fn a_folder_that_cannot_be_written_is_an_error_that_names_it() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let output = nonvacuous(&["man", "-o", file.path().to_str().unwrap()]);
    assert!(!output.status.success());
    let error = String::from_utf8(output.stderr).unwrap();
    assert!(error.contains(file.path().to_str().unwrap()), "{error}");
}
