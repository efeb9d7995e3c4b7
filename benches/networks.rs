//! Training passes of small networks, to be compared with `benches/networks.py`.
#![allow(clippy::expect_used, missing_docs)]

use candle_core::{Device, Tensor};
use criterion::{criterion_group, criterion_main, Criterion};
use nonvacuous::code::{Architecture, ImageSize};
use nonvacuous::nets::Network;

const MNIST: ImageSize = ImageSize { channels: 1, height: 28, width: 28 };

/// Name, layers, batch.
const NETWORKS: [(&str, &str, usize); 3] = [
    ("lenet5", "conv:20:5:p0:b max:2 conv:50:5:p0:b max:2 dense:500:b relu dense:10:b", 128),
    ("small", "conv:8:3 relu max:2 conv:12:3 relu max:2 conv:16:3 relu max:2 dense:10", 64),
    ("certifier", "conv:8:3 relu max:2 dwconv:3 conv:12:1 norm relu max:2 dense:10", 64),
];

/// Gradients of all weights over 6,000 images.
fn training_passes(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("training pass over 6000 images");
    group.sample_size(10);
    for (name, layers, batch) in NETWORKS {
        let network = Network::new(Architecture::parse(layers, MNIST).expect("layers that fit"));
        let weights = weights(&network).expect("weights on a CPU");
        let images = Tensor::rand(0f32, 1.0, (batch, 1, 28, 28), &Device::Cpu).expect("images on a CPU");
        let labels: Vec<u32> = (0..batch as u32).map(|index| index % 10).collect();
        let labels = Tensor::new(labels, &Device::Cpu).expect("labels on a CPU");
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                for _ in 0..6000 / batch {
                    let tensors: Vec<Tensor> = weights.iter().map(|weight| weight.as_tensor().clone()).collect();
                    let logits = network.forward(&tensors, &images).expect("a forward pass");
                    let loss = candle_nn::loss::cross_entropy(&logits, &labels).expect("a loss");
                    loss.backward().expect("gradients");
                }
            });
        });
    }
}

fn weights(network: &Network) -> candle_core::Result<Vec<candle_core::Var>> {
    let shapes = network.architecture().tensors();
    let pairs = shapes.iter().zip(network.deviations());
    pairs
        .map(|(shape, &deviation)| candle_core::Var::randn(0f32, deviation as f32, &shape.dimensions[..], &Device::Cpu))
        .collect()
}

criterion_group!(benches, training_passes);
criterion_main!(benches);
