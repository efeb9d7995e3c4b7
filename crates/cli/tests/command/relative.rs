//! Certificates relative to a base, as a user types it.
#![cfg(feature = "train")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use nonvacuous::code::{Activation, CodedTensor, Graph, Model, Node, Operator};
use nonvacuous::shape::ImageSize;
use serde_json::Value;
use tempfile::{tempdir, TempDir};

const DIGITS: ImageSize = ImageSize {
    channels: 1,
    height: 8,
    width: 8,
};

/// A network that a base could be made of: 64 units of weights that no codebook holds, and a head.
fn network(seed: usize) -> Model {
    let node = |operator, value| Node {
        operator,
        inputs: vec![value],
    };
    let dense = |units| Operator::Dense { units, bias: false };
    let nodes = vec![
        node(Operator::Flatten, 0),
        node(dense(64), 1),
        node(Operator::Activation(Activation::Relu), 2),
        node(dense(10), 3),
    ];
    let graph = Graph::new(DIGITS, nodes).unwrap();
    let weight = |place: usize| ((place * 7919 + seed) % 1009) as f32 / 1009.0 - 0.5;
    let raw = |count: usize| CodedTensor::raw((0..count).map(weight).collect());
    Model::new(graph, vec![], vec![raw(64 * 64), raw(640)]).unwrap()
}

struct Case(TempDir);

impl Case {
    fn new() -> Self {
        let case = Self(tempdir().unwrap());
        for (name, seed) in [("base.nvc", 13), ("other.nvc", 14)] {
            fs::write(case.path(name), network(seed).encode().unwrap()).unwrap();
        }
        case
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn command(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_nonvacuous"))
            .args(arguments)
            .current_dir(self.0.path())
            .output()
            .unwrap()
    }

    fn succeeds(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments);
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{error}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn fails(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments);
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8(output.stderr).unwrap()
    }

    /// Certifies a head on the base.
    fn certify(&self, further: &[&str]) -> String {
        let said = [
            "certify",
            "--base",
            "base.nvc",
            "--base-source",
            "a test",
            "--base-trained-on",
            "nothing",
            "--out",
            "out",
            "--minutes",
            "0",
        ];
        self.succeeds(&[&said[..], further].concat())
    }

    fn claim(&self) -> Value {
        let claim = fs::read(self.path("out/certificate.json")).unwrap();
        serde_json::from_slice(&claim).unwrap()
    }
}

fn bits(path: &Path) -> u64 {
    8 * fs::metadata(path).unwrap().len()
}

#[test]
fn a_head_on_a_base_is_certified_and_verified_with_that_base_alone() {
    let case = Case::new();
    let said = case.certify(&[]);
    assert!(said.contains("relative to a base (\"a test\""), "{said}");
    let claim = case.claim();
    assert_eq!(claim["design_bits"], 96);
    assert_eq!(claim["base"]["considered"], 1);
    // A file of the head alone: the base has 4,736 weights of 32 bits.
    assert_eq!(claim["bits"], bits(&case.path("out/model.nvc")));
    assert!(claim["bits"].as_u64().unwrap() < 2000, "{claim}");
    assert!(
        claim["bounds"]["occam_binomial"].as_f64().unwrap() < 0.8,
        "{claim}"
    );
    assert!(!case.path("out/features.bin").exists());

    let verified = case.succeeds(&["verify", "out", "--base", "base.nvc"]);
    assert!(verified.contains("holds: "), "{verified}");
    assert!(
        verified.contains("is independent of these images"),
        "{verified}"
    );
    let said = case.fails(&["verify", "out"]);
    assert!(said.contains("--base FILE"), "{said}");
    let said = case.fails(&["verify", "out", "--base", "other.nvc"]);
    assert!(said.contains("cannot be checked"), "{said}");

    let shown = case.succeeds(&["inspect", "out/model.nvc", "--base", "base.nvc"]);
    assert!(shown.contains("the base's"), "{shown}");
    let said = case.fails(&["inspect", "out/model.nvc"]);
    assert!(said.contains("name it with --base"), "{said}");
    let said = case.fails(&["inspect", "base.nvc", "--base", "base.nvc"]);
    assert!(said.contains("leave out --base"), "{said}");
}

#[test]
fn the_same_file_is_certified_again_and_a_choice_among_bases_is_charged() {
    let case = Case::new();
    case.certify(&[]);
    let alone = case.claim();
    let again = [
        "certify",
        "--model",
        "out/model.nvc",
        "--base",
        "base.nvc",
        "--base-source",
        "a test",
        "--base-trained-on",
        "nothing",
        "--bases",
        "5",
        "--out",
        "out",
        "--replace",
    ];
    let said = case.succeeds(&again);
    assert!(
        said.contains("3 bits for the choice among 5 bases"),
        "{said}"
    );
    let chosen = case.claim();
    assert_eq!(chosen["k"], alone["k"]);
    let bound = |claim: &Value| claim["bounds"]["occam_kl"].as_f64().unwrap();
    assert!(bound(&chosen) > bound(&alone));
    case.succeeds(&["verify", "out", "--base", "base.nvc"]);
    // What the maker did not say is asked for.
    let said = case.fails(&["certify", "--base", "base.nvc", "--out", "new"]);
    assert!(said.contains("--base-trained-on"), "{said}");
}

#[test]
fn a_network_of_others_becomes_a_base() {
    let case = Case::new();
    case.succeeds(&["decompress", "base.nvc", "-o", "net.onnx"]);
    let said = case.succeeds(&["import", "net.onnx", "-o", "again.nvc"]);
    assert!(said.contains("4736 weights as they are"), "{said}");
    let read = |name: &str| Model::decode(&fs::read(case.path(name)).unwrap()).unwrap();
    assert_eq!(read("again.nvc").weights(), read("base.nvc").weights());
    let said = case.fails(&["import", "net.onnx", "--codewords", "4", "-o", "new.nvc"]);
    assert!(said.contains("--codewords has no use"), "{said}");
    assert!(!case.path("new.nvc").exists());
}
