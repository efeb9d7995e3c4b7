//! Files that are damaged, lie, or ask for more than they are long.

use nonvacuous::causes::with_causes;
use nonvacuous::network::{OnnxNetwork, OnnxOptions};
use nonvacuous::shape::ImageSize;
use nonvacuous::storage::memory_limit::MemoryLimit;

use crate::forged::{
    file, floats, graph, integer, integers, message, node, of_graph, row, tensor, value,
};
use crate::small::path;

fn read(bytes: &[u8]) -> Result<OnnxNetwork, String> {
    OnnxNetwork::decode(bytes, &OnnxOptions::default()).map_err(|error| with_causes(&error))
}

fn refused(bytes: &[u8], words: &[&str]) {
    let text = read(bytes).unwrap_err();
    for word in words {
        assert!(text.contains(word), "{text}");
    }
}

#[test]
fn what_is_no_onnx_file_is_said_to_be_none() {
    refused(b"", &["no ONNX file", "no graph"]);
    refused(b"\x89PNG\r\n\x1a\n", &["no ONNX file"]);
    refused(&[0xff; 100], &["no ONNX file", "64 bits"]);
    let whole = std::fs::read(path("residual.onnx")).unwrap();
    for length in 0..whole.len() {
        assert!(read(&whole[..length]).is_err(), "{length}");
    }
}

#[test]
fn a_node_that_is_not_understood_is_named_with_its_attributes() {
    let strange = node(
        "Frobnicate",
        &["image"],
        &["logits"],
        &[integer("depth", 3)],
    );
    let words = [
        "node 2, Frobnicate with depth=3,",
        "no such operator",
        "torch.onnx.export",
    ];
    let flat = node("Flatten", &["image"], &["flat"], &[]);
    refused(&file(&[flat, strange], &[]), &words);
    let loops = node("Loop", &["image"], &["logits"], &[]);
    refused(&file(&[loops], &[]), &["node 1, Loop", "decides"]);
    let other = node("FusedConv", &["image"], &["logits"], &[]).bytes(7, "com.microsoft");
    refused(
        &file(&[other], &[]),
        &["FusedConv of com.microsoft", "runtime"],
    );
    let more = node("Flatten", &["image"], &["logits"], &[integer("depth", 3)]);
    refused(
        &file(&[more], &[]),
        &["Flatten", "attribute depth=3 is not known"],
    );
    let kernel = floats("w", &[1, 1, 1], &[1.0]);
    let one_axis = node("Conv", &["image", "w"], &["logits"], &[]);
    refused(&file(&[one_axis], &[kernel]), &["one axis"]);
}

#[test]
fn values_that_nothing_makes_and_circles_are_refused() {
    let missing = node("Relu", &["nowhere"], &["logits"], &[]);
    refused(
        &file(&[missing], &[]),
        &["reads nowhere, which nothing before it makes"],
    );
    let first = node("Add", &["image", "b"], &["a"], &[]);
    let second = node("Add", &["image", "a"], &["b"], &[]);
    let last = node("Flatten", &["b"], &["logits"], &[]);
    refused(
        &file(&[first, second, last], &[]),
        &["node 1, Add", "reads b"],
    );
    let itself = node("Relu", &["logits"], &["logits"], &[]);
    refused(&file(&[itself], &[]), &["nothing before it makes"]);
    let again = node("Flatten", &["image"], &["image"], &[]);
    let last = node("Flatten", &["image"], &["logits"], &[]);
    refused(&file(&[again, last], &[]), &["there already"]);
    refused(&file(&[], &[]), &["logits", "nothing before it makes"]);
    let none = node("Relu", &[], &["logits"], &[]);
    refused(&file(&[none], &[]), &["input 1 is missing"]);
}

#[test]
fn one_image_is_read_and_one_row_of_logits_made() {
    let flat = [node("Flatten", &["image"], &["logits"], &[])];
    let with = |inputs: &[(&str, i64, &[i64])], outputs: &[&str]| {
        let mut all = graph(&flat, &[]);
        for (name, data_type, lengths) in inputs {
            all = all.message(11, value(name, *data_type, lengths));
        }
        for name in outputs {
            all = all.message(12, value(name, 1, &[]));
        }
        of_graph(all)
    };
    let image: (&str, i64, &[i64]) = ("image", 1, &[-1, 1, 2, 2]);
    assert!(read(&with(&[image], &["logits"])).is_ok());
    refused(&with(&[], &["logits"]), &["reads nothing"]);
    refused(
        &with(&[image, ("mask", 1, &[1])], &["logits"]),
        &["image, mask"],
    );
    refused(
        &with(&[("image", 2, &[-1, 1, 2, 2])], &["logits"]),
        &["no floating point"],
    );
    refused(
        &with(&[("image", 1, &[-1, 1, -1, -1])], &["logits"]),
        &["[N, 1, N, N]", "--input"],
    );
    refused(
        &with(&[("image", 1, &[-1, 4])], &["logits"]),
        &["[N, 4]", "--input"],
    );
    refused(
        &with(&[("image", 1, &[-1, 0, 2, 2])], &["logits"]),
        &["impossible"],
    );
    refused(
        &with(&[("image", 1, &[1, 1, i64::MAX, 2])], &["logits"]),
        &["too large"],
    );
    refused(
        &with(&[image], &["logits", "other"]),
        &["logits, other", "--graph-output"],
    );
    refused(
        &with(&[image], &["image"]),
        &["2 outputs"].map(|_| "the network"),
    );

    let mut options = OnnxOptions {
        input: Some(ImageSize {
            channels: 1,
            height: 2,
            width: 2,
        }),
        ..OnnxOptions::default()
    };
    let with_size = |lengths: &[i64], options: &OnnxOptions| {
        OnnxNetwork::decode(&with(&[("image", 1, lengths)], &["logits", "x"]), options)
    };
    options.output = Some("logits".to_string());
    for lengths in [&[-1, 1, -1, -1][..], &[-1, 4], &[1, 2, 2], &[7, 4], &[2, 2]] {
        let network = with_size(lengths, &options);
        assert!(network.is_ok() || lengths == [2, 2], "{lengths:?}");
    }
    assert!(with_size(&[-1, 3, 2, 2], &options).is_err());
    assert!(with_size(&[-1, 5], &options).is_err());
    options.output = Some("z".to_string());
    let text = with_size(&[-1, 4], &options).unwrap_err().to_string();
    assert!(text.contains("no output z; it has logits, x"), "{text}");
}

#[test]
fn tensors_have_as_many_numbers_as_they_say() {
    let product = [
        node("Flatten", &["image"], &["flat"], &[]),
        node("MatMul", &["flat", "w"], &["logits"], &[]),
    ];
    let with = |tensor| file(&product, &[tensor]);
    assert!(read(&with(floats("w", &[4, 2], &[1.0; 8]))).is_ok());
    refused(&with(floats("w", &[4, 2], &[1.0; 7])), &["28", "32"]);
    refused(&with(floats("w", &[1 << 40, 1 << 40], &[])), &["too large"]);
    refused(&with(floats("w", &[1 << 30, 2], &[])), &["8589934592"]);
    refused(&with(floats("w", &[-4, -2], &[1.0; 8])), &["impossible"]);
    refused(&with(tensor("w", 8, &[4, 2], b"")), &["type 8"]);
    refused(
        &with(floats("w", &[4, 2], &[f32::NAN; 8])),
        &["NaN", "finite"],
    );
    refused(&with(floats("w", &[8], &[1.0; 8])), &["do not fit"]);
    let beside = tensor("w", 1, &[4, 2], b"").integer(14, 1);
    let entry = |path: &str| message().bytes(1, "location").bytes(2, path);
    for path in ["/etc/passwd", "../x", "a/../../x", ""] {
        let tensor = beside.clone().message(13, entry(path));
        let folder = tempfile::tempdir().unwrap();
        let net = folder.path().join("net.onnx");
        std::fs::write(&net, with(tensor)).unwrap();
        let error = OnnxNetwork::read(&net, &OnnxOptions::default()).unwrap_err();
        assert!(
            with_causes(&error).contains("not a file beside"),
            "{error:?}"
        );
    }
    let twice = [
        floats("w", &[4, 2], &[1.0; 8]),
        floats("w", &[4, 2], &[1.0; 8]),
    ];
    refused(&file(&product, &twice), &["w", "there already"]);
}

#[test]
fn little_makes_little_unless_more_is_allowed() {
    // 10^9 weights of one number.
    let made = [
        node("ConstantOfShape", &["shape"], &["w"], &[]),
        node("Flatten", &["image"], &["flat"], &[]),
        node("MatMul", &["flat", "w"], &["logits"], &[]),
    ];
    let of = |count: i64| file(&made, &[row("shape", &[4, count])]);
    refused(&of(250_000_000), &["--limit"]);
    refused(&of(2_500_000), &["--limit"]);
    assert!(read(&of(1_000)).is_ok());
    let options = OnnxOptions {
        memory: Some(MemoryLimit::megabytes(1_000)),
        ..OnnxOptions::default()
    };
    assert!(OnnxNetwork::decode(&of(2_500_000), &options).is_ok());
    for (operator, inputs) in [
        ("Range", &["zero", "many", "one"][..]),
        ("Tile", &["w", "shape"]),
        ("Expand", &["w", "shape"]),
    ] {
        let nodes = [
            node(operator, inputs, &["large"], &[]),
            node("Add", &["image", "large"], &["logits"], &[]),
        ];
        let tensors = [
            row("zero", &[0]),
            row("one", &[1]),
            row("many", &[1 << 40]),
            row("shape", &[1 << 20, 1 << 12]),
            floats("w", &[1, 1], &[1.0]),
        ];
        refused(&file(&nodes, &tensors), &["--limit"]);
    }
}

#[test]
fn a_weight_that_is_read_many_times_is_not_copied_without_limit() {
    let weights = floats("w", &[512, 4, 1, 1], &[1.0; 2048]);
    let mut nodes = vec![node("Reshape", &["image", "four"], &["v0"], &[])];
    for index in 0..8_000 {
        let names = [
            format!("v{index}"),
            format!("c{index}"),
            format!("v{}", index + 1),
        ];
        let [before, inner, after] = names.each_ref().map(String::as_str);
        nodes.push(node("Conv", &[before, "w"], &[inner], &[]));
        let axes = integers("axes", &[0]);
        nodes.push(node("Unsqueeze", &[inner], &["ignored"], &[axes]));
        nodes.push(node(
            "Slice",
            &[inner, "zero", "last", "one"],
            &[after],
            &[],
        ));
    }
    nodes.push(node("Flatten", &["v8000"], &["logits"], &[]));
    let tensors = [
        weights,
        row("four", &[1, 4, 1, 1]),
        row("zero", &[0]),
        row("one", &[1]),
        row("last", &[4]),
    ];
    nodes.retain(|node| !node.0.windows(7).any(|part| part == b"ignored"));
    let text = read(&file(&nodes, &tensors)).unwrap_err();
    assert!(text.contains("--limit") || text.contains("nodes"), "{text}");
}

#[test]
fn messages_inside_messages_and_many_empty_ones_are_read_without_recursion() {
    let mut nested = message();
    for _ in 0..200 {
        let attribute = message()
            .bytes(1, "body")
            .message(6, message().message(1, nested));
        nested = message().bytes(4, "If").message(5, attribute);
    }
    let nested = nested.bytes(1, "image").bytes(2, "logits");
    refused(&file(&[nested], &[]), &["If", "decides"]);
    let many = vec![message(); 70_000];
    refused(&file(&many, &[]), &["more than 65536 nodes"]);
    let attributes = vec![message(); 70];
    let node = node("Flatten", &["image"], &["logits"], &attributes);
    refused(&file(&[node], &[]), &["more than 64 attributes"]);
}

#[test]
fn huge_and_negative_numbers_of_windows_and_axes_are_refused() {
    let large = [i64::MAX, i64::MIN, -1, 1 << 40];
    for number in large {
        for (operator, attribute) in [
            ("MaxPool", integers("kernel_shape", &[number, number])),
            ("Flatten", integer("axis", number)),
            ("Softmax", integer("axis", number.max(5))),
            ("Transpose", integers("perm", &[0, 1, 2, number])),
            ("SpaceToDepth", integer("blocksize", number)),
            ("LRN", integer("size", number)),
        ] {
            let made = node(operator, &["image"], &["v"], &[attribute]);
            let last = node("Flatten", &["v"], &["logits"], &[]);
            let result = read(&file(&[made, last], &[]));
            let counts_from_last = number == -1 && ["Flatten", "Transpose"].contains(&operator);
            assert!(result.is_err() || counts_from_last, "{operator} {number}");
        }
        for (field, pads) in [("pads", [number; 4]), ("strides", [number; 4])] {
            let list = if field == "pads" {
                &pads[..]
            } else {
                &pads[..2]
            };
            let attributes = [integers("kernel_shape", &[1, 1]), integers(field, list)];
            let made = node("MaxPool", &["image"], &["v"], &attributes);
            let last = node("Flatten", &["v"], &["logits"], &[]);
            assert!(read(&file(&[made, last], &[])).is_err(), "{field} {number}");
        }
        let made = node("Pad", &["image", "pads"], &["v"], &[]);
        let last = node("Flatten", &["v"], &["logits"], &[]);
        let pads = row("pads", &[0, 0, number, 0, 0, 0, number, 0]);
        assert!(read(&file(&[made, last], &[pads])).is_err(), "{number}");
    }
}
