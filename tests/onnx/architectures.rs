//! Networks that PyTorch exported, against what onnxruntime makes of them.
//!
//! `experiments/architectures/export.py FOLDER` makes a folder for each; then with
//! `NONVACUOUS_ONNX=FOLDER` in the environment
//! `cargo test --release --test onnx architectures -- --ignored --nocapture`.

use std::fs::File;
use std::path::{Path, PathBuf};

use nonvacuous::network::{OnnxNetwork, OnnxOptions};
use nonvacuous::storage::memory_limit::MemoryLimit;
use npyz::NpyFile;

use crate::reference::{evaluated, logits};

fn numbers(path: &Path) -> Vec<f32> {
    NpyFile::new(File::open(path).unwrap())
        .unwrap()
        .into_vec()
        .unwrap()
}

/// Folders with a network, images and logits.
fn folders() -> Vec<PathBuf> {
    let Some(root) = std::env::var_os("NONVACUOUS_ONNX") else {
        return Vec::new();
    };
    let root = PathBuf::from(root);
    if root.join("net.onnx").exists() {
        return vec![root];
    }
    let entries = std::fs::read_dir(root).unwrap();
    let mut folders: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    folders.retain(|folder| folder.join("logits.npy").exists());
    folders.sort();
    folders
}

/// Largest difference, of what one image's logits are, over the largest logit.
fn difference(network: &OnnxNetwork, images: &[f32], wanted: &[f32], count: usize) -> f64 {
    let size = network.graph.input().features();
    let classes = network.graph.classes();
    assert_eq!(images.len() / size, wanted.len() / classes);
    let mut worst = 0.0f64;
    let pairs = images.chunks(size).zip(wanted.chunks(classes));
    for (image, wanted) in pairs.take(count) {
        let exact = evaluated(&network.graph, &network.weights, image);
        let mut made = exact.unwrap_or_else(|| logits(&network.graph, &network.weights, image));
        if network.leaves_out_softmax {
            let largest = made.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let sum: f64 = made.iter().map(|x| (x - largest).exp()).sum();
            made.iter_mut()
                .for_each(|x| *x = (*x - largest).exp() / sum);
        }
        let largest = wanted
            .iter()
            .fold(0.0f32, |most, logit| most.max(logit.abs()));
        for (made, &wanted) in made.iter().zip(wanted) {
            worst = worst.max((made - f64::from(wanted)).abs() / f64::from(largest));
        }
    }
    worst
}

#[test]
#[ignore = "minutes: networks of NONVACUOUS_ONNX"]
fn exported_architectures_have_the_logits_of_onnxruntime() {
    let mut wrong = Vec::new();
    for folder in folders() {
        let name = folder.file_name().unwrap().to_string_lossy().to_string();
        let start = std::time::Instant::now();
        // Weights that are made of nothing are allowed where they are meant.
        let options = OnnxOptions {
            memory: name
                .ends_with("@shipped")
                .then(|| MemoryLimit::megabytes(4_000)),
            ..OnnxOptions::default()
        };
        let network = match OnnxNetwork::read(&folder.join("net.onnx"), &options) {
            Ok(network) => network,
            Err(error) => {
                println!("{name}: {}", nonvacuous::causes::with_causes(&error));
                wrong.push(name);
                continue;
            }
        };
        let read = start.elapsed();
        let weights: usize = network.weights.iter().map(Vec::len).sum();
        let images = numbers(&folder.join("input.npy"));
        let wanted = numbers(&folder.join("logits.npy"));
        let difference = difference(&network, &images, &wanted, 2);
        let nodes = network.graph.nodes().len();
        println!(
            "{name}: {nodes} nodes, {weights} weights, read in {read:.1?}, difference \
             {difference:.1e}; {}",
            network.notes.join("; ")
        );
        if difference > 1e-4 {
            wrong.push(name);
        }
    }
    assert_eq!(wrong, [""; 0]);
}
