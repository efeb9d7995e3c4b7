//! Networks within a budget of bytes, as a user asks for them.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Output};

use crate::photographs::class_folders;
use crate::random_network::{random_network, write_network};
use nonvacuous::code::Model;
use nonvacuous::data::{Framing, ImageFolder};
use nonvacuous::evaluate::Evaluator;
use nonvacuous::network::TrainedNetwork;
use nonvacuous::shape::ImageSize;
use tempfile::{tempdir, TempDir};

/// A depthwise convolution between two others, each with its batch normalisation, as in MobileNet.
const LAYERS: &str = "conv:16:3:s2 bn relu6 dwconv:3 bn relu6 conv:24:1 bn relu gap dense:7:b";

const INPUT: ImageSize = ImageSize {
    channels: 3,
    height: 14,
    width: 14,
};

const BUDGET: usize = 1500;

fn network() -> TrainedNetwork {
    random_network("budget", LAYERS, INPUT)
}

/// A folder with a network in `net.safetensors` and photographs in `photographs`.
struct Place(TempDir);

impl Place {
    fn new() -> Self {
        let place = Self(tempdir().unwrap());
        write_network(&place.path("net.safetensors"), network());
        class_folders(&place.path("photographs"), 3);
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn compress(&self, options: &[&str]) -> Output {
        let fixed = [
            "compress",
            "net.safetensors",
            "-o",
            "net.nvc",
            "--arch",
            LAYERS,
            "--input",
            "3x14x14",
        ];
        let mut command = Command::new(env!("CARGO_BIN_EXE_nonvacuous"));
        command
            .args([&fixed[..], options].concat())
            .current_dir(self.0.path())
            .output()
            .unwrap()
    }

    /// The file of a network within the budget.
    fn file(&self, options: &[&str]) -> Vec<u8> {
        let budget = BUDGET.to_string();
        let output = self.compress(&[&["--budget", &budget][..], options].concat());
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        assert!(output.stderr.is_empty(), "no progress into a pipe");
        fs::read(self.path("net.nvc")).unwrap()
    }

    /// What it says when it refuses; nothing is written.
    fn refuses(&self, options: &[&str]) -> String {
        let output = self.compress(options);
        assert_eq!(output.status.code(), Some(2));
        assert!(!self.path("net.nvc").exists());
        String::from_utf8(output.stderr).unwrap()
    }

    /// Squared differences of a model's logits from the network's on the photographs, as a part of
    /// the logits' variance.
    fn distortion(&self, file: &[u8]) -> f64 {
        let folder = ImageFolder::open(&self.path("photographs")).unwrap();
        let indices: Vec<usize> = (0..folder.len()).collect();
        let batch = folder.batch(&indices, Framing::usual(INPUT).unwrap(), None);
        let logits = |evaluator: &Evaluator| -> Vec<f64> {
            let logits = evaluator.logits_from(&evaluator.features_of(&batch, 0).unwrap());
            logits.into_iter().flatten().map(f64::from).collect()
        };
        let network = network();
        let original = logits(&network.evaluator());
        let coded = logits(&Evaluator::new(&Model::decode(file).unwrap()));
        let mean = original.iter().sum::<f64>() / original.len() as f64;
        let variance: f64 = original.iter().map(|logit| (logit - mean).powi(2)).sum();
        original
            .iter()
            .zip(coded)
            .map(|(logit, coded)| (logit - coded).powi(2))
            .sum::<f64>()
            / variance
    }
}

#[test]
fn a_network_is_brought_within_a_budget_with_and_without_photographs() {
    let place = Place::new();
    let relative = place.file(&[]);
    let measured = place.file(&["--calibrate", "photographs"]);
    for file in [&relative, &measured] {
        assert!(
            (BUDGET * 9 / 10..=BUDGET).contains(&file.len()),
            "{} bytes",
            file.len()
        );
        assert!(place.distortion(file) < 0.05, "{}", place.distortion(file));
    }
    assert_ne!(relative, measured);
    assert_eq!(place.file(&["--calibrate", "photographs"]), measured);
    // As many as there are.
    assert_eq!(
        place.file(&["--calibrate", "photographs", "--photographs", "21"]),
        measured
    );
}

#[test]
fn a_larger_budget_keeps_more_of_the_function() {
    let place = Place::new();
    let output = place.compress(&["--budget", "1000", "--calibrate", "photographs"]);
    assert!(output.status.success());
    let coarse = place.distortion(&fs::read(place.path("net.nvc")).unwrap());
    assert!(place.distortion(&place.file(&["--calibrate", "photographs"])) < coarse);
}

#[test]
fn budgets_and_folders_that_do_not_fit_are_refused() {
    let place = Place::new();
    let message = place.refuses(&["--budget", "20"]);
    assert!(
        message.contains("a budget of 20 bytes is too small: the least that was reached is"),
        "{message}"
    );
    let message = place.refuses(&["--calibrate", "photographs"]);
    assert!(message.contains("--budget"), "{message}");
    fs::create_dir(place.path("empty")).unwrap();
    place.refuses(&["--budget", "1500", "--calibrate", "empty"]);
}
