//! Small networks of `files.py`, against what onnxruntime makes of them.

use std::fs::File;
use std::path::PathBuf;

use nonvacuous::causes::with_causes;
use nonvacuous::code::{Activation, Operator};
use nonvacuous::network::{OnnxNetwork, OnnxOptions};
use npyz::NpyFile;

use crate::reference::{evaluated, logits};

fn folder(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name)
}

/// A network, which is a part of the corpus of strange files unless its weights are beside it.
pub fn path(name: &str) -> PathBuf {
    let path = folder("fuzz/corpus/onnx").join(name);
    match path.exists() {
        true => path,
        false => folder("tests/onnx/files").join(name),
    }
}

fn network(name: &str) -> OnnxNetwork {
    let path = path(&format!("{name}.onnx"));
    OnnxNetwork::read(&path, &OnnxOptions::default())
        .unwrap_or_else(|error| panic!("{name}: {}", with_causes(&error)))
}

/// Checks the logits, and that names and weights are those of the graph's tensors.
fn as_onnxruntime(name: &str) -> OnnxNetwork {
    let network = network(name);
    let lengths: Vec<usize> = network.weights.iter().map(Vec::len).collect();
    let tensors = network.graph.tensors();
    let wanted: Vec<usize> = tensors.iter().map(|shape| shape.len()).collect();
    assert_eq!(lengths, wanted);
    assert_eq!(network.names.len(), lengths.len());
    let file = File::open(folder("tests/onnx/files").join(format!("{name}.npy"))).unwrap();
    let rows: Vec<f32> = NpyFile::new(file).unwrap().into_vec().unwrap();
    let pixels = network.graph.input().features();
    let classes = network.graph.classes();
    for row in rows.chunks(pixels + classes) {
        let (image, wanted) = row.split_at(pixels);
        let exact = evaluated(&network.graph, &network.weights, image).unwrap();
        for made in [logits(&network.graph, &network.weights, image), exact] {
            assert_near(name, &network, made, wanted);
        }
    }
    network
}

/// Compares logits, as probabilities or their logarithms where the file has these.
fn assert_near(name: &str, network: &OnnxNetwork, mut made: Vec<f64>, wanted: &[f32]) {
    if network.leaves_out_softmax {
        let largest = made.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let sum: f64 = made.iter().map(|x| (x - largest).exp()).sum();
        let are_logarithms = wanted.iter().all(|&number| number < 0.0);
        for number in &mut made {
            *number -= largest + sum.ln();
            if !are_logarithms {
                *number = number.exp();
            }
        }
    }
    let largest = wanted
        .iter()
        .fold(0.0f32, |most, logit| most.max(logit.abs()));
    for (made, &wanted) in made.iter().zip(wanted) {
        let difference = (made - f64::from(wanted)).abs() / f64::from(largest);
        assert!(difference < 1e-5, "{name}: {made} instead of {wanted}");
    }
}

fn operators(network: &OnnxNetwork) -> Vec<String> {
    let nodes = network.graph.nodes().iter();
    nodes.map(|node| node.operator.to_string()).collect()
}

#[test]
fn a_normalisation_becomes_a_part_of_the_convolution_before_it_and_of_nothing_else() {
    let network = as_onnxruntime("residual");
    let operators = operators(&network);
    let expected = [
        "conv 4 3x3 p1,1,1,1 bias",
        "relu",
        "affine axis 0 scale shift",
        "relu",
        "conv 4 3x3 p1,1,1,1 bias",
        "add",
        "mean over axes [1, 2]",
        "dense 3 bias",
    ];
    assert_eq!(operators, expected);
    let names = [
        "stem.weight",
        "bn1.bias",
        "bn2.weight",
        "bn2.bias",
        "conv.weight",
        "conv.bias",
        "fc.weight",
        "fc.bias",
    ];
    assert_eq!(network.names, names);
    assert_eq!(network.notes, [""; 0]);
}

#[test]
fn gates_multiply_channels() {
    let network = as_onnxruntime("squeeze_and_excitation");
    assert_eq!(network.graph.nodes().len(), 12);
}

#[test]
fn sizes_that_are_computed_in_the_file_are_constants() {
    let network = as_onnxruntime("channel_shuffle");
    let expected = [
        "reshape 2x2x4x4",
        "transpose [1, 0, 2, 3]",
        "reshape 4x4x4",
        "slice axis 0 from 0, 2 by 1",
        "slice axis 0 from 2, 2 by 1",
        "conv 2 3x3 p1,1,1,1 g2",
        "concatenate axis 0",
        "mean over axes [1, 2]",
        "dense 3 bias",
    ];
    assert_eq!(operators(&network), expected);
}

#[test]
fn a_transformer_has_one_operator_for_what_exporters_write_as_many() {
    let network = as_onnxruntime("attention");
    let operators = operators(&network);
    let count = |wanted: &str| {
        operators
            .iter()
            .filter(|text| text.starts_with(wanted))
            .count()
    };
    assert_eq!(count("gelu"), 1, "{operators:?}");
    assert_eq!(count("normalise"), 2, "{operators:?}");
    assert_eq!(count("matrix-product"), 2);
    assert_eq!(count("constant"), 2);
    // Biases are parts of dense layers, gains and shifts one operator.
    assert_eq!(count("affine"), 1, "{operators:?}");
    let no_erf = Operator::Activation(Activation::ErrorFunction).to_string();
    assert_eq!(count(&no_erf), 0);
    // Patches become tokens, each of three parts becomes heads, and these one row again.
    assert_eq!(count("reshape"), 5, "{operators:?}");
}

#[test]
fn padding_of_all_kinds_is_what_onnxruntime_makes_of_it() {
    let network = as_onnxruntime("padding");
    // Zeros before a convolution are its own.
    let first = network.graph.nodes()[0].operator.to_string();
    assert_eq!(first, "conv 2 3x2 s2x1 p1,2,1,1");
}

#[test]
fn functions_of_one_number_are_composed() {
    let network = as_onnxruntime("activations");
    assert!(network.leaves_out_softmax);
    assert!(network.notes[0].contains("softmax"), "{:?}", network.notes);
}

#[test]
fn slices_splits_and_reductions_are_those_of_onnxruntime() {
    as_onnxruntime("arrangement");
}

#[test]
fn maps_are_made_larger_and_smaller_as_pytorch_does_it() {
    let network = as_onnxruntime("interpolated");
    let operators = operators(&network);
    let resized = operators.iter().filter(|text| text.starts_with("resize"));
    let sizes: Vec<&String> = resized.collect();
    let expected = ["resize 19x28", "resize 15x28", "resize 10x14", "resize 3x1"];
    assert_eq!(sizes, expected);
    // What is repeated is selected twice along an axis of its own.
    let repeated = [
        "reshape 4x10x1x14",
        "select 2 of axis 2",
        "reshape 4x20x14x1",
        "select 2 of axis 3",
        "reshape 4x20x28",
    ];
    assert_eq!(operators[3..8], repeated);
}

#[test]
fn some_axes_are_resized_alone() {
    let network = as_onnxruntime("resizing");
    let operators = operators(&network);
    assert_eq!(operators[0], "resize 9x10");
    assert_eq!(operators[2], "resize 7x3");
}

#[test]
fn old_files_have_attributes_for_inputs_and_a_batch_is_one_image() {
    let network = as_onnxruntime("old");
    let notes = network.notes.join("\n");
    assert!(notes.contains("reads 2 images at once"), "{notes}");
    assert!(notes.contains("1 Dropout left out"), "{notes}");
    assert!(
        notes.contains("not read") && notes.contains("forgotten"),
        "{notes}"
    );
}

#[test]
fn channels_may_be_last_and_weights_in_a_file_beside() {
    let network = as_onnxruntime("channels_last");
    // The two transpositions at the beginning are none.
    assert_eq!(operators(&network)[0], "conv 4 2x2 s2x2");
    let bytes = std::fs::read(path("channels_last.onnx")).unwrap();
    let refusal = OnnxNetwork::decode(&bytes, &OnnxOptions::default()).unwrap_err();
    let text = with_causes(&refusal);
    assert!(text.contains("not at hand"), "{text}");
}
