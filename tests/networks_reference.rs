//! Networks that others trained give the errors that others measured.
#![cfg(feature = "train")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::HashMap;
use std::path::PathBuf;

use candle_core::{Device, Tensor};
use nonvacuous::code::{Architecture, ImageSize};
use nonvacuous::data::{load, LabelledImages, SearchPath};
use nonvacuous::nets::Network;

/// A file of the data folder; `None`, said aloud, in a clone without it.
fn reference_file(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("NONVACUOUS_DATA").map(|folder| PathBuf::from(folder).join(name));
    let found = path.filter(|path| path.exists());
    if found.is_none() {
        eprintln!("skipped: there is no {name} in $NONVACUOUS_DATA");
    }
    found
}

/// Kernels are released as `[height, width, in, out]`, matrices as `[in, out]`.
fn zhou_lenet(tensors: &HashMap<String, Tensor>) -> Vec<Tensor> {
    let tensor = |name: &str| tensors.get(&format!("LeNet/{name}")).unwrap().clone();
    let kernel = |name: &str| tensor(name).permute((3, 2, 0, 1)).unwrap().contiguous().unwrap();
    let matrix = |name: &str| tensor(name).t().unwrap().contiguous().unwrap();
    vec![
        kernel("conv1/weights"),
        tensor("conv1/bias"),
        kernel("conv2/weights"),
        tensor("conv2/bias"),
        matrix("fc1/weights"),
        tensor("fc1/bias"),
        matrix("fc2/weights"),
        tensor("fc2/bias"),
    ]
}

/// Images whose largest logit is another class's, with pixels as `2 (x / 255 - 1/2)`.
fn errors(network: &Network, weights: &[Tensor], data: &LabelledImages) -> usize {
    let ImageSize { channels, height, width } = data.shape();
    let mut errors = 0;
    let pixels = data.images().chunks(1000 * data.shape().features());
    for (images, labels) in pixels.zip(data.labels().chunks(1000)) {
        let images: Vec<f32> = images.iter().map(|&level| 2.0 * (f32::from(level) / 255.0 - 0.5)).collect();
        let images = Tensor::from_vec(images, (labels.len(), channels, height, width), &Device::Cpu).unwrap();
        let classes: Vec<u32> = network.forward(weights, &images).unwrap().argmax(1).unwrap().to_vec1().unwrap();
        errors += classes.iter().zip(labels).filter(|(&class, &label)| class != u32::from(label)).count();
    }
    errors
}

#[test]
fn the_lenet_of_zhou_et_al_misreads_470_training_and_231_test_images() {
    let (Some(file), Some(_)) = (reference_file("zhou_lenet.safetensors"), reference_file("mnist")) else {
        return;
    };
    let data = load("mnist", &SearchPath::from_environment(None)).unwrap();
    let tensors = candle_core::safetensors::load(file, &Device::Cpu).unwrap();
    let layers = "conv:20:5:p0:b max:2 conv:50:5:p0:b max:2 dense:500:b relu dense:10:b";
    let network = Network::new(Architecture::parse(layers, data.train.shape()).unwrap());
    let weights = zhou_lenet(&tensors);
    assert_eq!(errors(&network, &weights, &data.train), 470);
    assert_eq!(errors(&network, &weights, data.test.as_ref().unwrap()), 231);
}
