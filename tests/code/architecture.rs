//! Layers as text, as a code word, by name.

use nonvacuous::code::{Architecture, Codebook, CodedTensor, Model};
use nonvacuous::shape::ImageSize;
use proptest::prelude::*;

use crate::any_model::{any_architecture, architecture};

/// The bits of an architecture in a file of zeros.
fn architecture_bits(architecture: Architecture) -> f64 {
    let shapes = architecture.tensors();
    let zeros = shapes
        .iter()
        .map(|shape| CodedTensor::new(0, vec![0; shape.len()]))
        .collect();
    let model = Model::new(architecture, vec![Codebook::EMPTY], zeros).unwrap();
    model.encode_with_allocation().unwrap().1.architecture
}

#[test]
fn the_code_words_of_usual_networks_are_short() {
    let mnist = |layers: &str| architecture_bits(architecture(layers, 28));
    let narrow = "conv:6:3 relu max:2 conv:10:3 norm relu max:2 conv:12:3 norm relu max:2 dense:10";
    let deep = "conv:8:3 relu max:2 dwconv:3 conv:12:1 norm relu max:2 dwconv:3 conv:16:1 norm \
                relu max:2 dense:10";
    let lenet5 = "conv:20:5:p0:b max:2 conv:50:5:p0:b max:2 dense:500:b relu dense:10:b";
    // Lengths without branches in the grammar: 48.5, 66.4, 82.7 and 11.3 bits.
    for (layers, most) in [
        (narrow, 48.0),
        (deep, 66.0),
        (lenet5, 74.0),
        ("norm dense:10", 12.0),
    ] {
        assert!(mnist(layers) <= most, "{layers}: {}", mnist(layers));
    }
    let named = |name: &str, side, classes| {
        let input = ImageSize {
            channels: 3,
            height: side,
            width: side,
        };
        architecture_bits(Architecture::named(name, input, classes).unwrap())
    };
    for (bits, most) in [
        (named("resnet20", 32, 10), 384.0),
        (named("resnet56", 32, 10), 846.0),
        (named("efficientnet-lite0", 224, 1000), 820.0),
    ] {
        assert!(bits <= most, "{bits}");
    }
}

/// An error and its causes, as the command prints them.
fn chain(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {}", chain(source)),
        None => error.to_string(),
    }
}

#[test]
fn a_text_is_a_name_or_layers_by_one_rule_and_ends_in_as_many_outputs_as_there_are_classes() {
    let input = ImageSize {
        channels: 1,
        height: 28,
        width: 28,
    };
    let network = |text: &str| Architecture::from_name_or_layers(text, input, 10);
    let error = |text: &str| chain(&network(text).unwrap_err());
    assert_eq!(
        network("lenet5").unwrap(),
        Architecture::named("lenet5", input, 10).unwrap()
    );
    assert_eq!(network(" dense:10 ").unwrap().to_string(), "dense:10");
    for name in ["lenet6", "", "relu"] {
        assert!(error(name).contains(&format!("no network named \"{name}\"; known are lenet5")));
        assert!(error(name).contains("layers are written like conv:8:3"));
    }
    assert!(error("lenet6 dense:10").starts_with("cannot read the layer \"lenet6\": there is no"));
    assert!(error("conv:8 dense:10").contains("\"conv:8\": it needs a kernel size"));
    assert!(error("dense:10:s2").contains("it has no option \"s2\"; dense has b (bias)"));
    for outputs in [2, 12] {
        let message = error(&format!("dense:{outputs}"));
        assert!(message.contains(&format!("{outputs} outputs")), "{message}");
        assert!(message.contains("10 classes; let the layers end in dense:10"));
    }
}

#[test]
fn branches_must_be_closed_and_fit() {
    let input = ImageSize {
        channels: 3,
        height: 8,
        width: 8,
    };
    let error = |layers: &str| chain(&Architecture::parse(layers, input).unwrap_err());
    assert!(error("( relu dense:2").contains("left open"));
    assert!(error("relu ) dense:2").starts_with("layer 2, \")\", does not fit: no branch is open"));
    assert!(error("| dense:2").contains("no branch is open"));
    assert!(error("( relu | relu | relu ) dense:2").contains("two sides"));
    assert!(error("( conv:4:3 ) dense:2").contains("3x8x8 and 4x8x8 cannot be added"));
    assert!(error(&format!("{} dense:2", "( ".repeat(9))).contains("nested more than 8 deep"));
    assert!(error("resnet20").contains("there is no such layer"));
    let shapes = Architecture::parse("( bn conv:4:3:s2:same | conv:4:1:s2 ) dense:2", input)
        .unwrap()
        .tensors();
    let names: Vec<String> = shapes.into_iter().map(|shape| shape.name).collect();
    assert_eq!(
        names,
        [
            "bn1.weight",
            "bn1.bias",
            "conv1.weight",
            "conv2.weight",
            "fc1.weight"
        ]
    );
}

#[test]
fn named_networks_have_the_published_sizes() {
    let named = |name: &str, side, classes| {
        Architecture::named(
            name,
            ImageSize {
                channels: 3,
                height: side,
                width: side,
            },
            classes,
        )
    };
    let weights =
        |name: &str, side, classes| named(name, side, classes).unwrap().weights().unwrap();
    // 4,253,864 with the moments' 21,888 numbers is what Keras counts for MobileNet, less them:
    // 4,231,976.
    assert_eq!(weights("mobilenet-v1-1.0", 224, 1000), 4_231_976);
    assert_eq!(weights("efficientnet-lite0", 224, 1000), 4_652_008);
    // 0.27 and 0.85 million (He et al. 2016, table 6), more by the 1x1 shortcuts.
    assert_eq!(weights("resnet20", 32, 10), 272_282);
    assert_eq!(weights("resnet56", 32, 10), 855_578);
    assert_eq!(weights("resnet8", 32, 10), 77_850);
    let widths = named("mobilenet-v1-0.25", 224, 10).unwrap();
    assert!(widths
        .to_string()
        .starts_with("conv:8:3:s2:same bn relu6 conv:8:3:same:g8 bn relu6 conv:16:1 bn relu6"));
    for unknown in [
        "resnet21",
        "mobilenet-v1-",
        "mobilenet-v1-0",
        "mobilenet-v1-nan",
        "",
    ] {
        assert!(
            named(unknown, 32, 10)
                .unwrap_err()
                .to_string()
                .contains("known are lenet5"),
            "{unknown}"
        );
    }
}

proptest! {
    #[test]
    fn text_of_an_architecture_is_read_back(architecture in any_architecture()) {
        let again = Architecture::parse(&architecture.to_string(), architecture.input()).unwrap();
        prop_assert_eq!(again, architecture);
    }

    #[test]
    fn the_first_tensors_of_layers_are_their_weights_in_order(architecture in any_architecture()) {
        let tensors = architecture.tensors();
        let first: Vec<usize> = architecture.first_tensors().into_iter().flatten().collect();
        let weights = tensors
            .iter()
            .enumerate()
            .filter(|(_, tensor)| tensor.name.ends_with(".weight"));
        prop_assert_eq!(first, weights.map(|(index, _)| index).collect::<Vec<usize>>());
    }
}
