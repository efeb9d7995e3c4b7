//! From a pretrained network and examples to a model, in the two stages of a recipe.

use std::ops::Range;
use std::path::{Path, PathBuf};

use super::pretrained::Pretrained;
use super::pruning::PrunedWeights;
use super::quantisation::QuantisedWeights;
use super::recipe::{CompressError, Progress, Recipe};
use crate::code::Model;
use crate::digest::sha256;
use crate::random::stream;
use crate::train::{Epoch, Network, Parameters, Trainer, Training, TrainingSet};

/// Goes on training a network by a recipe, whose architecture is the network's: while pruning, then
/// with a codebook.
///
/// A pure function of its arguments but for `checkpoints`, from which an interrupted one goes on,
/// bit for bit.
///
/// # Errors
/// If training diverges, candle fails, a checkpoint cannot be used, or the result cannot be coded.
pub fn tune(
    recipe: &Recipe,
    pretrained: Pretrained,
    training_set: &TrainingSet,
    seed: u64,
    checkpoints: &Checkpoints,
    report: impl FnMut(Progress),
) -> Result<Model, CompressError> {
    let network = Network::new(recipe.architecture.clone());
    let pruned = PrunedWeights::from(&network, pretrained, recipe.pruning, training_set.device())?;
    Stages {
        recipe,
        network: &network,
        training_set,
        seed,
        checkpoints: Some(checkpoints),
    }
    .run(pruned, report)
}

/// Where the state after each epoch is kept, in two files that are named after everything that it
/// depends on.
#[derive(Debug)]
pub struct Checkpoints {
    pruning: PathBuf,
    codebook: PathBuf,
}

impl Checkpoints {
    /// In a folder, for a tuning that is known by this text.
    pub fn new(folder: &Path, key: &str) -> Self {
        let key = sha256(key.as_bytes());
        let path = |stage: &str| {
            folder.join(format!(
                "{stage}-{}.safetensors",
                key.get(..16).unwrap_or(&key)
            ))
        };
        Self {
            pruning: path("pruning"),
            codebook: path("codebook"),
        }
    }

    /// Removes them: of a finished tuning they are of no use.
    ///
    /// # Errors
    /// If a file cannot be removed.
    pub fn remove(&self) -> std::io::Result<()> {
        [&self.pruning, &self.codebook]
            .into_iter()
            .filter(|path| path.exists())
            .try_for_each(std::fs::remove_file)
    }
}

/// The two stages of a recipe.
pub(super) struct Stages<'a> {
    pub(super) recipe: &'a Recipe,
    pub(super) network: &'a Network,
    pub(super) training_set: &'a TrainingSet<'a>,
    pub(super) seed: u64,
    pub(super) checkpoints: Option<&'a Checkpoints>,
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
    /// Trains while pruning, then with a codebook.
    pub(super) fn run(
        &self,
        mut pruned: PrunedWeights,
        mut report: impl FnMut(Progress),
    ) -> Result<Model, CompressError> {
        let Self {
            recipe,
            network,
            training_set,
            checkpoints,
            ..
        } = *self;
        let [first, second] = [recipe.first.epochs, recipe.second.epochs];
        let middle = first as f64 / (first + second).max(1) as f64;
        let stage = Stage {
            training: recipe.first.into(),
            purpose: "batches while pruning",
            checkpoint: checkpoints.map(|checkpoints| &*checkpoints.pruning),
            part: 0.0..middle,
            epoch: Progress::Pruning,
        };
        self.train(&mut pruned, stage, &mut report)?;
        let (values, device) = (pruned.values()?, training_set.device());
        let mut quantised = QuantisedWeights::new(
            network,
            values,
            recipe.quantisation,
            training_set.len(),
            device,
        )?;
        let stage = Stage {
            training: Training {
                bounded: recipe.bounded,
                ..recipe.second.into()
            },
            purpose: "batches with codewords",
            checkpoint: checkpoints.map(|checkpoints| &*checkpoints.codebook),
            part: middle..1.0,
            epoch: Progress::Codebook,
        };
        self.train(&mut quantised, stage, &mut report)?;
        quantised.model(network)
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
        let order = stream(self.seed, &self.recipe.to_string(), 0, purpose);
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
        while !trainer.is_done() {
            let step =
                |done: f64| report(Progress::Step(part.start + done * (part.end - part.start)));
            let found = trainer.epoch_in_steps(parameters, step)?;
            if let Some(path) = checkpoint {
                trainer.save(parameters, path)?;
            }
            report(epoch(found));
        }
        Ok(())
    }
}
