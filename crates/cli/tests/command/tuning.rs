//! Networks trained elsewhere that are trained further by a recipe.
#![cfg(feature = "train")]

use std::fs;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use crate::photographs::class_folders;
use crate::random_network::{random_network, write_network};
use candle_core::Device;
use nonvacuous::code::{Activation, Arithmetic, Graph, Model, Node, Operator, Structure, Window};
use nonvacuous::compress::{
    compress_pretrained, tunings, Checkpoints, Pretrained, Progress, Recipe,
};
use nonvacuous::data::{digits, LabelledImages};
use nonvacuous::evaluate::Evaluator;
use nonvacuous::network::TrainedNetwork;
use nonvacuous::random::stream;
use nonvacuous::shape::ImageSize;
use nonvacuous::train::TrainingSet;
use rand::RngExt;
use serde_json::Value;
use tempfile::{tempdir, TempDir};

fn recipe(layers: &str, sparsity: f64, codewords: usize, epochs: usize, rate: f64) -> String {
    format!(
        "architecture = \"{layers}\"\n\
         pruning = {{ method = \"surgery\", sparsity = {sparsity} }}\n\
         first = {{ epochs = {epochs}, batch = 16, learning_rate = {rate} }}\n\
         quantisation = {{ codewords = {codewords}, digits = 23 }}\n\
         second = {{ epochs = {epochs}, batch = 16, learning_rate = {rate} }}\n"
    )
}

fn measured(network: &TrainedNetwork, data: &LabelledImages) -> Pretrained {
    let indices: Vec<usize> = (0..data.len()).collect();
    Pretrained::measured(
        network,
        |evaluator| Ok(evaluator.features(data, &indices, 0)?),
        || {},
    )
    .unwrap()
}

fn tuned(
    network: &TrainedNetwork,
    text: &str,
    data: &LabelledImages,
    folder: &Path,
) -> (Model, usize) {
    let recipe = Recipe::parse(text, data.shape(), data.classes()).unwrap();
    let set = TrainingSet::new(data, &Device::Cpu).unwrap();
    let mut epochs = 0;
    let report = |progress| epochs += usize::from(!matches!(progress, Progress::Step(_)));
    let checkpoints = Checkpoints::new(folder, text);
    let model = compress_pretrained(
        &recipe,
        measured(network, data),
        &set,
        1,
        &checkpoints,
        report,
    )
    .unwrap();
    (model, epochs)
}

#[test]
fn without_epochs_the_function_stays_what_it_was() {
    let data = digits().unwrap().train.slice(0..100).unwrap();
    for layers in [
        "conv:5:3 bn relu6 ( dwconv:3 bn relu ) gap dense:10:b",
        "conv:3:3 relu max:3 dense:10",
    ] {
        let network = random_network("tuning", layers, data.shape());
        let (model, _) = tuned(
            &network,
            &recipe(layers, 0.5, 255, 0, 0.01),
            &data,
            tempdir().unwrap().path(),
        );
        let before = network.evaluator().logits(&data).unwrap();
        let after = Evaluator::new(&model).logits(&data).unwrap();
        // Tensors without biases may all be scaled.
        let scale = after[0][0] / before[0][0];
        for (before, after) in before.iter().flatten().zip(after.iter().flatten()) {
            assert!(
                (before * scale - after).abs() < 1e-3 * scale * before.abs().max(1.0),
                "{layers}: {before} {after}"
            );
        }
    }
}

/// A convolution, and what it made added to a function of it.
fn residual_graph(input: ImageSize) -> TrainedNetwork<Structure> {
    let window = Window {
        size: [3, 3],
        stride: [2, 2],
        padding: [[1, 1], [1, 1]],
        dilation: [1, 1],
    };
    let convolution = Operator::Convolution {
        channels: 6,
        window,
        groups: 1,
        bias: true,
    };
    let (scale, shift, epsilon) = (true, true, 1e-5);
    let operators = [
        (convolution, vec![0]),
        (Operator::Normalise { axes: 3, epsilon }, vec![1]),
        (
            Operator::Affine {
                axis: 0,
                scale,
                shift,
            },
            vec![2],
        ),
        (Operator::Activation(Activation::Gelu), vec![3]),
        (Operator::Combine(Arithmetic::Add), vec![4, 1]),
        (Operator::Flatten, vec![5]),
        (
            Operator::Dense {
                units: 10,
                bias: true,
            },
            vec![6],
        ),
    ];
    let nodes = operators.map(|(operator, inputs)| Node { operator, inputs });
    let graph = Graph::new(input, nodes.to_vec()).unwrap();
    let mut random = stream(1, "tuning", 0, "residual graph");
    let weights = graph.tensors().into_iter().map(|shape| {
        let weight = || random.random_range(-0.5..0.5f32);
        std::iter::repeat_with(weight).take(shape.len()).collect()
    });
    let weights = weights.collect();
    TrainedNetwork::new(Structure::from(graph), weights).unwrap()
}

#[test]
fn a_graph_goes_on_where_its_training_was_stopped_and_learns() {
    let data = digits().unwrap().train;
    let network = residual_graph(data.shape());
    let recipes = tunings(&network, data.len(), Duration::from_secs(2)).unwrap();
    let (recipe, set) = (&recipes[0], TrainingSet::new(&data, &Device::Cpu).unwrap());
    let indices: Vec<usize> = (0..data.len()).collect();
    let measured = || {
        let start = |evaluator: &Evaluator| Ok(evaluator.features(&data, &indices, 0)?);
        Pretrained::measured(&network, start, || {}).unwrap()
    };
    let trained = |folder: &Path, until: usize| {
        let checkpoints = Checkpoints::new(folder, "graph");
        let mut epochs = 0;
        let report = |progress| {
            epochs += usize::from(!matches!(progress, Progress::Step(_)));
            assert!(epochs < until, "interrupted on purpose");
        };
        let run =
            || compress_pretrained(recipe, measured(), &set, 1, &checkpoints, report).unwrap();
        catch_unwind(AssertUnwindSafe(run))
    };
    let (whole, stopped) = (tempdir().unwrap(), tempdir().unwrap());
    let whole = trained(whole.path(), usize::MAX).unwrap();
    // In each stage once.
    for until in [1, 4] {
        assert!(trained(stopped.path(), until).is_err());
    }
    let resumed = trained(stopped.path(), usize::MAX).unwrap();
    assert_eq!(resumed.encode().unwrap(), whole.encode().unwrap());
    let before = network.evaluator().errors(&data).unwrap();
    let after = Evaluator::new(&whole).errors(&data).unwrap();
    assert!(2 * after < before, "{after} errors, {before} before");
}

#[test]
fn a_tuning_that_was_interrupted_ends_with_the_same_network() {
    let data = digits().unwrap().train.slice(0..200).unwrap();
    let layers = "conv:5:3 bn relu max:2 dense:10:b";
    let (network, text) = (
        random_network("tuning", layers, data.shape()),
        recipe(layers, 0.5, 7, 3, 0.01),
    );
    let folder = tempdir().unwrap();
    let (whole, epochs) = tuned(&network, &text, &data, folder.path());
    assert_eq!(epochs, 6);
    // In each stage once.
    for interrupted in [2, 5] {
        let folder = tempdir().unwrap();
        let recipe = Recipe::parse(&text, data.shape(), data.classes()).unwrap();
        let set = TrainingSet::new(&data, &Device::Cpu).unwrap();
        let mut epochs = 0;
        let report = |progress| {
            epochs += usize::from(!matches!(progress, Progress::Step(_)));
            assert!(epochs < interrupted, "interrupted on purpose");
        };
        let checkpoints = Checkpoints::new(folder.path(), &text);
        let run = || {
            compress_pretrained(
                &recipe,
                measured(&network, &data),
                &set,
                1,
                &checkpoints,
                report,
            )
        };
        assert!(catch_unwind(AssertUnwindSafe(run)).is_err());
        let (again, left) = tuned(&network, &text, &data, folder.path());
        assert_eq!(again, whole);
        assert_eq!(left, 6 - interrupted);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 2);
        checkpoints.remove().unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}

/// Photographs of 224 x 224 pixels are brought down at once.
const LAYERS: &str = "conv:8:3:s7 bn relu6 dwconv:3:s4 bn relu gap dense:7:b";

/// A folder with a network in `net.safetensors`, a recipe and photographs, of which one is damaged.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        let place = Self(tempdir().unwrap());
        let network = random_network(
            "tuning",
            LAYERS,
            ImageSize {
                channels: 3,
                height: 224,
                width: 224,
            },
        );
        write_network(&place.path("net.safetensors"), network);
        class_folders(&place.path("photographs"), 8);
        fs::write(
            place.path("photographs/n00000003/n00000003_3.JPEG"),
            "damaged",
        )
        .unwrap();
        fs::write(place.path("recipe.toml"), recipe(LAYERS, 0.3, 15, 12, 0.02)).unwrap();
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn certify(&self, options: &[&str]) -> Output {
        let arguments = [
            "certify",
            "--recipe",
            "recipe.toml",
            "--data",
            "photographs",
            "--out",
            "out",
        ];
        let mut command = Command::new(env!("CARGO_BIN_EXE_nonvacuous"));
        command
            .args([&arguments[..], options].concat())
            .current_dir(self.0.path())
            .output()
            .unwrap()
    }

    fn refuses(&self, options: &[&str]) -> String {
        let output = self.certify(options);
        assert_eq!(output.status.code(), Some(2));
        assert!(!self.path("out/certificate.json").exists());
        String::from_utf8(output.stderr).unwrap()
    }
}

#[test]
fn a_network_is_trained_further_on_photographs_and_certified() {
    let place = Place::new();
    let output = place.certify(&["--model", "net.safetensors", "--pixels=-1,1"]);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let warnings = String::from_utf8(output.stderr).unwrap();
    assert!(
        warnings.starts_with("counted as an error: ") && warnings.contains("n00000003_3.JPEG"),
        "{warnings}"
    );
    let certificate: Value =
        serde_json::from_slice(&fs::read(place.path("out/certificate.json")).unwrap()).unwrap();
    assert_eq!(certificate["n"], 56);
    // The damaged one, and few others.
    assert!(
        (1..=8).contains(&certificate["k"].as_u64().unwrap()),
        "{}",
        certificate["k"]
    );
    assert_eq!(
        fs::read(place.path("out/recipe.toml")).unwrap(),
        fs::read(place.path("recipe.toml")).unwrap()
    );
    let mut files: Vec<_> = fs::read_dir(place.path("out"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    files.sort();
    assert_eq!(
        files,
        [
            "certificate.json",
            "model.names.json",
            "model.nvc",
            "recipe.toml"
        ]
    );
}

#[test]
fn what_cannot_be_trained_further_is_refused_with_a_hint() {
    let place = Place::new();
    fs::write(place.path("net.nvc"), "").unwrap();
    assert!(place
        .refuses(&["--model", "net.nvc"])
        .contains("nonvacuous decompress"));
    let text = "sweeps = 1\n".to_string() + &recipe(LAYERS, 0.3, 15, 1, 0.02);
    fs::write(place.path("recipe.toml"), text).unwrap();
    assert!(place
        .refuses(&["--model", "net.safetensors"])
        .contains("sweeps = 0"));
}
