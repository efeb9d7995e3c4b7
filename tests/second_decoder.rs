//! The specification of the model file is complete: a decoder written from it alone, in another
//! language, agrees.
#![allow(clippy::unwrap_used)]

mod models;
mod needs;

use std::path::Path;
use std::process::Command;

use models::every_kind;
use nonvacuous::code::{Model, SymbolCode};

#[test]
fn a_second_decoder_reads_the_same_weights_from_files_of_every_kind() {
    let folder = tempfile::tempdir().unwrap();
    let path = |index: usize, what: &str| folder.path().join(format!("{index}.{what}"));
    let kinds = every_kind();
    let mut python = Command::new("python3");
    python.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/decoder.py"));
    for (index, (_, model)) in kinds.iter().enumerate() {
        std::fs::write(path(index, "nvc"), model.encode().unwrap()).unwrap();
        python.args([path(index, "nvc"), path(index, "weights")]);
    }
    let output = match python.output() {
        Ok(output) => output,
        Err(_) => {
            needs::lacking("python3");
            return;
        }
    };
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    for (index, (kind, model)) in kinds.iter().enumerate() {
        let weights: Vec<u8> = model
            .weights()
            .concat()
            .iter()
            .flat_map(|weight| weight.to_le_bytes())
            .collect();
        assert!(
            std::fs::read(path(index, "weights")).unwrap() == weights,
            "{kind}"
        );
    }
}

#[test]
fn files_of_every_kind_are_read_back_and_as_short_as_their_models_say() {
    let mut seen = Vec::new();
    for (kind, model) in every_kind() {
        let (file, allocation) = model.encode_with_allocation().unwrap();
        assert_eq!(Model::decode(&file).unwrap(), model, "{kind}");
        let ideal = allocation.total as f64 - allocation.termination;
        let parts: f64 = allocation
            .tensors
            .iter()
            .map(|tensor| tensor.codebook + tensor.mask + tensor.assignments)
            .sum();
        assert!(
            (allocation.version + allocation.architecture + parts - ideal).abs()
                < 1e-6 * ideal + 1e-6,
            "{kind}"
        );
        assert!(
            allocation.total as f64 <= 1.001 * ideal + 64.0,
            "{kind}: {} for {ideal}",
            allocation.total
        );
        seen.extend(
            allocation
                .tensors
                .iter()
                .filter_map(|tensor| tensor.symbol_code),
        );
    }
    for code in SymbolCode::ALL {
        assert!(seen.contains(&code), "no tensor is coded as {code:?}");
    }
}
