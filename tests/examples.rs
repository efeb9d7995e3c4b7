//! The programs in `examples/` run, and print the numbers that they printed when they were written.
#![cfg(all(feature = "figures", feature = "train"))]
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

/// Each program, and a line or a part of one that it prints.
const PROGRAMS: [(&str, &str); 6] = [
    ("bound_a_length", "bound: 0.056356\n"),
    ("certify_my_network", "bound: 0.657711\n"),
    ("draw_my_figure", "has 13134 bytes\n"),
    ("my_own_images", "bound: 0.024023\n"),
    ("verify", "bound: 0.268431\n"),
    ("write_a_learner", "limit n kl / ln 2   1.3108 bits\n"),
];

#[test]
fn each_program_prints_its_number() {
    for (name, expected) in PROGRAMS {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.current_dir(env!("CARGO_MANIFEST_DIR"));
        cargo.args(["run", "--quiet", "--offline", "--example", name]);
        if !cfg!(debug_assertions) {
            cargo.arg("--release");
        }
        let output = cargo.output().unwrap();
        let printed = String::from_utf8(output.stdout).unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{name}: {errors}");
        assert!(printed.contains(expected), "{name} prints {printed}");
    }
}

#[test]
fn every_program_has_its_number() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let there: BTreeSet<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path().file_stem().unwrap().to_owned())
        .map(|name| name.into_string().unwrap())
        .collect();
    let numbered = PROGRAMS.map(|(name, _)| name.to_string());
    assert_eq!(there, BTreeSet::from(numbered));
}
