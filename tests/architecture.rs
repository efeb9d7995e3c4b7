//! The walls of the house: files do not use each other in circles, and what a certificate rests on
//! uses nothing else.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use module_graph::ModuleGraph;

mod module_graph;

/// Folders and files that a certificate rests on.
const TRUSTED_BASE: [&str; 13] = [
    "bounds/",
    "certificate/",
    "code/",
    "evaluate/",
    "pieces/",
    "storage/",
    "causes.rs",
    "digest.rs",
    "printable.rs",
    "random.rs",
    "shape.rs",
    "spread.rs",
    "vectorised.rs",
];

/// Crates that train, draw, download, decode pictures or read a command line.
const OUTSIDE: [&str; 10] = [
    "candle-core",
    "candle-nn",
    "clap",
    "image",
    "maud",
    "nonvacuous-cli",
    "plotters",
    "resvg",
    "tar",
    "ureq",
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf()
}

fn library() -> ModuleGraph {
    ModuleGraph::read(&root().join("src"))
}

fn command() -> ModuleGraph {
    ModuleGraph::read(&root().join("crates/cli/src"))
}

#[test]
fn circles_and_detours_through_a_facade_are_found() {
    let sources = tempfile::tempdir().unwrap();
    let write = |file: &str, text: &str| {
        let path = sources.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("lib.rs", "pub mod shape; pub mod code;");
    write(
        "shape.rs",
        "pub struct Size; #[cfg(test)] mod tests { use crate::code::Model; }",
    );
    write(
        "code/mod.rs",
        "mod model; mod text; pub use model::Model; pub use text::{Text as T};",
    );
    write(
        "code/model.rs",
        "use super::T; use crate::shape::{self, Size}; pub struct Model(T);",
    );
    write(
        "code/text.rs",
        "pub struct Text; fn f() { vec![crate::code::model::Model::new()]; }",
    );
    let graph = ModuleGraph::read(sources.path());
    let circle = ["code/model.rs", "code/text.rs"].map(str::to_string);
    assert_eq!(graph.circles(), [BTreeSet::from(circle)]);
    assert_eq!(graph.through_own_facade(), ["code/model.rs: super::T"]);
    let uses = &graph.uses()["code/model.rs"];
    assert!(uses.contains("shape.rs") && !uses.contains("code/mod.rs"));
}

#[test]
fn no_files_use_each_other_in_a_circle() {
    assert_eq!(library().circles(), []);
    assert_eq!(command().circles(), []);
}

#[test]
fn siblings_import_from_the_file_that_defines_and_not_through_their_facade() {
    assert_eq!(library().through_own_facade(), [""; 0]);
    assert_eq!(command().through_own_facade(), [""; 0]);
}

#[test]
fn the_trusted_base_uses_nothing_outside_it() {
    let is_trusted = |file: &str| TRUSTED_BASE.iter().any(|part| file.starts_with(part));
    let mut arrows = Vec::new();
    for (file, uses) in library().uses() {
        for used in uses {
            if is_trusted(&file) && !is_trusted(&used) {
                arrows.push(format!("{file} uses {used}"));
            }
        }
    }
    assert_eq!(arrows, [""; 0]);
}

#[test]
fn each_part_of_the_trusted_base_is_there() {
    let files: BTreeSet<String> = library().uses().into_keys().collect();
    for part in TRUSTED_BASE {
        assert!(files.iter().any(|file| file.starts_with(part)), "{part}");
    }
}

#[test]
fn the_library_without_features_neither_trains_draws_downloads_nor_decodes_pictures() {
    let output = Command::new(env!("CARGO"))
        .args(["tree", "--package", "nonvacuous", "--no-default-features"])
        .args(["--edges", "normal", "--prefix", "none", "--format", "{p}"])
        .args(["--offline", "--locked"])
        .current_dir(root())
        .output()
        .unwrap();
    let tree = String::from_utf8(output.stdout).unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let names: BTreeSet<&str> = tree
        .lines()
        .filter_map(|line| line.split(' ').next())
        .collect();
    assert!(names.contains("constriction"), "{tree}");
    for outside in OUTSIDE {
        assert!(!names.contains(outside), "the library depends on {outside}");
    }
}
