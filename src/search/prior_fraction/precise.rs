//! Networks in single precision, for which nothing is paid: a part of the examples makes them.

use std::path::Path;

use candle_core::Device;

use super::event::PriorEvent;
use crate::code::{Architecture, Base, CodedTensor, Model};
use crate::compress::Progress;
use crate::data::LabelledImages;
use crate::network::TrainedNetwork;
use crate::random::stream;
use crate::search::error::SearchError;
use crate::search::settings::Settings;
use crate::search::transfer::{Moves, Reading, Transfer};
use crate::train::{
    Augmentation, FreeWeights, Method, Network, Schedule, TrainError, Trainer, Training,
    TrainingSet,
};

/// Of its random streams.
const EXPERIMENT: &str = "certify --prior-fraction";

/// How a whole network is trained; images in colour are taken for photographs, which may be
/// mirrored.
fn of_network(channels: usize) -> Training {
    Training {
        augmentation: Augmentation {
            shift: 2,
            flip: channels == 3,
        },
        method: adam(0.01),
        ..schedule(16, 0.004)
    }
}

/// How a head is trained on fixed features: not for long, which would fit the first part too
/// closely. Its weights are multiplied by a gain; steps and decay are those of the products.
fn of_head(gain: f64) -> Training {
    Training {
        method: adam(0.3 * gain),
        ..schedule(10, 0.002 / gain)
    }
}

fn adam(weight_decay: f64) -> Method {
    Method::Adam {
        betas: [0.9, 0.999],
        epsilon: 1e-8,
        weight_decay,
    }
}

fn schedule(epochs: usize, learning_rate: f64) -> Training {
    let schedule = Schedule {
        epochs,
        batch: 64,
        learning_rate,
    };
    schedule.into()
}

/// A network of these layers, trained on images.
pub(super) fn precise_network(
    layers: &Architecture,
    images: &LabelledImages,
    seed: u64,
    report: &mut dyn FnMut(Progress),
) -> Result<TrainedNetwork, SearchError> {
    let training_set = TrainingSet::new(images, &Device::Cpu)?;
    let training = of_network(layers.input().channels);
    trained(layers, &training_set, training, seed, report)
}

/// A network that is a base and a dense layer on it, trained on images alone.
pub(super) fn precise_head(
    base: &Base,
    reading: &Reading,
    images: &LabelledImages,
    settings: &Settings,
    folder: &Path,
    report: &mut dyn FnMut(PriorEvent),
) -> Result<Model, SearchError> {
    let transfer = Transfer::new(base, reading, images, settings, Moves::None);
    let training_set = transfer.head_set(folder, &mut |event| {
        report(PriorEvent::Transfer(event));
    })?;
    transfer.forget(folder)?;
    let layers = format!("dense:{}", images.classes());
    let layers = Architecture::parse(&layers, reading.features_size())?;
    let gain = Network::new(layers.clone()).gains().first().copied();
    let head = trained(
        &layers,
        &training_set,
        of_head(gain.unwrap_or(1.0)),
        settings.seed,
        &mut |progress| {
            report(PriorEvent::Progress(progress));
        },
    )?;
    let spliced = reading.spliced(base, images.classes())?;
    let kept = base.weights().iter().take(spliced.base_tensors().len());
    let weights = kept.map(|weights| weights.to_vec());
    let tensors = weights.chain(head.weights().iter().cloned());
    let tensors = tensors.map(CodedTensor::raw).collect();
    Ok(Model::new(spliced.graph().clone(), Vec::new(), tensors)?)
}

fn trained(
    layers: &Architecture,
    training_set: &TrainingSet,
    training: Training,
    seed: u64,
    report: &mut dyn FnMut(Progress),
) -> Result<TrainedNetwork, SearchError> {
    let network = Network::new(layers.clone());
    let initial = stream(seed, EXPERIMENT, 0, "initial weights");
    let mut weights =
        FreeWeights::new(&network, initial, &Device::Cpu).map_err(TrainError::from)?;
    let order = stream(seed, EXPERIMENT, 0, "batches");
    let mut trainer = Trainer::new(&network, &weights, training_set, training, order)?;
    while !trainer.is_done() {
        let epoch = trainer.step(&mut weights)?;
        report(Progress::Step(trainer.done()));
        if let Some(epoch) = epoch {
            report(Progress::Pruning(epoch));
        }
    }
    let values = weights.values().map_err(TrainError::from)?;
    let gained = values.into_iter().zip(network.gains());
    let gained = gained.map(|(values, gain)| {
        let weight = |value: f32| (f64::from(value) * gain) as f32;
        values.into_iter().map(weight).collect()
    });
    Ok(TrainedNetwork::new(layers.clone(), gained.collect())?)
}
