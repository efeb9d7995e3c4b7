//! Files that the pages for contributors name are there.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;

/// Pages for contributors, and the chapters of theorems that say where each is in the code.
const PAGES: [&str; 8] = [
    "ARCHITECTURE.md",
    "CONTRIBUTING.md",
    "RELEASING.md",
    "SECURITY.md",
    "fuzz/README.md",
    "proofs/occam.md",
    "proofs/pac_bayes_kl.md",
    "proofs/subsample.md",
];

/// Words in a page that look like a path in the repository: `src/code/`, `tests/data.rs`.
fn paths(page: &str) -> Vec<&str> {
    let is_path = |word: &&str| {
        let is_named = word
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c));
        let begins = [
            "src",
            "crates",
            "docs",
            "proofs",
            "tests",
            "experiments",
            "fuzz",
            ".ci",
        ];
        let begins = begins
            .iter()
            .any(|folder| word.starts_with(&format!("{folder}/")));
        is_named && begins && !word.contains("NAME")
    };
    page.split([' ', '\n', '`', '(', ')', ',', ':', ';'])
        .map(|word| word.trim_end_matches('.'))
        .filter(is_path)
        .collect()
}

#[test]
fn every_path_in_the_pages_for_contributors_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut missing = Vec::new();
    for page in PAGES {
        let text = fs::read_to_string(root.join(page)).unwrap();
        let found = paths(&text);
        missing.extend(
            found
                .into_iter()
                .filter(|path| !root.join(path).exists())
                .map(|path| format!("{page}: {path}")),
        );
    }
    assert_eq!(missing, [""; 0]);
}

#[test]
fn the_page_of_the_house_names_every_folder_of_the_library() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("ARCHITECTURE.md")).unwrap();
    for entry in fs::read_dir(root.join("src")).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        let is_folder = entry.file_type().unwrap().is_dir();
        assert!(
            !is_folder || page.contains(&format!("src/{name}/")),
            "{name}"
        );
    }
}
