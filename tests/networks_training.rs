//! Training: the steps of optimisers, what is changed at random, and going on from a checkpoint.
#![cfg(feature = "train")]
#![allow(clippy::unwrap_used)]

use candle_core::{Device, Tensor, Var};
use nonvacuous::code::Architecture;
use nonvacuous::compress::{PrunedWeights, Pruning, PruningMethod};
use nonvacuous::data::{digits, LabelledImages};
use nonvacuous::random::stream;
use nonvacuous::train::{
    train, Augmentation, Course, FreeWeights, Method, Network, Optimiser, Parameters, Schedule,
    TrainError, Trainer, Training, TrainingSet,
};

const HALF: Pruning = Pruning {
    method: PruningMethod::Magnitude,
    sparsity: 0.5,
    width: 1.0,
};

fn some_digits() -> LabelledImages {
    digits().unwrap().train.slice(0..320).unwrap()
}

fn network(layers: &str) -> Network {
    Network::new(Architecture::parse(layers, some_digits().shape()).unwrap())
}

/// Three steps on `w^2 / 2 + 3 v`.
fn steps(method: Method) -> Vec<f32> {
    let matrix = Var::new(&[[2.0f32]], &Device::Cpu).unwrap();
    let bias = Var::new(&[1.0f32], &Device::Cpu).unwrap();
    let mut optimiser = Optimiser::new(method, vec![matrix.clone(), bias.clone()]);
    for _ in 0..3 {
        let loss = (matrix.sqr().unwrap().sum_all().unwrap() * 0.5).unwrap()
            + (bias.sum_all().unwrap() * 3.0).unwrap();
        optimiser
            .step(&loss.unwrap().backward().unwrap(), 0.1)
            .unwrap();
    }
    [matrix, bias]
        .iter()
        .map(|variable| variable.sum_all().unwrap().to_scalar().unwrap())
        .collect()
}

#[test]
fn optimisers_take_the_steps_of_their_definition() {
    // By hand: velocities 2, 3.6, 4.7 for w; 3, 5.7, 8.13 for v.
    let [w, v] = steps(Method::Sgd {
        momentum: 0.9,
        weight_decay: 0.0,
    })[..] else {
        unreachable!()
    };
    let mut expected = (2.0, 0.0);
    for _ in 0..3 {
        expected.1 = 0.9 * expected.1 + expected.0;
        expected.0 -= 0.1 * expected.1;
    }
    assert!(
        (f64::from(w) - expected.0).abs() < 1e-6
            && (f64::from(v) - (1.0 - 0.1 * (3.0 + 5.7 + 8.13))).abs() < 1e-6
    );

    // A constant gradient moves Adam by the rate, whatever its size; a bias does not decay.
    let [w, v] = steps(Method::Adam {
        betas: [0.9, 0.999],
        epsilon: 1e-8,
        weight_decay: 0.5,
    })[..] else {
        unreachable!()
    };
    let (mut value, mut first, mut second) = (2.0f64, 0.0, 0.0);
    for step in 1..=3 {
        let gradient = value;
        first = 0.9 * first + 0.1 * gradient;
        second = 0.999 * second + 0.001 * gradient * gradient;
        let (m, v) = (
            first / (1.0 - 0.9f64.powi(step)),
            second / (1.0 - 0.999f64.powi(step)),
        );
        value -= 0.1 * (0.5 * value + m / (v.sqrt() + 1e-8));
    }
    assert!((f64::from(w) - value).abs() < 1e-6, "{w} {value}");
    assert!((v - 0.7).abs() < 1e-6, "{v}");
}

#[test]
fn the_momentum_of_gradient_descent_is_that_of_its_state() {
    let variable = Var::new(&[1.0f32], &Device::Cpu).unwrap();
    let mut optimiser = Optimiser::new(Method::SGD, vec![variable.clone()]);
    optimiser
        .step(&variable.sum_all().unwrap().backward().unwrap(), 0.5)
        .unwrap();
    assert_eq!(
        (
            optimiser.state().steps,
            &optimiser.state().slots[0].first[..]
        ),
        (1, &[1.0f32][..])
    );
    let other = Optimiser::new(Method::ADAM, vec![variable]);
    assert!(optimiser.restore(other.state().clone()).is_err());
}

#[test]
fn augmentation_moves_and_mirrors_but_invents_no_pixels() {
    let image: Vec<f32> = (1..=12).map(|value| value as f32).collect();
    let images = Tensor::from_vec(image.repeat(200), (200, 1, 3, 4), &Device::Cpu).unwrap();
    let random = || stream(1, "test", 0, "augmentation");
    let changed = Augmentation {
        shift: 1,
        flip: true,
    }
    .apply(&images, &mut random())
    .unwrap();
    let again = Augmentation {
        shift: 1,
        flip: true,
    }
    .apply(&images, &mut random())
    .unwrap();
    let rows: Vec<Vec<f32>> = changed.flatten_from(1).unwrap().to_vec2().unwrap();
    assert_eq!(
        rows,
        again.flatten_from(1).unwrap().to_vec2::<f32>().unwrap()
    );
    let mut kinds = rows.clone();
    kinds.sort_by(|first, second| first.partial_cmp(second).unwrap());
    kinds.dedup();
    // Nine places, mirrored or not.
    assert_eq!(kinds.len(), 18);
    assert!(kinds.contains(&image));
    let mirrored_and_moved_down = [0.0, 0.0, 0.0, 0.0, 4.0, 3.0, 2.0, 1.0, 8.0, 7.0, 6.0, 5.0];
    assert!(kinds.iter().any(|kind| kind[..] == mirrored_and_moved_down));
    let same = Augmentation::NONE.apply(&images, &mut random()).unwrap();
    assert_eq!(
        same.flatten_all().unwrap().to_vec1::<f32>().unwrap(),
        image.repeat(200)
    );
}

#[test]
fn a_training_that_diverges_says_so_at_once() {
    let data = TrainingSet::new(&some_digits(), &Device::Cpu).unwrap();
    let network = network("dense:16:b relu dense:10:b");
    let mut weights =
        FreeWeights::new(&network, stream(1, "test", 0, "weights"), &Device::Cpu).unwrap();
    let schedule = Schedule {
        epochs: 50,
        batch: 32,
        learning_rate: 1e30,
    };
    let error = train(
        &network,
        &mut weights,
        &data,
        schedule,
        stream(1, "test", 0, "order"),
        |_| {},
    )
    .unwrap_err();
    assert!(matches!(error, TrainError::Diverged { .. }), "{error}");
    assert!(
        error.to_string().contains("a smaller learning rate than"),
        "{error}"
    );
}

#[test]
fn every_method_and_course_lowers_the_loss() {
    let data = TrainingSet::new(&some_digits(), &Device::Cpu).unwrap();
    let network = network("dense:16:b relu dense:10:b");
    let courses = [
        Course::Constant,
        Course::Cosine { warm_up: 0.2 },
        Course::OneCycle { warm_up: 0.3 },
        Course::Steps {
            at: vec![0.5, 0.8],
            factor: 0.1,
        },
    ];
    for (method, learning_rate) in [(Method::ADAM, 0.01), (Method::SGD, 0.1)] {
        for course in &courses {
            let training = Training {
                method,
                course: course.clone(),
                smoothing: 0.05,
                ..Schedule {
                    epochs: 12,
                    batch: 32,
                    learning_rate,
                }
                .into()
            };
            let mut weights =
                FreeWeights::new(&network, stream(1, "test", 0, "weights"), &Device::Cpu).unwrap();
            let mut errors = Vec::new();
            let order = stream(1, "test", 0, "order");
            train(&network, &mut weights, &data, training, order, |epoch| {
                errors.push(epoch.error)
            })
            .unwrap();
            assert!(
                errors[11] < 0.1 && errors[11] < errors[0],
                "{method:?} {course:?}: {errors:?}"
            );
        }
    }
}

/// The variables after six epochs, interrupted after `stop` of them.
fn interrupted<P: Parameters>(
    network: &Network,
    new: impl Fn() -> P,
    method: Method,
    stop: usize,
) -> Vec<Vec<f32>> {
    let data = TrainingSet::new(&some_digits(), &Device::Cpu).unwrap();
    let training = Training {
        method,
        augmentation: Augmentation {
            shift: 1,
            flip: false,
        },
        ..Schedule {
            epochs: 6,
            batch: 64,
            learning_rate: 0.01,
        }
        .into()
    };
    let order = || stream(1, "test", 0, "order");
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("checkpoint.safetensors");
    let mut parameters = new();
    let mut trainer = Trainer::new(network, &parameters, &data, training.clone(), order()).unwrap();
    // Two batches more, so that an epoch has begun.
    for _ in 0..stop {
        trainer.epoch(&mut parameters).unwrap();
        trainer.step(&mut parameters).unwrap();
        trainer.step(&mut parameters).unwrap();
    }
    trainer.save(&parameters, &file).unwrap();
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);

    let mut parameters = new();
    let mut trainer = Trainer::new(network, &parameters, &data, training, order()).unwrap();
    trainer.resume(&mut parameters, &file).unwrap();
    assert_eq!(trainer.epochs(), stop);
    while !trainer.is_done() {
        trainer.epoch(&mut parameters).unwrap();
    }
    parameters
        .weights()
        .unwrap()
        .iter()
        .map(|weights| weights.flatten_all().unwrap().to_vec1().unwrap())
        .collect()
}

#[test]
fn a_training_that_was_interrupted_ends_in_the_same_bits() {
    let network = network("conv:4:3 relu max:2 norm dense:10");
    for method in [Method::ADAM, Method::SGD] {
        let free =
            || FreeWeights::new(&network, stream(1, "test", 0, "weights"), &Device::Cpu).unwrap();
        assert_eq!(
            interrupted(&network, free, method, 0),
            interrupted(&network, free, method, 4)
        );
    }
    let pruned = || {
        PrunedWeights::new(
            &network,
            HALF,
            stream(1, "test", 0, "weights"),
            &Device::Cpu,
        )
        .unwrap()
    };
    let straight = interrupted(&network, pruned, Method::ADAM, 0);
    assert!(
        straight
            .iter()
            .flatten()
            .filter(|&&weight| weight == 0.0)
            .count()
            > 50
    );
    assert_eq!(straight, interrupted(&network, pruned, Method::ADAM, 4));
}

#[test]
fn a_checkpoint_of_another_training_is_refused() {
    let data = TrainingSet::new(&some_digits(), &Device::Cpu).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("checkpoint.safetensors");
    let schedule = Schedule {
        epochs: 2,
        batch: 64,
        learning_rate: 0.01,
    };
    let order = || stream(1, "test", 0, "order");
    let one = network("dense:10");
    let weights = FreeWeights::new(&one, order(), &Device::Cpu).unwrap();
    Trainer::new(&one, &weights, &data, schedule, order())
        .unwrap()
        .save(&weights, &file)
        .unwrap();
    let other = network("dense:5 relu dense:10");
    let mut weights = FreeWeights::new(&other, order(), &Device::Cpu).unwrap();
    let mut trainer = Trainer::new(&other, &weights, &data, schedule, order()).unwrap();
    let error = trainer.resume(&mut weights, &file).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("not a checkpoint of this training"),
        "{error}"
    );
    std::fs::write(&file, b"no tensors").unwrap();
    assert!(trainer.resume(&mut weights, &file).is_err());
    assert!(trainer
        .resume(&mut weights, &folder.path().join("missing"))
        .is_err());
}
