//! Certificates relative to a base, as a user types it.
#![cfg(feature = "train")]

use std::fs;
use std::path::Path;

use nonvacuous::code::{Activation, CodedTensor, Graph, Model, Node, Operator};
use nonvacuous::network::safetensors::write;
use nonvacuous::shape::ImageSize;
use serde_json::Value;

use crate::place::Place;

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

/// What a certificate says of the base, in options.
const BASE: [&str; 6] = [
    "--base",
    "base.nvc",
    "--base-source",
    "a test",
    "--base-trained-on",
    "nothing",
];

/// A folder with a base and another one.
fn place() -> Place {
    let place = Place::new();
    for (name, seed) in [("base.nvc", 13), ("other.nvc", 14)] {
        place.write(name, network(seed).encode().unwrap());
    }
    place
}

/// Certifies a head on the base.
fn certify(place: &Place) -> String {
    place.succeeds(&[&["certify", "--out", "out", "--minutes", "0"], &BASE[..]].concat())
}

fn claim(place: &Place) -> Value {
    let claim = fs::read(place.path("out/certificate.json")).unwrap();
    serde_json::from_slice(&claim).unwrap()
}

fn bits(path: &Path) -> u64 {
    8 * fs::metadata(path).unwrap().len()
}

#[test]
fn a_head_on_a_base_is_certified_and_verified_with_that_base_alone() {
    let case = place();
    let said = certify(&case);
    assert!(said.contains("relative to a base (\"a test\""), "{said}");
    let claim = claim(&case);
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
    let said = case.refuses(&["verify", "out"]);
    assert!(said.contains("--base FILE"), "{said}");
    let said = case.refuses(&["verify", "out", "--base", "other.nvc"]);
    assert!(said.contains("cannot be checked"), "{said}");

    let shown = case.succeeds(&["inspect", "out/model.nvc", "--base", "base.nvc"]);
    assert!(shown.contains("the base's"), "{shown}");
    let said = case.refuses(&["inspect", "out/model.nvc"]);
    assert!(said.contains("name it with --base"), "{said}");
    let said = case.refuses(&["inspect", "base.nvc", "--base", "base.nvc"]);
    assert!(said.contains("leave out --base"), "{said}");

    // Its weights as others read them: the base's, and the head's.
    let said = case.refuses(&["decompress", "out/model.nvc", "-o", "net.onnx"]);
    assert!(said.contains("name it with --base"), "{said}");
    let base = ["--base", "base.nvc"];
    case.succeeds(
        &[
            &["decompress", "out/model.nvc", "-o", "net.onnx"],
            &base[..],
        ]
        .concat(),
    );
    case.succeeds(&["compress", "net.onnx", "-o", "whole.nvc"]);
    assert!(bits(&case.path("whole.nvc")) > 100_000);
}

#[test]
fn the_same_file_is_certified_again_and_a_choice_among_bases_is_charged() {
    let case = place();
    certify(&case);
    let alone = claim(&case);
    let again = [
        "certify",
        "--model",
        "out/model.nvc",
        "--bases",
        "5",
        "--replace",
    ];
    let again = [&again[..], &["--out", "out"], &BASE].concat();
    let said = case.succeeds(&again);
    assert!(
        said.contains("3 bits for the choice among 5 bases"),
        "{said}"
    );
    let chosen = claim(&case);
    assert_eq!(chosen["k"], alone["k"]);
    let bound = |claim: &Value| claim["bounds"]["occam_kl"].as_f64().unwrap();
    assert!(bound(&chosen) > bound(&alone));
    case.succeeds(&["verify", "out", "--base", "base.nvc"]);
    // What the maker did not say is asked for.
    let said = case.refuses(&["certify", "--base", "base.nvc", "--out", "new"]);
    assert!(said.contains("--base-trained-on"), "{said}");
}

#[test]
fn a_network_of_others_becomes_a_base() {
    let case = place();
    case.succeeds(&["decompress", "base.nvc", "-o", "net.onnx"]);
    let said = case.succeeds(&["import", "net.onnx", "-o", "again.nvc"]);
    assert!(said.contains("4736 weights as they are"), "{said}");
    let read = |name: &str| Model::decode(&fs::read(case.path(name)).unwrap()).unwrap();
    assert_eq!(read("again.nvc").weights(), read("base.nvc").weights());
    let said = case.refuses(&["import", "net.onnx", "--codewords", "4", "-o", "new.nvc"]);
    assert!(said.contains("--codewords has no use"), "{said}");
    assert!(!case.path("new.nvc").exists());
}

#[test]
fn a_base_that_knows_the_classes_decides_itself_and_its_numbers_move() {
    let case = place();
    let recipe = "architecture = \"dense:32 relu dense:10\"\n\
                  pruning = { sparsity = 0.0 }\n\
                  first = { epochs = 4, batch = 32, learning_rate = 0.005 }\n\
                  quantisation = { codewords = 16, digits = 4 }\n\
                  second = { epochs = 2, batch = 32, learning_rate = 0.002 }\n";
    case.write("recipe.toml", recipe);
    case.succeeds(&["certify", "--recipe", "recipe.toml", "--out", "whole"]);
    case.succeeds(&["decompress", "whole/model.nvc", "-o", "net.onnx"]);
    case.succeeds(&["import", "net.onnx", "-o", "base.nvc"]);
    // It was trained on the same images, so that nothing is proved; but nothing needs to be new.
    let alone = ["certify", "--moves", "none", "--out", "alone"];
    let said = case.succeeds(&[&alone[..], &BASE].concat());
    assert!(said.contains("relative to a base"), "{said}");
    let read = |folder: &str| -> Value {
        let claim = fs::read(case.path(folder).join("certificate.json")).unwrap();
        serde_json::from_slice(&claim).unwrap()
    };
    let alone = read("alone");
    assert!(alone["bits"].as_u64().unwrap() <= 80, "{alone}");
    case.succeeds(&[&["certify", "--out", "moved"], &BASE[..]].concat());
    let moved = read("moved");
    let bound = |claim: &Value| claim["bounds"]["occam_binomial"].as_f64().unwrap();
    assert!(bound(&moved) <= bound(&alone), "{moved}");
    case.succeeds(&["verify", "moved", "--base", "base.nvc"]);
    // A new head is not forbidden.
    let head = [
        "certify", "--head", "logits", "--moves", "none", "--out", "head",
    ];
    case.succeeds(&[&head[..], &BASE].concat());
    assert!(read("head")["bits"].as_u64() > alone["bits"].as_u64());
}

#[test]
fn a_fine_tuned_network_is_told_by_what_changes_its_base() {
    let case = place();
    let mut fine_tuned = network(13).weights();
    for weight in fine_tuned[1].iter_mut().step_by(3) {
        *weight += 0.25;
    }
    let tensors = fine_tuned.into_iter().map(CodedTensor::raw).collect();
    let structure = network(13).structure().clone();
    let model = Model::new(structure, vec![], tensors).unwrap();
    case.write("tuned.nvc", model.encode().unwrap());
    case.succeeds(&["decompress", "tuned.nvc", "-o", "tuned.onnx"]);
    let certify = ["certify", "--model", "tuned.onnx", "--out", "out"];
    let said = case.succeeds(&[&certify[..], &BASE].concat());
    assert!(
        said.contains("1 are the base's, 1 changed, and 0 new"),
        "{said}"
    );
    assert!(claim(&case)["bits"].as_u64().unwrap() < 2000);
    case.succeeds(&["verify", "out", "--base", "base.nvc"]);
}

#[test]
fn a_search_that_has_found_networks_goes_on_from_them() {
    let case = place();
    let certify = [
        &[
            "certify",
            "--cache",
            "kept",
            "--out",
            "out",
            "--minutes",
            "0",
        ],
        &BASE[..],
    ]
    .concat();
    let messages = || {
        let output = case.run(&certify);
        assert!(output.status.success());
        String::from_utf8(output.stderr).unwrap()
    };
    let lines = |message: &str| message.matches("misread").count();
    let first = messages();
    let certificate = fs::read(case.path("out/certificate.json")).unwrap();
    fs::remove_dir_all(case.path("out")).unwrap();
    let again = messages();
    // What was trained and then searched is reported once.
    assert!(lines(&again) < lines(&first), "{first}\n{again}");
    let same = fs::read(case.path("out/certificate.json")).unwrap();
    assert_eq!(same, certificate);
    let kept = |folder: &str| {
        let entries = fs::read_dir(case.path(folder)).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.starts_with("found-")).count()
    };
    assert_eq!((kept("kept"), kept("out")), (1, 0));
}

/// Adapters of the base's tensors, as `peft` saves them.
fn adapters(case: &Place, configuration: &str, tensors: &[(&str, &[usize])]) {
    let named: Vec<(String, Vec<usize>)> = tensors
        .iter()
        .map(|(name, shape)| (format!("base_model.model.{name}"), shape.to_vec()))
        .collect();
    let mut file = Vec::new();
    write(&mut file, &named, |tensor| {
        let length: usize = named[tensor].1.iter().product();
        (0..length).map(move |place| ((place * 31 + tensor) % 7) as f32 / 50.0 - 0.06)
    })
    .unwrap();
    case.write("adapter_model.safetensors", file);
    case.write("adapter_config.json", configuration);
}

const LORA: &str = r#"{"peft_type": "LORA", "r": 2, "lora_alpha": 4, "bias": "none"}"#;
const ADAPTED: [(&str, &[usize]); 3] = [
    ("trunk.lora_A.weight", &[2, 64]),
    ("trunk.lora_B.weight", &[64, 2]),
    ("head.weight", &[10, 64]),
];

/// A base that came from a file in which its layers were called `trunk` and `head`.
fn named_base() -> Place {
    let case = place();
    let model = network(13);
    let tensors = ["trunk.weight", "head.weight"];
    let names: Vec<_> = tensors.iter().map(|name| (*name).to_string()).collect();
    let shapes = [vec![64, 64], vec![10, 64]];
    let named: Vec<_> = names.into_iter().zip(shapes).collect();
    let weights = model.weights();
    let mut file = Vec::new();
    write(&mut file, &named, |tensor| weights[tensor].iter().copied()).unwrap();
    case.write("base.safetensors", file);
    case.succeeds(&[
        "import",
        "base.safetensors",
        "--arch",
        "dense:64 relu dense:10",
        "--input",
        "1x8x8",
        "-o",
        "base.nvc",
    ]);
    case
}

#[test]
fn adapters_are_told_by_their_products() {
    let case = named_base();
    adapters(&case, LORA, &ADAPTED);
    let certify = [
        "certify",
        "--model",
        "adapter_model.safetensors",
        "--out",
        "out",
    ];
    let said = case.succeeds(&[&certify[..], &BASE].concat());
    assert!(
        said.contains("0 are the base's, 2 changed, and 0 new"),
        "{said}"
    );
    case.succeeds(&["verify", "out", "--base", "base.nvc"]);
    let names = fs::read_to_string(case.path("out/model.names.json")).unwrap();
    assert!(names.contains("trunk.weight"), "{names}");
}

#[test]
fn adapters_that_are_not_understood_or_not_the_bases_are_refused() {
    let case = named_base();
    let certify = ["certify", "--model", "adapter_model.safetensors"];
    let refused = |configuration: &str, tensors: &[(&str, &[usize])], words: &str| {
        adapters(&case, configuration, tensors);
        let said = case.refuses(&[&certify[..], &BASE].concat());
        assert!(said.contains(words), "{said}");
    };
    let [first, second, head] = ADAPTED;
    let dora = LORA.replace('}', r#", "use_dora": true}"#);
    refused(&dora, &ADAPTED, "use_dora");
    refused(&LORA.replace("LORA", "IA3"), &ADAPTED, "IA3");
    refused("{", &ADAPTED, "is no configuration of adapters");
    refused(LORA, &[first, head], "trunk");
    refused(LORA, &[first, ("trunk.lora_B.weight", &[64, 3])], "[64, 3]");
    refused(
        LORA,
        &[first, ("trunk.lora_B.weight", &[63, 2])],
        "[63, 64]",
    );
    let other = ("trunk.lora_embedding_A", &[2, 64][..]);
    refused(LORA, &[first, second, other], "lora_embedding_A");
    let whole = ("trunk.base_layer.weight", &[64, 64][..]);
    refused(LORA, &[first, second, whole], "both added to and replaced");
    let unknown = ("tail.bias", &[10][..]);
    refused(LORA, &[first, second, unknown], "no tensor \"tail.bias\"");

    let names = fs::read(case.path("base.names.json")).unwrap();
    case.write("base.nvc", network(14).encode().unwrap());
    refused(LORA, &ADAPTED, "import the base again");
    case.write("base.names.json", [&names[..], b"}"].concat());
    refused(LORA, &ADAPTED, "no file of original names");

    adapters(&case, LORA, &ADAPTED);
    let said = case.refuses(&["certify", "--model", "adapter_model.safetensors"]);
    assert!(said.contains("--base"), "{said}");
    let with_layers = [&certify[..], &BASE, &["--arch", "dense:10"]].concat();
    let said = case.refuses(&with_layers);
    assert!(said.contains("--arch has no use for adapters"), "{said}");
}

#[test]
fn features_in_pieces_give_the_head_of_one_machine_and_damaged_ones_are_refused() {
    let case = place();
    certify(&case);
    let options = ["--minutes", "0", "--out", "in-pieces"];
    let words = [&["certify"][..], &options, &BASE].concat();
    case.succeeds(
        &[
            &["submit", "--local", "2", "--tasks", "3", "--"][..],
            &words,
        ]
        .concat(),
    );
    let [alone, pieces] = ["out", "in-pieces"].map(|folder| {
        let file = case.path(folder).join("model.nvc");
        fs::read(file).unwrap()
    });
    assert_eq!(alone, pieces);

    // What is left is done by whoever gathers them.
    let first = [&words[..], &["--shard", "1/3"]].concat();
    for name in ["features.2-of-3.piece", "features.3-of-3.piece"] {
        fs::remove_file(case.path("in-pieces/pieces").join(name)).unwrap();
    }
    fs::remove_file(case.path("in-pieces/certificate.json")).unwrap();
    case.succeeds(&first);
    case.succeeds(&words);
    assert_eq!(fs::read(case.path("in-pieces/model.nvc")).unwrap(), alone);

    for entry in fs::read_dir(case.path("in-pieces/pieces")).unwrap() {
        let file = entry.unwrap().path();
        if file.to_string_lossy().ends_with("1-of-3.bin") {
            let mut bytes = fs::read(&file).unwrap();
            *bytes.last_mut().unwrap() ^= 1;
            fs::write(&file, bytes).unwrap();
        }
    }
    let said = case.refuses(&[&words[..], &["--replace"]].concat());
    assert!(said.contains("not what was written"), "{said}");
    // Nor are those of another base taken.
    fs::write(case.path("base.nvc"), network(14).encode().unwrap()).unwrap();
    let said = case.refuses(&[&words[..], &["--replace"]].concat());
    assert!(said.contains("another model"), "{said}");
}
