//! The specification of the model file is complete: a decoder written from it alone, in another
//! language, agrees.
#![allow(clippy::unwrap_used)]

#[path = "code/any_graph.rs"]
mod any_graph;
#[path = "code/any_relative.rs"]
mod any_relative;
mod models;
mod needs;
#[path = "any_graph/mod.rs"]
mod random_graph;

use std::path::{Path, PathBuf};
use std::process::Command;

use any_graph::any_graph_model;
use any_relative::any_relative_model;
use models::{every_kind, relative};
use nonvacuous::code::{Base, Model, SymbolCode};
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

/// Runs the second decoder; what it prints, or why it fails. Without Python there is nothing.
fn second_decoder(arguments: &[PathBuf]) -> Option<Result<String, String>> {
    let mut python = Command::new("python3");
    python.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/decoder.py"));
    let Ok(output) = python.args(arguments).output() else {
        needs::lacking("python3");
        return None;
    };
    Some(match output.status.success() {
        true => Ok(String::from_utf8(output.stdout).unwrap()),
        false => Err(String::from_utf8_lossy(&output.stderr).into_owned()),
    })
}

/// Asserts that what the second decoder printed of models and wrote is what they are.
fn assert_read(printed: &str, models: &[(String, Model)], folder: &Path) {
    let mut printed = printed.split("layers ").skip(1);
    for (index, (kind, model)) in models.iter().enumerate() {
        let weights = model.weights().concat().into_iter();
        let weights: Vec<u8> = weights.flat_map(f32::to_le_bytes).collect();
        let written = std::fs::read(folder.join(format!("{index}.weights"))).unwrap();
        let (layers, read) = printed.next().unwrap().split_once('\n').unwrap();
        assert!(written == weights, "{kind}: {layers}");
        assert_eq!(read, dimensions(model), "{kind}: {layers}");
    }
}

#[test]
fn a_second_decoder_reads_the_same_weights_and_dimensions_from_files_of_every_kind() {
    let folder = tempfile::tempdir().unwrap();
    let path = |index: usize, what: &str| folder.path().join(format!("{index}.{what}"));
    let kinds = [every_kind(), random_graphs()].concat();
    let (mut models, mut arguments) = (Vec::new(), Vec::new());
    for (index, (kind, model)) in kinds.into_iter().enumerate() {
        std::fs::write(path(index, "nvc"), model.encode().unwrap()).unwrap();
        arguments.extend([path(index, "nvc"), path(index, "weights")]);
        models.push((kind.to_string(), model));
    }
    if let Some(printed) = second_decoder(&arguments) {
        assert_read(&printed.unwrap(), &models, folder.path());
    }
}

#[test]
fn a_second_decoder_reads_the_same_weights_and_dimensions_relative_to_a_base() {
    let folder = tempfile::tempdir().unwrap();
    let path = |index: usize, what: &str| folder.path().join(format!("{index}.{what}"));
    let mut runner = TestRunner::deterministic();
    let mut random = || {
        any_relative_model()
            .new_tree(&mut runner)
            .unwrap()
            .current()
    };
    let (mut models, mut arguments) = (Vec::new(), Vec::new());
    let base = relative::base().encode().unwrap();
    let known = relative::relatives(&Base::decode(&base).unwrap()).into_iter();
    let known = known.map(|(_, model)| (model, base.clone()));
    let all = (0..80).map(|_| random()).chain(known);
    for (index, (model, base)) in all.enumerate() {
        std::fs::write(path(index, "nvc"), model.encode().unwrap()).unwrap();
        std::fs::write(path(index, "base"), base).unwrap();
        let written = path(index, "weights");
        arguments.extend([
            path(index, "nvc"),
            "--base".into(),
            path(index, "base"),
            written,
        ]);
        models.push((format!("relative model {index}"), model));
    }
    let Some(printed) = second_decoder(&arguments) else {
        return;
    };
    assert_read(&printed.unwrap(), &models, folder.path());
    // Another base is refused, and none.
    let wrong = [
        path(0, "nvc"),
        "--base".into(),
        path(1, "base"),
        path(0, "weights"),
    ];
    let refusal = second_decoder(&wrong).unwrap().unwrap_err();
    assert!(refusal.contains("of another base"), "{refusal}");
    let without = second_decoder(&[path(0, "nvc"), path(0, "weights")]);
    assert!(without.unwrap().is_err());
    let base = std::fs::read(path(1, "base")).unwrap();
    let file = std::fs::read(path(0, "nvc")).unwrap();
    assert!(Model::decode_relative(&file, &Base::decode(&base).unwrap()).is_err());
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
