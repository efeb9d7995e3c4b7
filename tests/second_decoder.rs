//! The specification of the model file is complete: a decoder written from it alone, in another
//! language, agrees.
#![allow(clippy::unwrap_used)]

#[path = "code/any_graph.rs"]
mod any_graph;
mod models;
mod needs;
#[path = "any_graph/mod.rs"]
mod random_graph;

use std::path::Path;
use std::process::Command;

use any_graph::any_graph_model;
use models::every_kind;
use nonvacuous::code::{Model, SymbolCode};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

/// Random graphs, the same ones in every run.
fn random_graphs() -> Vec<(&'static str, Model)> {
    let mut runner = TestRunner::deterministic();
    let mut model = || any_graph_model().new_tree(&mut runner).unwrap().current();
    (0..60).map(|_| ("random graph", model())).collect()
}

/// What the second decoder prints of a model after its layers: the dimensions of its tensors.
fn dimensions(model: &Model) -> String {
    let written = |lengths: &[usize]| {
        let lengths: Vec<String> = lengths.iter().map(usize::to_string).collect();
        lengths.join("x") + "\n"
    };
    let tensors = model.structure().tensors();
    let tensors = tensors.iter().map(|tensor| written(&tensor.dimensions));
    let values = model.structure().graph().into_iter();
    let values = values.flat_map(|graph| graph.values()[1..].iter());
    let values = values.map(|value| written(value.lengths()));
    values.chain(tensors).collect()
}

#[test]
fn a_second_decoder_reads_the_same_weights_and_dimensions_from_files_of_every_kind() {
    let folder = tempfile::tempdir().unwrap();
    let path = |index: usize, what: &str| folder.path().join(format!("{index}.{what}"));
    let kinds = [every_kind(), random_graphs()].concat();
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
    let printed = String::from_utf8(output.stdout).unwrap();
    let mut printed = printed.split("layers ").skip(1);
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
        let (layers, read) = printed.next().unwrap().split_once('\n').unwrap();
        assert_eq!(read, dimensions(model), "{kind}: {layers}");
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
