//! Training and evaluation of networks, to be compared with `benches/networks.py`.
#![allow(clippy::expect_used, missing_docs)]

use candle_core::{Device, Tensor};
use criterion::{criterion_group, criterion_main, Criterion, SamplingMode, Throughput};
use nonvacuous::code::Architecture;
use nonvacuous::data::LabelledImages;
use nonvacuous::random::stream;
use nonvacuous::shape::ImageSize;
use nonvacuous::train::operators::cross_entropy;
use nonvacuous::train::stacked::{train_stacked, Member, Variables};
use nonvacuous::train::{train, FreeWeights, Network, Schedule, Training, TrainingSet};
use rand::RngExt;

/// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const MNIST: ImageSize = ImageSize {
    channels: 1,
    height: 28,
    width: 28,
};

/// Name, layers, batch.
const NETWORKS: [(&str, &str, usize); 3] = [
    (
        "lenet5",
        "conv:20:5:p0:b max:2 conv:50:5:p0:b max:2 dense:500:b relu dense:10:b",
        128,
    ),
    (
        "small",
        "conv:8:3 relu max:2 conv:12:3 relu max:2 conv:16:3 relu max:2 dense:10",
        64,
    ),
    (
        "certifier",
        "conv:8:3 relu max:2 dwconv:3 conv:12:1 norm relu max:2 dense:10",
        64,
    ),
];

/// Gradients of all weights in one batch. A pass over 6,000 images is 46 of them, or 93. Each
/// sample is one batch if it takes long enough, so that the fastest sample tells the speed on a
/// machine that is shared.
fn training_steps(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("training step");
    group.sampling_mode(SamplingMode::Flat);
    for (name, layers, batch) in NETWORKS {
        let network = Network::new(Architecture::parse(layers, MNIST).expect("layers that fit"));
        let weights = weights(&network).expect("weights on a CPU");
        let images =
            Tensor::rand(0f32, 1.0, (batch, 1, 28, 28), &Device::Cpu).expect("images on a CPU");
        let labels: Vec<u32> = (0..batch as u32).map(|index| index % 10).collect();
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let tensors: Vec<Tensor> = weights
                    .iter()
                    .map(|weight| weight.as_tensor().clone())
                    .collect();
                let logits = network.forward(&tensors, &images).expect("a forward pass");
                cross_entropy(&logits, &labels, 0.0)
                    .expect("a loss")
                    .backward()
                    .expect("gradients")
            });
        });
    }
}

fn weights(network: &Network) -> candle_core::Result<Vec<candle_core::Var>> {
    let shapes = network.architecture().tensors();
    let pairs = shapes.iter().zip(network.deviations());
    pairs
        .map(|(shape, &deviation)| {
            candle_core::Var::randn(0f32, deviation as f32, &shape.dimensions[..], &Device::Cpu)
        })
        .collect()
}

/// 64 networks 12-16-2, 200 examples, 200 steps that see all of them: one at a time and as a stack.
fn stacks(criterion: &mut Criterion) {
    let input = ImageSize {
        channels: 12,
        height: 1,
        width: 1,
    };
    let network = Network::new(
        Architecture::parse("dense:16:b relu dense:2:b", input).expect("layers that fit"),
    );
    let training: Training = Schedule {
        epochs: 200,
        batch: 200,
        learning_rate: 0.01,
    }
    .into();
    let mut random = stream(1, "bench", 0, "examples");
    let features: Vec<f32> = (0..200 * 12)
        .map(|_| f32::from(random.random::<bool>()))
        .collect();
    let labels: Vec<u32> = (0..200)
        .map(|_| u32::from(random.random::<bool>()))
        .collect();
    let member = |seed: u64| Member {
        features: &features,
        labels: &labels,
        variables: Variables::Weights(
            network.initial_weights(&mut stream(seed, "bench", 0, "weights")),
        ),
        order: stream(seed, "bench", 0, "order"),
    };
    let mut group = criterion.benchmark_group("64 networks 12-16-2");
    group.sample_size(10).throughput(Throughput::Elements(64));
    group.bench_function("stacked", |bencher| {
        bencher.iter(|| {
            train_stacked(&network, (0..64).map(member).collect(), &training).expect("a stack")
        });
    });
    let images = features.iter().map(|&feature| feature as u8).collect();
    let classes = labels.iter().map(|&label| label as u8).collect();
    let data = LabelledImages::new(input, 2, 2, images, classes).expect("examples");
    let data = TrainingSet::new(&data, &Device::Cpu).expect("examples on a CPU");
    group.bench_function("one at a time on candle", |bencher| {
        bencher.iter(|| {
            for seed in 0..64 {
                let random = stream(seed, "bench", 0, "weights");
                let mut weights =
                    FreeWeights::new(&network, random, &Device::Cpu).expect("weights on a CPU");
                let order = stream(seed, "bench", 0, "order");
                train(
                    &network,
                    &mut weights,
                    &data,
                    training.clone(),
                    order,
                    |_| {},
                )
                .expect("a training");
            }
        });
    });
}

/// Logits of 16 images of 3x224x224.
fn inference(criterion: &mut Criterion) {
    let input = ImageSize {
        channels: 3,
        height: 224,
        width: 224,
    };
    let architecture =
        Architecture::named("efficientnet-lite0", input, 1000).expect("a known name");
    let network = Network::new(architecture);
    let weights: Vec<Tensor> = weights(&network)
        .expect("weights on a CPU")
        .iter()
        .map(|weight| weight.as_detached_tensor())
        .collect();
    let images = Tensor::rand(0f32, 1.0, (16, 3, 224, 224), &Device::Cpu).expect("images on a CPU");
    let mut group = criterion.benchmark_group("logits of 16 images");
    group
        .sampling_mode(SamplingMode::Flat)
        .sample_size(20)
        .throughput(Throughput::Elements(16));
    group.bench_function("efficientnet-lite0", |bencher| {
        bencher.iter(|| network.forward(&weights, &images).expect("a forward pass"));
    });
}

criterion_group!(benches, training_steps, inference, stacks);
criterion_main!(benches);
