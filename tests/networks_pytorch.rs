//! State dicts as PyTorch wrote them: their numbers, their order, and what is no state dict.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use nonvacuous::causes::with_causes;
use nonvacuous::code::Architecture;
use nonvacuous::data::LabelledImages;
use nonvacuous::network::comparison::logits;
use nonvacuous::network::pytorch::PyTorchFile;
use nonvacuous::network::{
    import, match_tensors, ImportOptions, TensorFile, TensorOrder, TrainedNetwork,
};
use nonvacuous::shape::ImageSize;
use serde::Deserialize;

/// What tests/reference/state_dicts.py says is in the files.
#[derive(Deserialize)]
struct Reference {
    sequential: BTreeMap<String, Numbers>,
    checkpoint: BTreeMap<String, Numbers>,
    plain: BTreeMap<String, Numbers>,
    views: BTreeMap<String, Numbers>,
    image: Vec<f64>,
    plain_logits: Vec<f64>,
}

#[derive(Deserialize)]
struct Numbers {
    shape: Vec<usize>,
    numbers: Vec<f64>,
}

fn reference() -> Reference {
    serde_json::from_str(include_str!("reference/state_dicts.json")).unwrap()
}

fn corpus(name: &str) -> PathBuf {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    root.join("fuzz/corpus/pytorch").join(name)
}

fn opened(name: &str) -> TensorFile {
    TensorFile::open(&corpus(name)).unwrap()
}

fn refusal(bytes: &[u8]) -> String {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), bytes).unwrap();
    with_causes(&TensorFile::open(file.path()).unwrap_err())
}

/// Every tensor of floating point is there, with its shape and its numbers.
fn assert_has(name: &str, prefix: &str, expected: &BTreeMap<String, Numbers>) {
    let mut file = opened(name);
    for (tensor, Numbers { shape, numbers }) in expected {
        let tensor = format!("{prefix}{tensor}");
        assert_eq!(file.shape(&tensor), Some(&shape[..]), "{name}: {tensor}");
        let read: Vec<f64> = file
            .read(&tensor)
            .unwrap()
            .into_iter()
            .map(f64::from)
            .collect();
        assert_eq!(read, *numbers, "{name}: {tensor}");
    }
}

#[test]
fn every_container_and_every_type_has_the_same_numbers() {
    let expected = reference().sequential;
    for name in [
        "sequential",
        "legacy",
        "protocol4",
        "half",
        "bfloat",
        "double",
    ] {
        assert_has(&format!("{name}.pt"), "", &expected);
    }
    assert_has("data_parallel.pt", "module.", &expected);
}

#[test]
fn views_are_gathered_by_their_strides_and_offsets() {
    let expected = reference().views;
    assert_eq!(expected.len(), 9);
    assert_has("views.pt", "", &expected);
    assert_has("views_legacy.pt", "", &expected);
}

#[test]
fn names_are_in_order_of_registration() {
    let names = [
        "0.weight",
        "0.bias",
        "1.weight",
        "1.bias",
        "1.running_mean",
        "1.running_var",
    ];
    let file = opened("sequential.pt");
    assert_eq!(file.names()[..6], names);
    assert_eq!(file.order(), TensorOrder::Registration);
}

#[test]
fn a_state_dict_among_other_things_is_found_and_they_are_said() {
    assert_has("checkpoint.pt", "", &reference().checkpoint);
    let file = PyTorchFile::open(&corpus("checkpoint.pt")).unwrap();
    assert_eq!(file.wrapper(), ["model_state_dict"]);
    assert_eq!(file.left_out(), ["epoch", "optimizer_state_dict", "loss"]);
}

#[test]
fn a_whole_module_is_refused_with_what_to_do() {
    let message = with_causes(&TensorFile::open(&corpus("module.pt")).unwrap_err());
    assert!(
        message.contains("torch.nn.modules.container.Sequential"),
        "{message}"
    );
    assert!(
        message.contains("torch.save(net.state_dict(), FILE)"),
        "{message}"
    );
}

#[test]
fn whole_numbers_are_no_weights() {
    let mut file = opened("sequential.pt");
    let error = file.read("1.num_batches_tracked").unwrap_err();
    assert!(error.to_string().contains("LongStorage"), "{error}");
}

#[test]
fn what_is_no_state_dict_says_what_it_is() {
    assert!(refusal(b"PK\x03\x04nothing").contains("damaged ZIP archive"));
    assert!(refusal(b"\x80\x02}q\x00.").contains("not one that torch.save has written"));
    let whole = fs::read(corpus("legacy.pt")).unwrap();
    let message = refusal(&whole[..whole.len() - 5]);
    assert!(message.contains("cannot be read"), "{message}");
    let message = refusal(&whole[..300]);
    assert!(message.contains("makes no sense at its byte"), "{message}");
}

const INPUT: ImageSize = ImageSize {
    channels: 1,
    height: 4,
    width: 4,
};

fn imported(name: &str, layers: &str, options: &ImportOptions) -> Result<TrainedNetwork, String> {
    let architecture = Architecture::parse(layers, INPUT).unwrap();
    let imported = import(&mut opened(name), &architecture, options);
    imported.map_err(|error| with_causes(&error))
}

#[test]
fn a_sequential_network_needs_no_names_and_its_moments_are_found() {
    let layers = "conv:2:3:p0:b bn relu dense:3:b";
    let options = ImportOptions::default();
    let expected = reference().sequential;
    let first = imported("sequential.pt", layers, &options).unwrap();
    let scale = f64::from(first.weights()[2][1]);
    let of = |name: &str| expected[name].numbers[1];
    let folded = of("1.weight") / (of("1.running_var") + 1e-5).sqrt();
    assert!((scale - folded).abs() < 1e-6, "{scale} {folded}");
    let shift = f64::from(first.weights()[3][1]);
    assert!((shift - (of("1.bias") - of("1.running_mean") * folded)).abs() < 1e-6);
    for name in [
        "legacy.pt",
        "data_parallel.pt",
        "half.pt",
        "double.pt",
        "protocol4.pt",
    ] {
        assert_eq!(imported(name, layers, &options).unwrap(), first, "{name}");
    }
}

#[test]
fn layers_are_matched_by_order_of_registration_and_compute_what_pytorch_does() {
    let reference = reference();
    let layers = "conv:2:3:p0:b relu dense:4:b relu dense:4:b relu dense:4:b";
    let architecture = Architecture::parse(layers, INPUT).unwrap();
    let options = ImportOptions::default();
    let matching = match_tensors(&opened("plain.pt"), &architecture, &options).unwrap();
    assert_eq!(matching.order, Some(TensorOrder::Registration));
    let theirs: Vec<&str> = matching
        .tensors
        .iter()
        .map(|pair| &pair.theirs[..])
        .collect();
    let expected = [
        "stem.0.weight",
        "stem.0.bias",
        "stem.3.weight",
        "stem.3.bias",
    ];
    assert_eq!(theirs[..4], expected);
    assert_eq!(
        theirs[4..],
        ["middle.weight", "middle.bias", "head.weight", "head.bias"]
    );
    assert_eq!(reference.plain.len(), 8);
    let text = matching.to_string();
    assert!(
        text.contains("conv1.weight <- stem.0.weight [2, 1, 3, 3]"),
        "{text}"
    );
    let network = imported("plain.pt", layers, &options).unwrap();
    let pixels = reference.image.iter().map(|&pixel| (255.0 * pixel) as u8);
    let image = LabelledImages::new(INPUT, 256, 4, pixels.collect(), vec![0]).unwrap();
    let computed = logits(&network, &image).unwrap();
    let computed: Vec<f64> = computed.concat().into_iter().map(f64::from).collect();
    assert_eq!(computed, reference.plain_logits);
}

#[test]
fn a_layer_that_does_not_fit_is_named() {
    let options = ImportOptions::default();
    let layers = "conv:2:3:p0:b bn relu dense:4:b";
    let message = imported("sequential.pt", layers, &options).unwrap_err();
    assert!(
        message.contains("no tensor of the file is called conv1.weight"),
        "{message}"
    );
    assert!(
        message.contains("is fc1 with a weight of shape [4, 8]"),
        "{message}"
    );
    let layers = "conv:2:3:p0 bn relu dense:3:b";
    let message = imported("sequential.pt", layers, &options).unwrap_err();
    assert!(message.contains("0 has a bias too"), "{message}");
    let layers = "conv:2:3:p0:b relu dense:3:b";
    let message = imported("sequential.pt", layers, &options).unwrap_err();
    assert!(message.contains("is 1 of the file"), "{message}");
}
