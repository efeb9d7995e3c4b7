//! Many small networks at once give what each gives alone.
#![cfg(feature = "train")]
#![allow(clippy::unwrap_used)]

use candle_core::Device;
use nonvacuous::code::{Architecture, CodedTensor};
use nonvacuous::data::LabelledImages;
use nonvacuous::random::stream;
use nonvacuous::shape::ImageSize;
use nonvacuous::train::stacked::{train_stacked, Member, StackedError, Trained, Variables};
use nonvacuous::train::{
    train, Augmentation, FreeWeights, Method, Network, Parameters, Schedule, Trainer, Training,
    TrainingSet,
};
use rand::RngExt;

const INPUTS: usize = 12;
const EXAMPLES: usize = 75;

fn network(layers: &str) -> Network {
    Network::new(
        Architecture::parse(
            layers,
            ImageSize {
                channels: INPUTS,
                height: 1,
                width: 1,
            },
        )
        .unwrap(),
    )
}

/// Grey levels, and whether the first two are alike.
fn examples(seed: u64) -> (Vec<u8>, Vec<u8>) {
    let mut random = stream(seed, "stacked", 0, "examples");
    let levels: Vec<u8> = (0..EXAMPLES * INPUTS)
        .map(|_| random.random_range(0..16))
        .collect();
    let labels = levels
        .chunks(INPUTS)
        .map(|levels| u8::from(levels[0].abs_diff(levels[1]) < 5))
        .collect();
    (levels, labels)
}

struct Draw {
    features: Vec<f32>,
    labels: Vec<u32>,
    set: TrainingSet<'static>,
}

fn draw(seed: u64) -> Draw {
    let (levels, labels) = examples(seed);
    let features = levels
        .iter()
        .map(|&level| f32::from(level) / 15.0)
        .collect();
    let wide = labels.iter().map(|&label| u32::from(label)).collect();
    let shape = ImageSize {
        channels: INPUTS,
        height: 1,
        width: 1,
    };
    let images = LabelledImages::new(shape, 16, 2, levels, labels).unwrap();
    Draw {
        features,
        labels: wide,
        set: TrainingSet::new(&images, &Device::Cpu).unwrap(),
    }
}

fn member(network: &Network, draw: &Draw, seed: u64) -> Member<'static> {
    let weights = network.initial_weights(&mut stream(seed, "stacked", 0, "weights"));
    Member {
        features: draw.features.clone().leak(),
        labels: draw.labels.clone().leak(),
        variables: Variables::Weights(weights),
        order: stream(seed, "stacked", 0, "order"),
    }
}

fn all(network: &Network, members: &[Member], training: &Training) -> Vec<Trained> {
    let results = train_stacked(network, members.to_vec(), training).unwrap();
    results.into_iter().map(Result::unwrap).collect()
}

#[test]
fn a_stack_gives_each_network_the_bits_it_has_alone_whatever_the_number_of_threads() {
    let network = network("dense:16:b relu dense:2:b");
    let draws: Vec<Draw> = (0..9).map(draw).collect();
    let members: Vec<Member> = draws
        .iter()
        .zip(0..)
        .map(|(draw, seed)| member(&network, draw, seed))
        .collect();
    for batch in [EXAMPLES, 20] {
        let training = Schedule {
            epochs: 30,
            batch,
            learning_rate: 0.01,
        }
        .into();
        let together = all(&network, &members, &training);
        for threads in [1, 3] {
            let pool = rayon::ThreadPoolBuilder::new()
                .num_threads(threads)
                .build()
                .unwrap();
            assert_eq!(
                together,
                pool.install(|| all(&network, &members, &training))
            );
        }
        let alone: Vec<Trained> = members
            .iter()
            .flat_map(|member| all(&network, std::slice::from_ref(member), &training))
            .collect();
        assert_eq!(together, alone);
    }
}

#[test]
fn a_stack_agrees_with_training_on_candle() {
    for layers in [
        "dense:16:b relu dense:2:b",
        "norm dense:2",
        "dense:7 norm relu dense:5 relu dense:2",
    ] {
        let network = network(layers);
        for (method, learning_rate) in [(Method::ADAM, 0.01), (Method::SGD, 0.05)] {
            for (batch, smoothing, bounded) in
                [(EXAMPLES, 0.1, 0.0), (20, 0.0, 0.0), (20, 0.0, 0.7)]
            {
                let training = Training {
                    method,
                    smoothing,
                    bounded,
                    ..Schedule {
                        epochs: 8,
                        batch,
                        learning_rate,
                    }
                    .into()
                };
                let draw = draw(3);
                let member = member(&network, &draw, 3);
                let order = member.order.clone();
                let [trained] = &all(&network, &[member], &training)[..] else {
                    unreachable!()
                };

                let random = stream(3, "stacked", 0, "weights");
                let mut weights = FreeWeights::new(&network, random, &Device::Cpu).unwrap();
                train(&network, &mut weights, &draw.set, training, order, |_| {}).unwrap();
                let pairs = trained
                    .variables
                    .weights()
                    .concat()
                    .into_iter()
                    .zip(weights.values().unwrap().concat());
                let largest = pairs
                    .map(|(one, other)| (one - other).abs())
                    .fold(0.0, f32::max);
                assert!(
                    largest < 2e-4,
                    "{layers}, {method:?}, batch {batch}: {largest}"
                );
            }
        }
    }
}

#[test]
fn masked_weights_stay_zero_and_shared_weights_stay_equal() {
    let network = network("dense:16:b relu dense:2:b");
    let draw = draw(5);
    let training = Schedule {
        epochs: 200,
        batch: EXAMPLES,
        learning_rate: 0.02,
    }
    .into();
    let free = member(&network, &draw, 5);
    let Variables::Weights(weights) = free.variables.clone() else {
        unreachable!()
    };
    let kept: Vec<Vec<bool>> = weights
        .iter()
        .map(|weights| (0..weights.len()).map(|place| place % 5 != 1).collect())
        .collect();
    let masked = Member {
        variables: Variables::Masked {
            weights: weights.clone(),
            kept: kept.clone(),
        },
        ..free.clone()
    };

    // Each weight has its own codeword, but the last two of each tensor share one.
    let symbols = |weights: &Vec<f32>| {
        (1..weights.len() as u8)
            .chain([weights.len() as u8 - 1])
            .collect()
    };
    let tensors: Vec<CodedTensor> = weights
        .iter()
        .enumerate()
        .map(|(codebook, weights)| CodedTensor::new(codebook, symbols(weights)))
        .collect();
    let codebooks = weights
        .iter()
        .map(|weights| weights[..weights.len() - 1].to_vec())
        .collect();
    let shared = Member {
        variables: Variables::Shared {
            codebooks,
            tensors: tensors.clone(),
        },
        ..free.clone()
    };
    let single = |weights: &Vec<f32>| (1..=weights.len() as u8).collect();
    let singles: Vec<CodedTensor> = weights
        .iter()
        .enumerate()
        .map(|(codebook, weights)| CodedTensor::new(codebook, single(weights)))
        .collect();
    let own = Member {
        variables: Variables::Shared {
            codebooks: weights,
            tensors: singles,
        },
        ..free.clone()
    };

    let trained = all(&network, &[free, masked, shared, own], &training);
    for (weights, kept) in trained[1].variables.weights().iter().zip(&kept) {
        for (&weight, &kept) in weights.iter().zip(kept) {
            assert!(kept || weight == 0.0);
        }
    }
    for weights in trained[2].variables.weights() {
        assert_eq!(weights[weights.len() - 1], weights[weights.len() - 2]);
    }
    assert_eq!(
        trained[3].variables.weights(),
        trained[0].variables.weights()
    );
    assert!(
        trained.iter().all(|trained| trained.errors <= 12),
        "{trained:?}"
    );
}

#[test]
fn the_errors_of_a_stack_are_those_of_its_weights() {
    let network = network("dense:6 relu dense:2");
    let draw = draw(7);
    let training: Training = Schedule {
        epochs: 40,
        batch: 25,
        learning_rate: 0.02,
    }
    .into();
    let [trained] = &all(&network, &[member(&network, &draw, 7)], &training)[..] else {
        unreachable!()
    };
    // One epoch at rate zero reports the error of the weights as they are.
    let still = Training {
        learning_rate: 0.0,
        epochs: 1,
        batch: EXAMPLES,
        ..training
    };
    let mut weights =
        FreeWeights::new(&network, stream(7, "stacked", 0, "weights"), &Device::Cpu).unwrap();
    for (variable, values) in weights.variables().iter().zip(trained.variables.weights()) {
        let values = candle_core::Tensor::from_vec(values, variable.shape(), &Device::Cpu).unwrap();
        variable.set(&values).unwrap();
    }
    let mut trainer = Trainer::new(
        &network,
        &weights,
        &draw.set,
        still,
        stream(7, "stacked", 0, "order"),
    )
    .unwrap();
    let epoch = trainer.epoch(&mut weights).unwrap();
    assert_eq!(
        (epoch.error * EXAMPLES as f64).round() as u64,
        trained.errors
    );
}

#[test]
fn what_does_not_fit_is_refused_and_a_divergence_stays_with_its_network() {
    let network = network("dense:4:b relu dense:2:b");
    let draw = draw(1);
    let good = member(&network, &draw, 1);
    let training: Training = Schedule {
        epochs: 5,
        batch: EXAMPLES,
        learning_rate: 0.01,
    }
    .into();
    let Variables::Weights(mut weights) = good.variables.clone() else {
        unreachable!()
    };
    weights[0][0] = f32::NAN;
    let diverged = Member {
        variables: Variables::Weights(weights),
        ..good.clone()
    };
    let few = Member {
        labels: &good.labels[1..],
        ..good.clone()
    };
    let label: &[u32] = &[2; EXAMPLES];
    let label = Member {
        labels: label,
        ..good.clone()
    };
    let shape = Member {
        variables: Variables::Weights(vec![vec![0.0; 3]]),
        ..good.clone()
    };
    let results =
        train_stacked(&network, vec![diverged, good, few, label, shape], &training).unwrap();
    assert!(matches!(results[0], Err(StackedError::Diverged(_))));
    assert!(results[1].is_ok());
    assert!(matches!(results[2], Err(StackedError::Examples(_))));
    assert!(matches!(results[3], Err(StackedError::Examples(_))));
    assert!(matches!(results[4], Err(StackedError::Variables(_))));

    let images = Architecture::parse(
        "conv:2:3 dense:2",
        ImageSize {
            channels: 1,
            height: 4,
            width: 3,
        },
    )
    .unwrap();
    let error = train_stacked(&Network::new(images), Vec::new(), &training).unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("layer 1 (conv:2:3) cannot be stacked"),
        "{error}"
    );
    let moved = Training {
        augmentation: Augmentation {
            shift: 1,
            flip: false,
        },
        ..training
    };
    assert!(matches!(
        train_stacked(&network, Vec::new(), &moved),
        Err(StackedError::Augmentation)
    ));
}
