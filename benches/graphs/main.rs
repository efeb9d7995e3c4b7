//! Evaluation of graphs, to be compared with `benches/graphs.py`.
#![allow(clippy::expect_used, missing_docs)]

use criterion::{criterion_group, criterion_main, Criterion, SamplingMode, Throughput};
use nonvacuous::code::Graph;
use nonvacuous::evaluate::{Batch, Evaluator, Example, Loss};
use nonvacuous::random::stream;
use rand::RngExt;

mod networks;

/// As in the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Images that are evaluated together.
const IMAGES: usize = 16;

/// Random weights of which so many are zero, with variances that keep numbers from vanishing.
fn evaluator(graph: &Graph, zeros: f32) -> Evaluator {
    let mut random = stream(1, "bench", 0, "weights");
    let mut weights = Vec::new();
    for shape in graph.tensors() {
        let inputs = shape.dimensions[1..].iter().product::<usize>().max(1);
        let scale = (6.0 / inputs as f32).sqrt();
        let weight = || {
            let weight = scale * (2.0 * random.random::<f32>() - 1.0);
            match random.random::<f32>() < zeros {
                true => 0.0,
                false => weight,
            }
        };
        weights.push(
            std::iter::repeat_with(weight)
                .take(shape.len())
                .collect::<Vec<f32>>(),
        );
    }
    Evaluator::of_graph(graph, weights)
}

fn images() -> Batch<'static> {
    let mut random = stream(1, "bench", 0, "images");
    let mut image = || -> Vec<u8> {
        std::iter::repeat_with(|| random.random())
            .take(networks::IMAGENET.features())
            .collect()
    };
    let examples = (0..IMAGES).map(|class| Example::new(image(), class));
    Batch::new(networks::IMAGENET, 256, 1000, examples.collect())
}

/// Logits of 16 images of 3x224x224 on one core.
fn inference(criterion: &mut Criterion) {
    let images = images();
    let mut group = criterion.benchmark_group("logits of 16 images");
    group
        .sampling_mode(SamplingMode::Flat)
        .sample_size(10)
        .throughput(Throughput::Elements(IMAGES as u64));
    for (name, graph) in [
        ("ResNet-18", networks::resnet18()),
        ("MobileNetV2", networks::mobilenet_v2()),
        ("ViT-B/32", networks::vit_b_32()),
    ] {
        for zeros in [0.0, 0.5, 0.9] {
            let evaluator = evaluator(&graph, zeros);
            group.bench_function(format!("{name}, {zeros} of the weights zero"), |bencher| {
                bencher.iter(|| evaluator.misclassified(&images, Loss::Top1));
            });
        }
    }
}

criterion_group!(benches, inference);
criterion_main!(benches);
