//! How long a model file takes to write and to read, in weights a second.
#![allow(clippy::unwrap_used, missing_docs)]

use criterion::{criterion_group, criterion_main, Criterion, Throughput};
use nonvacuous::code::{Architecture, Codebook, CodedTensor, Model};
use nonvacuous::shape::ImageSize;

/// LeNet-5's 430,500 weights, a tenth of them kept, seven codewords.
fn lenet() -> Model {
    let input = ImageSize {
        channels: 1,
        height: 28,
        width: 28,
    };
    let layers = "conv:20:5:p0 max:2 conv:50:5:p0 max:2 dense:500 relu dense:10";
    let architecture = Architecture::parse(layers, input).unwrap();
    let codebook = Codebook::new(3, vec![-1.5, -1.0, -0.5, 0.5, 0.75, 1.0, 1.5]).unwrap();
    // Symbols without structure, from the fractional parts of multiples of an irrational number.
    let symbol = |index: usize| {
        let fraction = (index as f64 * 0.754_877_666_246_693).fract();
        if fraction < 0.9 {
            0
        } else {
            1 + ((fraction - 0.9) * 70.0) as u8
        }
    };
    let tensor = |length: usize| CodedTensor::new(0, (0..length).map(symbol).collect());
    let tensors = architecture
        .tensors()
        .iter()
        .map(|shape| tensor(shape.len()))
        .collect();
    Model::new(architecture, vec![codebook], tensors).unwrap()
}

fn model_file(criterion: &mut Criterion) {
    let model = lenet();
    let file = model.encode().unwrap();
    let mut group = criterion.benchmark_group("LeNet-5");
    group
        .throughput(Throughput::Elements(model.structure().weights().unwrap()))
        .sample_size(20);
    group.bench_function("encode", |bencher| bencher.iter(|| model.encode().unwrap()));
    group.bench_function("decode", |bencher| {
        bencher.iter(|| Model::decode(&file).unwrap())
    });
}

criterion_group!(benches, model_file);
criterion_main!(benches);
