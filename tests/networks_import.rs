//! Safetensors files as others write, cut, damage and confuse them.
#![allow(clippy::unwrap_used)]

use std::error::Error;
use std::fs;
use std::path::PathBuf;

use nonvacuous::code::Architecture;
use nonvacuous::network::safetensors::SafetensorsFile;
use nonvacuous::network::{import, parse_names, ImportOptions, TensorFile, TrainedNetwork};
use nonvacuous::shape::ImageSize;
use tempfile::{tempdir, TempDir};

const INPUT: ImageSize = ImageSize {
    channels: 1,
    height: 1,
    width: 2,
};

/// A file of the header and so many bytes behind it.
fn file(header: &str, bytes: usize) -> Vec<u8> {
    let mut file = (header.len() as u64).to_le_bytes().to_vec();
    file.extend(header.as_bytes());
    file.extend(vec![0; bytes]);
    file
}

/// A file of single-precision tensors.
fn tensors(tensors: &[(&str, &str, usize)]) -> Vec<u8> {
    let mut end = 0;
    let mut entries = Vec::new();
    for (name, shape, numbers) in tensors {
        let begin = end;
        end += 4 * numbers;
        entries.push(format!(
            "\"{name}\":{{\"dtype\":\"F32\",\"shape\":{shape},\"data_offsets\":[{begin},{end}]}}"
        ));
    }
    file(&format!("{{{}}}", entries.join(",")), end)
}

fn written(bytes: &[u8]) -> (TempDir, PathBuf) {
    let folder = tempdir().unwrap();
    let path = folder.path().join("net.safetensors");
    fs::write(&path, bytes).unwrap();
    (folder, path)
}

/// An error with its causes.
fn chain(error: &dyn Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {}", chain(source)),
        None => error.to_string(),
    }
}

fn refusal(bytes: &[u8]) -> String {
    chain(&SafetensorsFile::open(&written(bytes).1).unwrap_err())
}

fn opened(bytes: &[u8]) -> SafetensorsFile {
    let (_folder, path) = written(bytes);
    SafetensorsFile::open(&path).unwrap()
}

fn imported(bytes: &[u8], layers: &str, options: &ImportOptions) -> Result<TrainedNetwork, String> {
    let architecture = Architecture::parse(layers, INPUT).unwrap();
    let (_folder, path) = written(bytes);
    let mut file = TensorFile::open(&path).unwrap();
    import(&mut file, &architecture, options).map_err(|error| chain(&error))
}

fn ignoring(pattern: &str) -> ImportOptions {
    ImportOptions {
        ignore: vec![pattern.to_string()],
        ..ImportOptions::default()
    }
}

fn naming(pairs: &[(&str, &str)]) -> ImportOptions {
    let owned = |(ours, theirs): &(&str, &str)| (ours.to_string(), theirs.to_string());
    ImportOptions {
        names: pairs.iter().map(owned).collect(),
        ..ImportOptions::default()
    }
}

#[test]
fn tensors_that_overlap_or_leave_holes_or_end_elsewhere_are_refused() {
    let one = "\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}";
    let other = |begin: usize| {
        let end = begin + 8;
        format!("\"b\":{{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[{begin},{end}]}}")
    };
    let two = |begin: usize| format!("{{{one},{}}}", other(begin));
    assert!(SafetensorsFile::open(&written(&file(&two(8), 16)).1).is_ok());
    for (name, bytes, expected) in [
        (
            "overlap",
            file(&two(4), 12),
            "invalid offset for tensor `b`",
        ),
        ("hole", file(&two(12), 20), "invalid offset for tensor `b`"),
        ("trailing bytes", file(&two(8), 17), "but the file has"),
        ("truncated", file(&two(8), 15), "but the file has"),
        (
            "another shape",
            file(&format!("{{{}}}", one.replace("[2]", "[3]")), 8),
            "invalid shape",
        ),
        (
            "overflow",
            file(
                &format!("{{{}}}", one.replace("[2]", "[4294967296,4294967296]")),
                8,
            ),
            "overflow",
        ),
        ("not JSON", file("{nonsense", 0), "key must be a string"),
        ("a list", file("[1]", 0), "an object of tensors"),
        (
            "nothing",
            Vec::new(),
            "would have 0 bytes, but the file has 0",
        ),
        (
            "a short file",
            vec![b'{'; 40],
            "would have 8897841259083430779 bytes",
        ),
    ] {
        let refusal = refusal(&bytes);
        assert!(refusal.contains(expected), "{name}: {refusal}");
    }
}

#[test]
fn a_name_that_is_there_twice_is_refused_even_where_the_last_one_fits() {
    let entry = "\"fc1.weight\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}";
    let refusal = refusal(&file(&format!("{{{entry},{entry}}}"), 8));
    assert!(
        refusal.contains("two tensors called fc1.weight"),
        "{refusal}"
    );
}

#[test]
fn other_formats_are_named_with_what_to_do() {
    let pointer = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n";
    assert!(refusal(pointer).contains("git lfs pull"));
    let archive = b"PK\x03\x04\x14\0\0\0\0\0archive/data.pkl";
    assert!(refusal(archive).contains("what torch.save writes"));
    let pickle = b"\x80\x02\x8a\x0a\x6c\xfc\x9c\x46\xf9\x20\x6a\xa8\x50\x19.";
    assert!(refusal(pickle).contains("what torch.save writes"));
}

#[test]
fn a_header_whose_length_looks_like_a_pickle_is_read() {
    let header = "{}".to_string() + &" ".repeat(0x0280 - 2);
    assert!(opened(&file(&header, 0)).entries().is_empty());
}

#[test]
fn half_floats_are_read_exactly() {
    let header = "{\"f\":{\"dtype\":\"F16\",\"shape\":[4],\"data_offsets\":[0,8]},\
                  \"b\":{\"dtype\":\"BF16\",\"shape\":[2],\"data_offsets\":[8,12]}}";
    let mut bytes = file(header, 0);
    // The smallest subnormal, one third, the largest, minus two; then one and minus three.
    for bits in [0x0001u16, 0x3555, 0x7bff, 0xc000, 0x3f80, 0xc040] {
        bytes.extend(bits.to_le_bytes());
    }
    let mut file = opened(&bytes);
    assert_eq!(
        file.read("f").unwrap(),
        [(-24f32).exp2(), 0.333_251_95, 65504.0, -2.0]
    );
    assert_eq!(file.read("b").unwrap(), [1.0, -3.0]);
}

#[test]
fn a_bias_that_no_layer_reads_is_an_error_that_says_how_to_read_it() {
    let bytes = tensors(&[("net.fc1.weight", "[3,2]", 6), ("net.fc1.bias", "[3]", 3)]);
    let plain = ImportOptions::default();
    let refusal = imported(&bytes, "dense:3", &plain).unwrap_err();
    assert!(refusal.contains("does not read net.fc1.bias"), "{refusal}");
    assert!(refusal.contains("\":b\""), "{refusal}");
    assert!(imported(&bytes, "dense:3:b", &plain).is_ok());
    let without = imported(&bytes, "dense:3", &ignoring("*.bias")).unwrap();
    assert_eq!(without.weights().len(), 1);
    let refusal = imported(&bytes, "dense:3", &ignoring("net.fc1.bia")).unwrap_err();
    assert!(refusal.contains("did you mean net.fc1.bias?"), "{refusal}");
}

#[test]
fn what_only_training_needs_is_left_out() {
    let bytes = tensors(&[
        ("fc1/weights", "[2,3]", 6),
        ("fc1/weights/Adam", "[2,3]", 6),
        ("fc1/weights/quantized/max", "[]", 1),
        ("fc1/weights/quantized/max/Adam_1", "[]", 1),
        ("global_step", "[]", 1),
    ]);
    assert!(imported(&bytes, "dense:3", &ImportOptions::default()).is_ok());
}

#[test]
fn a_copy_of_the_weights_can_be_ignored() {
    let bytes = tensors(&[("ema.fc1.weight", "[3,2]", 6), ("fc1.weight", "[3,2]", 6)]);
    let refusal = imported(&bytes, "dense:3", &ImportOptions::default()).unwrap_err();
    assert!(
        refusal.contains("several tensors could be fc1.weight"),
        "{refusal}"
    );
    assert!(imported(&bytes, "dense:3", &ignoring("ema.*")).is_ok());
    let refusal = imported(&bytes, "dense:3", &naming(&[("fc1.weight", "fc1.weight")]));
    assert!(refusal
        .unwrap_err()
        .contains("does not read ema.fc1.weight"));
}

#[test]
fn half_a_pair_of_moments_is_an_error() {
    let layers = "conv:2:1 bn gap dense:2";
    let network = [
        ("conv1.weight", "[2,1,1,1]", 2),
        ("bn1.weight", "[2]", 2),
        ("bn1.bias", "[2]", 2),
        ("fc1.weight", "[2,2]", 4),
    ];
    let with =
        |more: &[(&'static str, &'static str, usize)]| tensors(&[&network[..], more].concat());
    let mean = ("bn1.running_mean", "[2]", 2);
    let variance = ("bn1.running_var", "[2]", 2);
    let counter = ("bn1.num_batches_tracked", "[]", 1);
    let plain = ImportOptions::default();
    assert!(imported(&with(&[mean, variance, counter]), layers, &plain).is_ok());
    assert!(imported(&with(&[]), layers, &plain).is_ok());
    let refusal = imported(&with(&[mean]), layers, &plain).unwrap_err();
    assert!(refusal.contains("bn1.running_var is missing"), "{refusal}");
    let refusal = imported(&with(&[variance]), layers, &plain).unwrap_err();
    assert!(refusal.contains("bn1.running_mean is missing"), "{refusal}");
    let refusal = imported(
        &with(&[mean, ("bn1.running_var", "[1]", 1)]),
        layers,
        &plain,
    );
    assert!(refusal
        .unwrap_err()
        .contains("bn1.running_var has shape [1], not [2]"));
    assert!(imported(&with(&[mean]), layers, &ignoring("*.running_mean")).is_ok());
    let with_epsilon = ImportOptions {
        epsilon: Some(1e-3),
        ..ImportOptions::default()
    };
    let refusal = imported(&with(&[]), layers, &with_epsilon).unwrap_err();
    assert!(
        refusal.contains("0.001 is added to no variance"),
        "{refusal}"
    );
}

#[test]
fn names_that_name_nothing_or_are_given_twice_are_errors() {
    let bytes = tensors(&[("fc1.weight", "[3,2]", 6)]);
    for (pairs, expected) in [
        (
            &[("fc1.weigth", "fc1.weight")][..],
            "the architecture has no tensor fc1.weigth; did you mean fc1.weight?",
        ),
        (
            &[("fc1.weight", "fc1.wieght")],
            "the file has no tensor fc1.wieght; did you mean fc1.weight?",
        ),
        (
            &[("fc1.weight", "fc1.weight"), ("fc1.weight", "other")],
            "fc1.weight is to be fc1.weight and other; name one",
        ),
    ] {
        let refusal = imported(&bytes, "dense:3", &naming(pairs)).unwrap_err();
        assert!(refusal.contains(expected), "{refusal}");
    }
}

#[test]
fn names_are_read_past_a_byte_order_mark_and_spaces() {
    let names = parse_names("\u{feff} fc1.weight = a \r\n\r\nfc1.bias=b").unwrap();
    let expected = naming(&[("fc1.weight", "a"), ("fc1.bias", "b")]).names;
    assert_eq!(names, expected);
    let error = parse_names("a=b\n\nc =").unwrap_err();
    assert_eq!(
        error.to_string(),
        "line 3, \"c =\", does not have the form OURS=THEIRS"
    );
}

#[test]
fn a_network_has_the_weights_that_its_architecture_needs() {
    let architecture = Architecture::parse("dense:3:b", INPUT).unwrap();
    let new = |weights| TrainedNetwork::new(architecture.clone(), weights);
    assert!(new(vec![vec![1.0; 6], vec![1.0; 3]]).is_ok());
    for weights in [
        vec![vec![1.0; 6]],
        vec![vec![1.0; 5], vec![1.0; 3]],
        vec![vec![1.0; 6], vec![1.0; 3], Vec::new()],
    ] {
        assert!(new(weights).is_err());
    }
}

mod every_tensor {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    /// What checkpoints have beside the weights of a dense layer.
    const BESIDE: [&str; 14] = [
        "fc1.bias",
        "fc2.weight",
        "fc1.weight_mask",
        "fc1.weight_g",
        "fc1.weight_orig",
        "fc1.parametrizations.weight.original1",
        "bn1.running_mean",
        "bn1.moving_variance",
        "batch_stats.bn1.mean",
        "ema.decay",
        "ema.fc1_weight",
        "shadow.0",
        "optimizer.state.0",
        "fc1.num_batches_tracked",
    ];

    proptest! {
        #[test]
        fn is_read_or_refused_by_name(
            beside in prop::collection::btree_set(0..BESIDE.len(), 0..5),
            prefix in prop::sample::select(vec!["", "model.", "net/"]),
            with_bias in any::<bool>(),
        ) {
            let mut names: BTreeSet<String> =
                beside.iter().map(|&place| format!("{prefix}{}", BESIDE[place])).collect();
            names.insert(format!("{prefix}fc1.weight"));
            let shape_of = |name: &str| match name.ends_with("fc1.weight") {
                true => ("[2,2]", 4),
                false => ("[2]", 2),
            };
            let listed: Vec<(&str, &str, usize)> = names
                .iter()
                .map(|name| (&name[..], shape_of(name).0, shape_of(name).1))
                .collect();
            let (_folder, path) = written(&tensors(&listed));
            let layers = if with_bias { "dense:2:b" } else { "dense:2" };
            let architecture = Architecture::parse(layers, INPUT).unwrap();
            let mut file = TensorFile::open(&path).unwrap();
            let imported = import(&mut file, &architecture, &ImportOptions::default());
            let wanted = ["fc1.weight", "fc1.bias"];
            let unread: Vec<&String> = names
                .iter()
                .filter(|name| {
                    let read = &wanted[..if with_bias { 2 } else { 1 }];
                    let is_read = read.iter().any(|part| **name == format!("{prefix}{part}"));
                    !is_read && !name.ends_with("num_batches_tracked")
                })
                .collect();
            let is_complete = !with_bias || names.contains(&format!("{prefix}fc1.bias"));
            match imported {
                Ok(_) => prop_assert!(is_complete && unread.is_empty(), "{unread:?}"),
                Err(error) => {
                    prop_assert!(!is_complete || !unread.is_empty(), "{error}");
                    let message = chain(&error);
                    for name in unread {
                        prop_assert!(message.contains(&name[..]), "{name}: {message}");
                    }
                }
            }
        }
    }
}
