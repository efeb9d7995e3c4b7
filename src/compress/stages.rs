//! Doing what a recipe says: two stages of training, then polishing.

use std::ops::Range;
use std::path::Path;
use std::time::Duration;

use super::checkpoints::Checkpoints;
use super::error::CompressError;
use super::polish::polish;
use super::pretrained::Pretrained;
use super::progress::Progress;
use super::pruning::PrunedWeights;
use super::quantisation::QuantisedWeights;
use super::recipe::Recipe;
use super::stream_name::stream_name;
use crate::bounds::FailureProbability;
use crate::code::{Model, Structure};
use crate::data::LabelledImages;
use crate::network::shortened;
use crate::random::stream;
use crate::storage::pace::Pace;
use crate::train::{
    Epoch, GraphNetwork, Network, Parameters, RunningMoments, Trainable, Trainer, Training,
    TrainingSet,
};

/// Within an epoch the state is kept no more often than this.
const RARELY: Duration = Duration::from_secs(60);

/// Trains and compresses a network on `data`, and polishes it for a bound that fails with at most
/// the probability `delta`: a pure function of its arguments.
///
/// `training_set` holds the same images and labels as candle tensors.
///
/// # Errors
/// If training diverges, candle fails, or the result cannot be coded; if the recipe is for a graph,
/// which is only trained further.
pub fn compress(
    recipe: &Recipe,
    data: &LabelledImages,
    training_set: &TrainingSet,
    delta: FailureProbability,
    seed: u64,
    mut report: impl FnMut(Progress),
) -> Result<Model, CompressError> {
    let model = compress_unpolished(recipe, training_set, seed, &mut report)?;
    let sweeps = recipe.settings().sweeps;
    let model = polish(&model, data, delta, sweeps, |bound| {
        report(Progress::Polish(bound));
    })?;
    Ok(shortened(model, data))
}

/// The same without polishing and simplifying, for which the examples must be images.
///
/// # Errors
/// As [`compress`].
pub fn compress_unpolished(
    recipe: &Recipe,
    training_set: &TrainingSet,
    seed: u64,
    report: impl FnMut(Progress),
) -> Result<Model, CompressError> {
    let settings = recipe.settings();
    let Structure::Chain(layers) = &settings.architecture else {
        return Err(CompressError::NoInitialWeights);
    };
    let network = Network::new(layers.clone());
    let random = stream(seed, &stream_name(settings), 0, "initial weights");
    let pruned = PrunedWeights::new(&network, settings.pruning, random, training_set.device())?;
    let stages = Stages {
        recipe,
        network: &network,
        training_set,
        seed,
        checkpoints: None,
    };
    stages.run(pruned, report)
}

/// Trains tensors of numbers from these initial ones, by a recipe whose architecture says only how
/// its random streams are named: a pure function of its arguments.
///
/// # Errors
/// As [`compress`].
pub(crate) fn compress_from(
    network: &dyn Trainable,
    recipe: &Recipe,
    initial: Vec<Vec<f32>>,
    training_set: &TrainingSet,
    seed: u64,
    report: impl FnMut(Progress),
) -> Result<Model, CompressError> {
    let start = Pretrained {
        units: vec![1.0; initial.len()],
        weights: initial,
        moments: RunningMoments::default(),
    };
    let stages = Stages {
        recipe,
        network,
        training_set,
        seed,
        checkpoints: None,
    };
    stages.run_from(start, report)
}

/// Goes on training a network by a recipe, whose architecture is the network's: while pruning, then
/// with a codebook.
///
/// A pure function of its arguments but for `checkpoints`, from which an interrupted one goes on,
/// bit for bit.
///
/// # Errors
/// If training diverges, candle fails, a checkpoint cannot be used, or the result cannot be coded.
pub fn compress_pretrained(
    recipe: &Recipe,
    pretrained: Pretrained,
    training_set: &TrainingSet,
    seed: u64,
    checkpoints: &Checkpoints,
    report: impl FnMut(Progress),
) -> Result<Model, CompressError> {
    let settings = recipe.settings();
    let network: Box<dyn Trainable> = match &settings.architecture {
        Structure::Chain(layers) => Box::new(Network::new(layers.clone())),
        Structure::Graph(graph) => Box::new(GraphNetwork::new(graph.clone())),
    };
    let stages = Stages {
        recipe,
        network: &*network,
        training_set,
        seed,
        checkpoints: Some(checkpoints),
    };
    stages.run_from(pretrained, report)
}

/// The two stages of a recipe.
struct Stages<'a> {
    recipe: &'a Recipe,
    network: &'a dyn Trainable,
    training_set: &'a TrainingSet<'a>,
    seed: u64,
    checkpoints: Option<&'a Checkpoints>,
}

/// One of them.
struct Stage<'a> {
    training: Training,
    /// What its random numbers are for.
    purpose: &'a str,
    checkpoint: Option<&'a Path>,
    /// Which part of all epochs it has.
    part: Range<f64>,
    /// What is reported after an epoch.
    epoch: fn(Epoch) -> Progress,
}

impl Stages<'_> {
    /// Trains by both stages, from weights that are there.
    fn run_from(
        &self,
        start: Pretrained,
        report: impl FnMut(Progress),
    ) -> Result<Model, CompressError> {
        let pruning = self.recipe.settings().pruning;
        let device = self.training_set.device();
        let pruned = PrunedWeights::from(self.network, start, pruning, device)?;
        self.run(pruned, report)
    }

    /// Trains while pruning, then with a codebook.
    fn run(
        &self,
        mut pruned: PrunedWeights,
        mut report: impl FnMut(Progress),
    ) -> Result<Model, CompressError> {
        let settings = self.recipe.settings();
        let [first, second] = [settings.first.epochs, settings.second.epochs];
        let middle = first as f64 / (first + second).max(1) as f64;
        let stage = Stage {
            training: Training {
                examples: settings.examples,
                ..settings.first.into()
            },
            purpose: "batches while pruning",
            checkpoint: self.checkpoints.map(|checkpoints| &*checkpoints.pruning),
            part: 0.0..middle,
            epoch: Progress::Pruning,
        };
        self.train(&mut pruned, stage, &mut report)?;
        let mut quantised = QuantisedWeights::new(
            self.network,
            pruned.values()?,
            settings.quantisation,
            self.training_set.len(),
            self.training_set.device(),
        )?;
        let stage = Stage {
            training: Training {
                bounded: settings.bounded,
                examples: settings.examples,
                ..settings.second.into()
            },
            purpose: "batches with codewords",
            checkpoint: self.checkpoints.map(|checkpoints| &*checkpoints.codebook),
            part: middle..1.0,
            epoch: Progress::Codebook,
        };
        self.train(&mut quantised, stage, &mut report)?;
        quantised.model(self.network)
    }

    fn train(
        &self,
        parameters: &mut dyn Parameters,
        stage: Stage,
        report: &mut impl FnMut(Progress),
    ) -> Result<(), CompressError> {
        let Stage {
            training,
            purpose,
            checkpoint,
            part,
            epoch,
        } = stage;
        let order = stream(self.seed, &stream_name(self.recipe.settings()), 0, purpose);
        let mut trainer = Trainer::new(
            self.network,
            &*parameters,
            self.training_set,
            training,
            order,
        )?;
        if let Some(path) = checkpoint.filter(|path| path.exists()) {
            trainer.resume(parameters, path)?;
        }
        let mut pace = Pace::after(RARELY);
        while !trainer.is_done() {
            let found = trainer.step(parameters)?;
            let done = trainer.done();
            report(Progress::Step(part.start + done * (part.end - part.start)));
            if let Some(path) = checkpoint.filter(|_| found.is_some() || pace.is_due()) {
                pace.write(|| trainer.save(parameters, path))?;
            }
            if let Some(found) = found {
                report(epoch(found));
            }
        }
        Ok(())
    }
}
