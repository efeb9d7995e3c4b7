//! Bytes of strangers never make the library panic: the corpus of `fuzz/`, and mutations of it.
#![cfg(all(feature = "lab", feature = "train"))]
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../fuzz/inputs.rs"]
mod inputs;
#[allow(dead_code)]
mod models;

use std::fs;
use std::panic::catch_unwind;
use std::path::Path;

use inputs::{Input, INPUTS};
use models::Noise;

/// Mutations of each file.
const MUTATIONS: usize = 2_000;

/// What parsers of numbers, lists and lengths trip over.
const HOSTILE: [&[u8]; 12] = [
    b"18446744073709551616",
    b"-1",
    b"1e999",
    b"nan",
    b"0",
    b"[[[[",
    b"\"",
    b":",
    b" ",
    b"\xff\xff\xff\xff\xff\xff\xff\xff",
    b"\0\0\0\0",
    "\u{202e}\u{e9}".as_bytes(),
];

fn corpus(name: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fuzz/corpus")
        .join(name);
    let mut files: Vec<(String, Vec<u8>)> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.display().to_string(), fs::read(path).unwrap()))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "no corpus of {name}");
    files
}

/// One to four changes: a bit flipped, a part removed or repeated, something hostile put in, or the
/// rest of another file.
fn mutated(file: &[u8], other: &[u8], noise: &mut Noise) -> Vec<u8> {
    let mut file = file.to_vec();
    for _ in 0..=noise.below(4) {
        let length = file.len() as u64;
        let start = noise.below(length + 1) as usize;
        let end = (start + noise.below(16) as usize).min(file.len());
        match noise.below(5) {
            0 if start < file.len() => file[start] ^= 1 << noise.below(8),
            1 => drop(file.drain(start..end)),
            2 => {
                let part = file[start..end].to_vec();
                file.splice(start..start, part.repeat(1 + noise.below(4) as usize));
            }
            3 => {
                let hostile = HOSTILE[noise.below(HOSTILE.len() as u64) as usize];
                file.splice(start..end, hostile.iter().copied());
            }
            _ => {
                file.truncate(start);
                file.extend(&other[noise.below(other.len() as u64 + 1) as usize..]);
            }
        }
    }
    file
}

fn survives((name, read): Input) {
    let mut noise = Noise::new(1);
    let files = corpus(name);
    for (path, file) in &files {
        let (_, other) = &files[noise.below(files.len() as u64) as usize];
        for number in 0..=MUTATIONS {
            let bytes = match number {
                0 => file.clone(),
                _ => mutated(file, other, &mut noise),
            };
            if catch_unwind(|| read(&bytes)).is_err() {
                panic!(
                    "mutation {number} of {path}: {:?}",
                    String::from_utf8_lossy(&bytes)
                );
            }
        }
    }
}

#[test]
fn text_of_architectures_is_read_or_refused() {
    survives(input("architecture"));
}

#[test]
fn certificates_are_verified_or_refused() {
    survives(input("certificate"));
}

#[test]
fn experiments_are_read_or_refused() {
    survives(input("experiment"));
}

#[test]
fn idx_files_are_read_or_refused() {
    survives(input("idx"));
}

#[test]
fn model_files_are_read_or_refused() {
    survives(input("model"));
}

#[test]
fn recipes_are_read_or_refused() {
    survives(input("recipe"));
}

#[test]
fn safetensors_are_read_or_refused() {
    survives(input("safetensors"));
}

#[test]
fn every_input_has_a_fuzz_target() {
    let fuzz = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz");
    let manifest = fs::read_to_string(fuzz.join("Cargo.toml")).unwrap();
    for (name, _) in INPUTS {
        let target = format!("fuzz_targets/{name}.rs");
        assert!(manifest.contains(&target), "{name}");
        let source = fs::read_to_string(fuzz.join(target)).unwrap();
        assert!(source.contains(&format!("inputs::{name}(bytes)")), "{name}");
    }
}

fn input(name: &str) -> Input {
    *INPUTS.iter().find(|(known, _)| *known == name).unwrap()
}
