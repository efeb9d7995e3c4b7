//! Maps with other numbers of rows and columns: which settings of `Resize` are understood.

use nonvacuous::causes::with_causes;
use nonvacuous::network::{OnnxNetwork, OnnxOptions};

use crate::forged::{
    floats, graph, integer, integers, node, of_version, row, text, value, Message,
};

/// A file that reads maps of one channel, two rows and three columns; says how often the first
/// operator stands, or why it is refused.
fn read(version: i64, operator: &str, inputs: &[&str], attributes: &[Message]) -> String {
    let resize = node(operator, inputs, &["large"], attributes);
    let last = node("Flatten", &["large"], &["logits"], &[]);
    let tensors = [
        floats("none", &[0], &[]),
        floats("twice", &[4], &[1.0, 1.0, 2.0, 2.0]),
        floats("channels", &[4], &[1.0, 2.0, 2.0, 2.0]),
        floats("parts", &[4], &[1.0, 1.0, 1.6, 1.0]),
        floats("infinite", &[4], &[1.0, 1.0, f32::INFINITY, f32::NAN]),
        floats("negative", &[4], &[1.0, 1.0, -1.0, 0.0]),
        row("sizes", &[1, 1, 7, 1]),
        row("rows", &[1, 1, 4, 3]),
        row("huge", &[1, 1, i64::MAX, i64::MAX]),
    ];
    let graph = graph(&[resize, last], &tensors)
        .message(11, value("image", 1, &[-1, 1, 2, 3]))
        .message(12, value("logits", 1, &[]));
    match OnnxNetwork::decode(&of_version(version, graph), &OnnxOptions::default()) {
        Ok(network) => network.graph.nodes()[0].operator.to_string(),
        Err(error) => with_causes(&error),
    }
}

#[test]
fn centres_are_those_of_half_pixels() {
    let linear = text("mode", "linear");
    let mode = |mode: &str| text("coordinate_transformation_mode", mode);
    let resized = |inputs: &[&str], more: &[Message]| {
        let attributes = [std::slice::from_ref(&linear), more].concat();
        read(17, "Resize", inputs, &attributes)
    };
    let (factors, sizes) = (["image", "", "twice"], ["image", "none", "none", "sizes"]);
    assert_eq!(resized(&factors, &[]), "resize 4x6");
    assert_eq!(resized(&factors, &[mode("half_pixel")]), "resize 4x6");
    assert_eq!(
        resized(&factors, &[mode("pytorch_half_pixel")]),
        "resize 4x6"
    );
    assert_eq!(resized(&sizes, &[]), "resize 7x1");
    // There one column that is left would be the first.
    let refused = resized(&sizes, &[mode("pytorch_half_pixel")]);
    assert!(
        refused.contains("where one row or column is left"),
        "{refused}"
    );
    for other in ["align_corners", "asymmetric", "tf_crop_and_resize"] {
        let refused = resized(&factors, &[mode(other)]);
        assert!(
            refused.contains(other) && refused.contains("align_corners=False"),
            "{refused}"
        );
    }
    for operator in ["Resize", "Upsample"] {
        let old = read(
            10,
            operator,
            &["image", "twice"],
            std::slice::from_ref(&linear),
        );
        assert!(
            old.contains("asymmetric") && old.contains("version 11"),
            "{old}"
        );
    }
}

#[test]
fn nothing_that_changes_an_interpolation_is_overlooked() {
    let linear = text("mode", "linear");
    let resized = |inputs: &[&str], attribute: Message| {
        read(19, "Resize", inputs, &[linear.clone(), attribute])
    };
    let (larger, smaller) = (["image", "", "twice"], ["image", "", "", "sizes"]);
    assert_eq!(resized(&larger, integer("antialias", 1)), "resize 4x6");
    let policy = text("keep_aspect_ratio_policy", "not_larger");
    for (inputs, attribute, words) in [
        (&smaller[..], integer("antialias", 1), "antialias"),
        (&larger, integer("exclude_outside", 1), "exclude_outside"),
        (&larger, policy, "not_larger"),
        (&larger, text("blur", "much"), "blur"),
        (&larger, integers("axes", &[2]), "one number for each axis"),
        (&larger, integers("axes", &[0, 1, 2, 4]), "from -4 to 3"),
    ] {
        let refused = resized(inputs, attribute);
        assert!(refused.contains(words), "{words}: {refused}");
    }
    for (inputs, words) in [
        (&["image", "", "channels"][..], "do not fit"),
        (&["image", "", "parts"], "no whole number"),
        (&["image", "", "infinite"], "no whole number"),
        (&["image", "", "negative"], "no whole number"),
        (&["image", "", "", "huge"], "more than 16777216"),
        (&["image", "", "twice", "sizes"], "both"),
        (&["image", "", "none", "none"], "neither"),
        (&["image", "", "", "image"], "must not depend"),
        (&["image", "", "", "twice"], "list of integers"),
    ] {
        let refused = resized(inputs, integer("antialias", 0));
        assert!(refused.contains(words), "{words}: {refused}");
    }
    let cubic = read(17, "Resize", &larger, &[text("mode", "cubic")]);
    assert!(cubic.contains("linear or nearest"), "{cubic}");
}

#[test]
fn the_nearest_place_is_that_of_which_it_is_a_part() {
    let repeated = "reshape 1x2x1x3";
    let settings = |coordinates: &str, rounding: &str| {
        let mode = text("coordinate_transformation_mode", coordinates);
        [mode, text("nearest_mode", rounding)]
    };
    let resized = |inputs: &[&str], attributes: &[Message]| read(17, "Resize", inputs, attributes);
    let inputs = ["image", "", "twice"];
    assert_eq!(resized(&inputs, &[]), repeated);
    assert_eq!(resized(&["image", "", "", "rows"], &[]), repeated);
    assert_eq!(read(9, "Upsample", &["image", "twice"], &[]), repeated);
    for (coordinates, rounding, is_understood) in [
        ("asymmetric", "floor", true),
        ("half_pixel", "round_prefer_ceil", true),
        ("pytorch_half_pixel", "round_prefer_floor", true),
        ("asymmetric", "round_prefer_floor", false),
        ("asymmetric", "ceil", false),
        ("half_pixel", "floor", false),
        ("align_corners", "floor", false),
    ] {
        let made = resized(&inputs, &settings(coordinates, rounding));
        let words = match is_understood {
            true => repeated,
            false => "is accepted",
        };
        assert!(made.contains(words), "{coordinates} {rounding}: {made}");
    }
    let refused = resized(&["image", "", "", "sizes"], &[]);
    assert!(
        refused.contains("a multiple of 2, or the mode linear"),
        "{refused}"
    );
    let refused = resized(&["image", "", "", "huge"], &[]);
    assert!(refused.contains("is accepted"), "{refused}");
}
