//! Networks of random weights, as they might have been trained elsewhere.

use std::fs::File;
use std::path::Path;

use nonvacuous::code::Architecture;
use nonvacuous::network::safetensors::write;
use nonvacuous::network::TrainedNetwork;
use nonvacuous::random::stream;
use nonvacuous::shape::ImageSize;
use rand::RngExt;

/// Too many different weights for a file without quantisation, and scales around 1.
pub fn random_network(experiment: &str, layers: &str, input: ImageSize) -> TrainedNetwork {
    let architecture = Architecture::parse(layers, input).unwrap();
    let mut random = stream(1, experiment, 0, "weights");
    let mut tensor = |name: &str, length: usize| -> Vec<f32> {
        let centre = if name.starts_with("bn") && name.ends_with("weight") {
            1.0
        } else {
            0.0
        };
        (0..length)
            .map(|_| centre + random.random_range(-0.5..0.5))
            .collect()
    };
    let weights = architecture
        .tensors()
        .iter()
        .map(|shape| tensor(&shape.name, shape.len()))
        .collect();
    TrainedNetwork::new(architecture, weights).unwrap()
}

/// Its safetensors file.
pub fn write_network(path: &Path, network: TrainedNetwork) {
    let (architecture, weights) = network.into_parts();
    let shapes: Vec<(String, Vec<usize>)> = architecture
        .tensors()
        .into_iter()
        .map(|shape| (shape.name, shape.dimensions))
        .collect();
    let mut file = File::create(path).unwrap();
    write(&mut file, &shapes, |tensor| {
        weights[tensor].clone().into_iter()
    })
    .unwrap();
}
