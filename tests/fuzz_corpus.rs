//! Bytes of strangers never make the library panic: the corpus of `fuzz/`, and mutations of it.
#![cfg(all(feature = "lab", feature = "photographs", feature = "train"))]
#![allow(clippy::unwrap_used, clippy::expect_used)]

#[path = "../fuzz/inputs.rs"]
mod inputs;
#[allow(dead_code)]
mod models;
mod mutations;

use std::fs;
use std::panic::catch_unwind;
use std::path::Path;

use inputs::{Input, INPUTS};
use models::Noise;
use mutations::{corpus, mutated};
use nonvacuous::code::Model;

/// Mutations of each file.
const MUTATIONS: usize = 2_000;

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
fn onnx_files_are_read_or_refused() {
    survives(input("onnx"));
}

#[test]
fn idx_files_are_read_or_refused() {
    survives(input("idx"));
}

#[test]
fn model_files_are_read_or_refused() {
    survives(input("model"));
}

/// A seed of a format that was given up would test only that it is refused.
#[test]
fn model_files_of_the_corpus_decode() {
    for (path, file) in corpus("model") {
        assert!(Model::decode(&file).is_ok(), "{path}");
    }
}

#[test]
fn photographs_are_decoded_or_refused() {
    survives(input("photograph"));
}

#[test]
fn pytorch_files_are_read_or_refused() {
    survives(input("pytorch"));
}

#[test]
fn recipes_are_read_or_refused() {
    survives(input("recipe"));
}

#[test]
fn files_relative_to_a_base_are_read_or_refused() {
    survives(input("relative"));
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
