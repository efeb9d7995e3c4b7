//! Networks in ONNX files, as a user types it.
#![cfg(feature = "train")]

use std::fs;
use std::path::Path;

use nonvacuous::code::Model;
use nonvacuous::network::{OnnxNetwork, OnnxOptions};
use serde_json::Value;

use crate::place::Place;

/// An encoder of the few messages of protocol buffers that an ONNX file needs.
#[derive(Default)]
struct Message(Vec<u8>);

impl Message {
    fn varint(&mut self, mut number: u64) {
        while number > 127 {
            self.0.push(number as u8 | 0x80);
            number >>= 7;
        }
        self.0.push(number as u8);
    }

    fn number(mut self, field: u64, number: u64) -> Self {
        self.varint(field << 3);
        self.varint(number);
        self
    }

    fn bytes(mut self, field: u64, bytes: &[u8]) -> Self {
        self.varint(field << 3 | 2);
        self.varint(bytes.len() as u64);
        self.0.extend(bytes);
        self
    }

    fn text(self, field: u64, text: &str) -> Self {
        self.bytes(field, text.as_bytes())
    }

    fn message(self, field: u64, message: Self) -> Self {
        self.bytes(field, &message.0)
    }
}

/// A node of an operator without attributes.
fn node(operator: &str, inputs: &[&str], output: &str) -> Message {
    let mut message = Message::default();
    for input in inputs {
        message = message.text(1, input);
    }
    message.text(2, output).text(4, operator)
}

fn initialiser(name: &str, shape: &[usize], numbers: impl Iterator<Item = f32>) -> Message {
    let mut message = Message::default();
    for &length in shape {
        message = message.number(1, length as u64);
    }
    let raw: Vec<u8> = numbers.flat_map(f32::to_le_bytes).collect();
    const FLOAT: u64 = 1;
    message.number(2, FLOAT).text(8, name).bytes(9, &raw)
}

/// An axis whose length the file leaves open.
const OPEN: u64 = 0;

/// A value of floats of this shape; one image at a time.
fn value(name: &str, shape: &[u64]) -> Message {
    let mut axes = Message::default();
    for &length in shape {
        let axis = Message::default();
        axes = axes.message(
            1,
            match length {
                OPEN => axis.text(2, "open"),
                length => axis.number(1, length),
            },
        );
    }
    let tensor = Message::default().number(1, 1).message(2, axes);
    Message::default()
        .text(1, name)
        .message(2, Message::default().message(1, tensor))
}

/// Ten times the pixels' products with weights that no codebook holds, of images of 8x8; then this
/// function.
fn network(function: &str) -> Vec<u8> {
    network_of(function, 8, &["output"])
}

/// The same with images of this side and these outputs.
fn network_of(function: &str, side: u64, outputs: &[&str]) -> Vec<u8> {
    let weight = |place: usize| ((place * 7919 + 13) % 1009) as f32 / 1009.0 - 0.5;
    let mut graph = Message::default();
    for node in [
        node("Flatten", &["image"], "flat"),
        node("Gemm", &["flat", "weight", "bias"], "logits"),
        node(function, &["logits"], "output"),
    ] {
        graph = graph.message(1, node);
    }
    for output in outputs {
        graph = graph.message(12, value(output, &[1, 10]));
    }
    let graph = graph
        .text(2, "network")
        .message(5, initialiser("weight", &[64, 10], (0..640).map(weight)))
        .message(5, initialiser("bias", &[10], (0..10).map(weight)))
        .message(11, value("image", &[1, 1, side, side]));
    let opset = Message::default().text(1, "").number(2, 17);
    Message::default()
        .number(1, 8)
        .message(7, graph)
        .message(8, opset)
        .0
}

/// A matrix, layer normalisation, a matrix, and what was before the latter added: no chain.
fn residual_network() -> Vec<u8> {
    let weight = |place: usize| ((place * 7919 + 13) % 1009) as f32 / 1009.0 - 0.5;
    let mut graph = Message::default();
    for node in [
        node("Flatten", &["image"], "flat"),
        node("Gemm", &["flat", "weight", "bias"], "hidden"),
        node(
            "LayerNormalization",
            &["hidden", "scale", "shift"],
            "normal",
        ),
        node("Gemm", &["normal", "matrix", "bias"], "more"),
        node("Add", &["hidden", "more"], "output"),
    ] {
        graph = graph.message(1, node);
    }
    let graph = graph
        .text(2, "network")
        .message(5, initialiser("weight", &[64, 10], (0..640).map(weight)))
        .message(5, initialiser("bias", &[10], (0..10).map(weight)))
        .message(5, initialiser("scale", &[10], (0..10).map(|_| 1.0)))
        .message(5, initialiser("shift", &[10], (0..10).map(weight)))
        .message(5, initialiser("matrix", &[10, 10], (7..107).map(weight)))
        .message(11, value("image", &[1, 1, 8, 8]))
        .message(12, value("output", &[1, 10]));
    let opset = Message::default().text(1, "").number(2, 17);
    Message::default()
        .number(1, 8)
        .message(7, graph)
        .message(8, opset)
        .0
}

/// A folder with the network of this function.
fn place(function: &str) -> Place {
    let place = Place::new();
    place.write("net.onnx", network(function));
    place
}

/// What the tensors of a model were called.
fn names(path: &Path) -> Value {
    let names: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    names["names"].clone()
}

fn model(path: &Path) -> Model {
    Model::decode(&fs::read(path).unwrap()).unwrap()
}

#[test]
fn a_graph_is_compressed_as_it_is_inspected_and_decompressed() {
    let case = place("Sigmoid");
    let said = case.succeeds(&["compress", "net.onnx"]);
    assert!(said.contains("sigmoid"), "{said}");
    let model = model(&case.path("net.nvc"));
    assert!(model.structure().graph().is_some());
    // The weight is transposed: `[units, inputs]`.
    let weights = model.weights();
    assert_eq!((weights[0].len(), weights[1].len()), (640, 10));
    let inspected = case.succeeds(&["inspect", "net.nvc"]);
    assert!(
        inspected.contains("dense 10 bias") && inspected.contains("raw"),
        "{inspected}"
    );
    assert_eq!(names(&case.path("net.names.json"))["fc1.weight"], "weight");
    case.succeeds(&["decompress", "net.nvc"]);
    let written = fs::read(case.path("net.safetensors")).unwrap();
    let raw: Vec<u8> = weights
        .concat()
        .iter()
        .flat_map(|weight| weight.to_le_bytes())
        .collect();
    assert!(written.ends_with(&raw));
}

#[test]
fn a_network_that_takes_many_values_is_certified_by_its_least_bound() {
    for function in ["Sigmoid", "Relu"] {
        let case = place(function);
        let said = case.succeeds(&["certify", "--model", "net.onnx", "--out", "out"]);
        assert!(said.contains("the network misreads"), "{said}");
        // Weights at random prove nothing, and the command says what would.
        assert!(
            said.contains("No file of this network proves less than chance"),
            "{said}"
        );
        assert!(said.contains("What to try"), "{said}");
        let is_graph = model(&case.path("out/model.nvc"))
            .structure()
            .graph()
            .is_some();
        assert_eq!(is_graph, function == "Sigmoid");
        let claim = fs::read(case.path("out/certificate.json")).unwrap();
        let claim: Value = serde_json::from_slice(&claim).unwrap();
        assert_eq!(claim["design_bits"], if is_graph { 80 } else { 64 });
        let tried = fs::read_to_string(case.path("out/frontier.csv")).unwrap();
        assert!(tried.starts_with("n,delta,examined,errors,bits,bound\n1500,0.05,1500,"));
        let original = &names(&case.path("out/model.names.json"))["fc1.bias"];
        assert_eq!(original, "bias");
        let verified = case.succeeds(&["verify", "out"]);
        assert!(verified.contains("holds"), "{verified}");
    }
}

#[test]
fn a_chain_is_trained_further_while_there_is_time() {
    let case = place("Relu");
    let arguments = [
        "certify",
        "--model",
        "net.onnx",
        "--out",
        "out",
        "--minutes",
        "0",
    ];
    let said = case.succeeds(&arguments);
    // One recipe is always tried, and does better than weights at random.
    let trials = fs::read_to_string(case.path("out/trials.csv")).unwrap();
    assert_eq!(trials.lines().count(), 2, "{trials}");
    assert!(trials.contains("# from "), "{trials}");
    assert!(case.path("out/recipe.toml").exists(), "{said}");
    // The names are those of the model that is there now.
    let said = case.succeeds(&["decompress", "out/model.nvc"]);
    assert!(
        said.contains("names:   as in out/model.names.json"),
        "{said}"
    );
    case.succeeds(&["verify", "out"]);
}

#[test]
fn a_graph_is_trained_further_too_and_the_same_command_tries_nothing_again() {
    let case = place("Relu");
    fs::write(case.path("net.onnx"), residual_network()).unwrap();
    let certify = ["certify", "--model", "net.onnx", "--out", "out"];
    case.succeeds(&certify);
    let bound = || {
        let claim = fs::read(case.path("out/certificate.json")).unwrap();
        let claim: Value = serde_json::from_slice(&claim).unwrap();
        claim["bounds"]["occam_binomial"].as_f64().unwrap()
    };
    let untrained = bound();
    let further = [&certify[..], &["--minutes", "0"]].concat();
    case.succeeds(&further);
    assert!(model(&case.path("out/model.nvc"))
        .structure()
        .graph()
        .is_some());
    assert!(bound() < untrained, "{} after {untrained}", bound());
    let trials = fs::read_to_string(case.path("out/trials.csv")).unwrap();
    assert!(trials.contains("operators"), "{trials}");
    assert_eq!(trials.lines().count(), 2, "{trials}");
    let recipe = fs::read_to_string(case.path("out/recipe.toml")).unwrap();
    assert!(recipe.contains("graph of 6 operators"), "{recipe}");
    let model = fs::read(case.path("out/model.nvc")).unwrap();
    case.succeeds(&further);
    assert_eq!(
        fs::read_to_string(case.path("out/trials.csv")).unwrap(),
        trials
    );
    assert_eq!(fs::read(case.path("out/model.nvc")).unwrap(), model);
    let verified = case.succeeds(&["verify", "out"]);
    assert!(verified.contains("holds"), "{verified}");
}

#[test]
fn what_an_onnx_file_has_no_use_for_is_refused() {
    let case = place("Sigmoid");
    let said = case.refuses(&["compress", "net.onnx", "--arch", "dense:10"]);
    assert!(said.contains("--arch"), "{said}");
    let said = case.refuses(&["certify", "--model", "net.onnx", "--arch", "dense:10"]);
    assert!(
        said.contains("--arch has no use for a network in an ONNX file"),
        "{said}"
    );
    let said = case.refuses(&["compress", "net.onnx", "--budget", "100"]);
    assert!(said.contains("--budget"), "{said}");
    fs::write(case.path("other.onnx"), network("Sinh")).unwrap();
    let said = case.refuses(&["compress", "other.onnx"]);
    assert!(said.contains("Sinh"), "{said}");
}

#[test]
fn of_several_outputs_one_is_chosen_by_its_name() {
    let case = place("Sigmoid");
    let file = network_of("Sigmoid", 8, &["output", "logits"]);
    fs::write(case.path("net.onnx"), file).unwrap();
    let certify = ["certify", "--model", "net.onnx"];
    for command in [&["compress", "net.onnx"][..], &certify] {
        let said = case.refuses(command);
        assert!(
            said.contains("output, logits") && said.contains("--graph-output NAME"),
            "{said}"
        );
        let said = case.refuses(&[command, &["--graph-output", "probabilities"]].concat());
        assert!(said.contains("no output probabilities"), "{said}");
    }
    case.succeeds(&["compress", "net.onnx", "--graph-output", "logits"]);
    assert!(model(&case.path("net.nvc")).structure().graph().is_some());
    case.succeeds(&[
        "compress",
        "net.onnx",
        "--graph-output",
        "logits",
        "--codewords",
        "4",
    ]);
    // Without the sigmoid it is a chain.
    assert!(model(&case.path("net.nvc")).structure().chain().is_some());
}

#[test]
fn a_size_that_the_file_leaves_open_is_named_or_that_of_the_data() {
    let case = place("Sigmoid");
    fs::write(
        case.path("open.onnx"),
        network_of("Sigmoid", OPEN, &["output"]),
    )
    .unwrap();
    let said = case.refuses(&["compress", "open.onnx"]);
    assert!(said.contains("leaves the size of the images open") && said.contains("--input"));
    case.succeeds(&["compress", "open.onnx", "--input", "1x8x8"]);
    let digits = ["certify", "--model", "open.onnx", "--codewords", "4"];
    assert!(case.refuses(&digits).contains("--codewords has no use"));
    case.succeeds(&[
        "certify",
        "--model",
        "open.onnx",
        "--out",
        "usual",
        "--subsample",
        "20",
    ]);
    let said = case.refuses(&["certify", "--model", "open.onnx", "--input", "3x8x8"]);
    assert!(said.contains("--input"), "{said}");
    // The file says 8x8.
    for command in [
        &["compress", "net.onnx"][..],
        &["certify", "--model", "net.onnx"],
    ] {
        let said = case.refuses(&[command, &["--input", "1x9x9"]].concat());
        assert!(said.contains("--input does not fit"), "{said}");
    }
}

#[test]
fn a_limit_of_memory_reaches_the_importer() {
    let case = place("Sigmoid");
    for command in [
        &["compress", "net.onnx"][..],
        &["certify", "--model", "net.onnx"],
    ] {
        let said = case.refuses(&[command, &["--limit", "0"]].concat());
        assert!(said.contains("0 are allowed"), "{said}");
    }
    case.succeeds(&["compress", "net.onnx", "--limit", "1"]);
    let other = ["compress", "net.safetensors", "--arch", "dense:10"];
    for option in ["--limit", "--graph-output"] {
        let said = case.refuses(&[&other[..], &[option, "1"]].concat());
        assert!(said.contains(option), "{said}");
    }
}

#[test]
fn a_graph_is_not_simplified_and_not_asked_not_to_be() {
    let case = place("Sigmoid");
    for codewords in [&[][..], &["--codewords", "4"]] {
        let arguments = [&["compress", "net.onnx", "--no-simplify"], codewords].concat();
        let said = case.refuses(&arguments);
        assert!(said.contains("--no-simplify has no use"), "{said}");
    }
    assert!(!case.path("net.nvc").exists());
}

#[test]
fn what_was_compressed_is_an_onnx_file_again_with_its_names() {
    for function in ["Sigmoid", "Relu"] {
        let case = place(function);
        case.succeeds(&["compress", "net.onnx", "--codewords", "4"]);
        let said = case.succeeds(&["decompress", "net.nvc", "-o", "again.onnx", "--json"]);
        let said: Value = serde_json::from_str(&said).unwrap();
        let read = OnnxNetwork::read(&case.path("again.onnx"), &OnnxOptions::default()).unwrap();
        let model = model(&case.path("net.nvc"));
        assert_eq!(read.weights, model.weights());
        assert_eq!(read.names, ["weight", "bias"]);
        assert_eq!(said["tensors"][0]["name"], "weight");
        // And its file is what it was.
        case.succeeds(&["compress", "again.onnx"]);
        let [one, other] = ["net.nvc", "again.nvc"].map(|name| fs::read(case.path(name)).unwrap());
        assert_eq!(one, other);
    }
}

#[test]
fn names_of_another_model_are_refused_and_those_of_strangers_are_checked() {
    let case = place("Sigmoid");
    case.succeeds(&["compress", "net.onnx"]);
    case.succeeds(&[
        "compress",
        "net.onnx",
        "-o",
        "other.nvc",
        "--codewords",
        "4",
    ]);
    let said = case.refuses(&["decompress", "net.nvc", "--names", "other.names.json"]);
    assert!(said.contains("--names FILE, or remove these"), "{said}");
    fs::copy(case.path("other.names.json"), case.path("net.names.json")).unwrap();
    assert!(case
        .refuses(&["decompress", "net.nvc"])
        .contains("net.names.json"));
    fs::write(case.path("net.names.json"), "{}").unwrap();
    let said = case.refuses(&["decompress", "net.nvc"]);
    assert!(said.contains("no file of original names"), "{said}");
    fs::remove_file(case.path("net.names.json")).unwrap();
    case.succeeds(&["decompress", "net.nvc", "-o", "ours.onnx"]);
    let read = OnnxNetwork::read(&case.path("ours.onnx"), &OnnxOptions::default()).unwrap();
    assert_eq!(read.names, ["fc1.weight", "fc1.bias"]);
    let said = case.refuses(&["decompress", "other.nvc", "-o", "other.names.json"]);
    assert!(said.contains("would be overwritten"), "{said}");
}
