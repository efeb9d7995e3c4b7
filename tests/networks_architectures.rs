//! Every kind of layer computes the same in training and in the evaluator, whatever the threads and
//! the batch.
#![cfg(feature = "train")]
#![allow(clippy::unwrap_used)]

use candle_core::{Device, Tensor};
use nonvacuous::code::{Architecture, Model};
use nonvacuous::data::{digits, LabelledImages};
use nonvacuous::evaluate::Evaluator;
use nonvacuous::network::TrainedNetwork;
use nonvacuous::random::stream;
use nonvacuous::shape::ImageSize;
use nonvacuous::train::{train, FreeWeights, Network, Schedule, TrainingSet};
use rand::RngExt;

/// Between them all kinds of layers, paddings and branches.
const LAYERS: [&str; 7] = [
    "conv:6:3:s2:same bn relu6 ( conv:6:3 bn relu | conv:6:1 ) dense:10:b",
    "conv:4:3 ( bn relu conv:4:3 bn relu conv:4:3 ) bn relu \
     ( conv:8:3:s2 bn relu conv:8:3 | conv:8:1:s2 ) gap dense:10:b",
    "bn ( ( relu ) | ( dwconv:5:same:b | relu6 ) ) avg:3 dense:10",
    "oriented:12 relu max:2 norm conv:7:2:p0:s3:b relu dense:10",
    "upright oriented:4 norm relu avg:2 dense:10:b",
    "conv:6:4:same:s3:b conv:6:3:p3:g2 relu max:3 dense:10:b",
    "( norm | bn relu6 ) dense:30:b relu dense:10:b",
];

fn model(architecture: &Architecture, seed: u64) -> Model {
    let mut random = stream(seed, "architectures", 0, "weights");
    let shapes = architecture.tensors();
    let weights = shapes.iter().map(|shape| {
        (0..shape.len())
            .map(|_| random.random::<f32>() - 0.4)
            .collect()
    });
    let mut network = TrainedNetwork::new(architecture.clone(), weights.collect()).unwrap();
    network.quantise(12);
    network.model().unwrap()
}

fn tensors(architecture: &Architecture, weights: Vec<Vec<f32>>) -> Vec<Tensor> {
    let pairs = architecture.tensors().into_iter().zip(weights);
    pairs
        .map(|(shape, weights)| {
            Tensor::from_vec(weights, &shape.dimensions[..], &Device::Cpu).unwrap()
        })
        .collect()
}

fn images(data: &LabelledImages) -> Tensor {
    let ImageSize {
        channels,
        height,
        width,
    } = data.shape();
    let scale = f32::from(data.levels() - 1);
    let pixels: Vec<f32> = data
        .images()
        .iter()
        .map(|&level| f32::from(level) / scale)
        .collect();
    Tensor::from_vec(pixels, (data.len(), channels, height, width), &Device::Cpu).unwrap()
}

#[test]
fn a_network_in_training_and_the_evaluator_compute_the_same_logits() {
    let data = digits().unwrap().train.slice(0..37).unwrap();
    for (layers, seed) in LAYERS.into_iter().zip(0..) {
        let architecture = Architecture::parse(layers, data.shape()).unwrap();
        let model = Model::decode(&model(&architecture, seed).encode().unwrap()).unwrap();
        let exact = Evaluator::new(&model).logits(&data).unwrap();
        let network = Network::new(architecture.clone());
        let logits = network
            .forward(&tensors(&architecture, model.weights()), &images(&data))
            .unwrap();
        let logits: Vec<Vec<f32>> = logits.to_vec2().unwrap();
        for (exact, logits) in exact.iter().zip(&logits) {
            let scale = exact
                .iter()
                .fold(0.0f32, |scale, logit| scale.max(logit.abs()));
            for (exact, logit) in exact.iter().zip(logits) {
                assert!(
                    (exact - logit).abs() <= 2e-5 * scale,
                    "{layers}: {exact} {logit}"
                );
            }
        }
    }
}

#[test]
fn errors_do_not_depend_on_threads_or_on_how_images_are_grouped() {
    let data = digits().unwrap().train.slice(0..203).unwrap();
    for (layers, seed) in LAYERS.into_iter().zip(0..) {
        let architecture = Architecture::parse(layers, data.shape()).unwrap();
        let evaluator = Evaluator::new(&model(&architecture, seed));
        let errors = evaluator.errors(&data).unwrap();
        let logits = evaluator.logits(&data).unwrap();
        assert!(errors > 0 && errors <= 203);
        for threads in [1, 3] {
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .unwrap();
            assert_eq!(pool.install(|| evaluator.errors(&data)).unwrap(), errors);
        }
        for size in [1usize, 7, 16, 50] {
            let mut parts = 0;
            for start in (0..203).step_by(size) {
                let part = data.slice(start..203.min(start + size)).unwrap();
                parts += evaluator.errors(&part).unwrap();
                assert_eq!(
                    evaluator.logits(&part).unwrap(),
                    logits[start..start + part.len()]
                );
            }
            assert_eq!(parts, errors);
        }
    }
}

#[test]
fn training_does_not_depend_on_threads() {
    let data = digits().unwrap().train.slice(0..100).unwrap();
    let set = TrainingSet::new(&data, &Device::Cpu).unwrap();
    let run = || {
        let network = Network::new(Architecture::parse(LAYERS[1], data.shape()).unwrap());
        let random = stream(1, "architectures", 0, "weights");
        let mut weights = FreeWeights::new(&network, random, &Device::Cpu).unwrap();
        let schedule = Schedule {
            epochs: 2,
            batch: 33,
            learning_rate: 0.01,
        };
        train(
            &network,
            &mut weights,
            &set,
            schedule,
            stream(1, "architectures", 0, "order"),
            |_| {},
        )
        .unwrap();
        weights.values().unwrap()
    };
    let pool = |threads| {
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .unwrap()
    };
    assert_eq!(pool(1).install(run), pool(3).install(run));
}

#[test]
fn a_residual_network_with_batch_normalisation_reads_digits_once_its_moments_are_weights() {
    let data = digits().unwrap();
    let set = TrainingSet::new(&data.train, &Device::Cpu).unwrap();
    let architecture = Architecture::parse(LAYERS[1], data.train.shape()).unwrap();
    let network = Network::new(architecture.clone());
    let random = stream(1, "architectures", 0, "weights");
    let mut weights = FreeWeights::new(&network, random, &Device::Cpu).unwrap();
    let schedule = Schedule {
        epochs: 12,
        batch: 50,
        learning_rate: 0.02,
    };
    let mut last = 1.0;
    let order = stream(1, "architectures", 0, "order");
    train(&network, &mut weights, &set, schedule, order, |epoch| {
        last = epoch.error
    })
    .unwrap();
    let folded = tensors(&architecture, weights.values().unwrap());
    let classes: Vec<u32> = network
        .forward(&folded, &images(&data.train))
        .unwrap()
        .argmax(1)
        .unwrap()
        .to_vec1()
        .unwrap();
    let wrong = classes
        .iter()
        .zip(data.train.labels())
        .filter(|(&class, &label)| class != u32::from(label))
        .count();
    let error = wrong as f64 / data.train.len() as f64;
    assert!(
        last < 0.05 && (error - last).abs() < 0.03,
        "{last} in training, {error} with the running moments"
    );
}
