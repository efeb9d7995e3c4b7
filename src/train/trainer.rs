//! The training loop: shuffled batches, from one seeded stream.

use candle_core::{DType, Tensor, Var, D};
use candle_nn::ops::log_softmax;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use super::augmentation::Augmentation;
use super::error::TrainError;
use super::operators;
use super::optimiser::Optimiser;
use super::parameters::Parameters;
use super::schedule::Training;
use super::shards::{found_in_shards, misclassified, Found, Loss};
use super::trainable::Trainable;
use super::training_set::TrainingSet;
use crate::spread::spread;

/// What is reported after each epoch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Epoch {
    /// Counted from 1.
    pub number: usize,
    /// Of how many.
    pub of: usize,
    /// Mean cross-entropy over the epoch's batches, in nats.
    pub loss: f64,
    /// Fraction of the epoch's images that were misclassified while training.
    pub error: f64,
}

/// Minimises the cross-entropy of `network` over `parameters`.
///
/// The logits are multiplied by a trained temperature: it changes no decision, so it is not part of
/// the network, but lets the loss of a network with few weight values be as small as its decisions
/// deserve.
///
/// # Errors
/// If the loss is no longer a number, or candle fails.
pub fn train(
    network: &dyn Trainable,
    parameters: &mut dyn Parameters,
    data: &TrainingSet,
    training: impl Into<Training>,
    order: ChaCha8Rng,
    mut report: impl FnMut(Epoch),
) -> Result<(), TrainError> {
    let mut trainer = Trainer::new(network, &*parameters, data, training, order)?;
    while !trainer.is_done() {
        report(trainer.epoch(parameters)?);
    }
    Ok(())
}

/// A training that is stopped after each epoch, and can be left there and taken up again.
#[derive(Debug)]
pub struct Trainer<'a> {
    network: &'a dyn Trainable,
    data: &'a TrainingSet<'a>,
    /// What the network's first layers, those without weights, make of all images; not kept if
    /// images change each time or are not in memory.
    fixed_features: Option<TrainingSet<'a>>,
    training: Training,
    pub(super) optimiser: Optimiser,
    pub(super) log_temperature: Var,
    order: ChaCha8Rng,
    indices: Vec<u32>,
    epochs: usize,
}

impl<'a> Trainer<'a> {
    /// Before the first epoch.
    ///
    /// # Errors
    /// If candle fails.
    pub fn new(
        network: &'a dyn Trainable,
        parameters: &dyn Parameters,
        data: &'a TrainingSet<'a>,
        training: impl Into<Training>,
        order: ChaCha8Rng,
    ) -> Result<Self, TrainError> {
        let training = training.into();
        let log_temperature = Var::from_tensor(&Tensor::zeros((), DType::F32, data.device())?)?;
        let mut variables = parameters.variables();
        variables.push(log_temperature.clone());
        let optimiser = Optimiser::new(training.method, variables);
        let count = training.examples.unwrap_or(data.len());
        let indices = spread(data.len(), count);
        let indices = indices.map(|index| index as u32).collect();
        let is_fixed = training.augmentation == Augmentation::NONE;
        let fixed_features = if is_fixed {
            data.fixed_features(network)?
        } else {
            None
        };
        Ok(Self {
            network,
            data,
            fixed_features,
            training,
            optimiser,
            log_temperature,
            order,
            indices,
            epochs: 0,
        })
    }

    /// Whether all epochs are over.
    pub fn is_done(&self) -> bool {
        self.epochs >= self.training.epochs
    }

    /// Epochs that are over.
    pub fn epochs(&self) -> usize {
        self.epochs
    }

    /// Trains for one more epoch.
    ///
    /// # Errors
    /// If the loss is no longer a number, or candle fails.
    pub fn epoch(&mut self, parameters: &mut dyn Parameters) -> Result<Epoch, TrainError> {
        self.epoch_in_steps(parameters, |_| {})
    }

    /// The same; after each step `report` is told which fraction of the whole training is done.
    ///
    /// # Errors
    /// As [`Trainer::epoch`].
    pub fn epoch_in_steps(
        &mut self,
        parameters: &mut dyn Parameters,
        mut report: impl FnMut(f64),
    ) -> Result<Epoch, TrainError> {
        let Training {
            epochs,
            learning_rate,
            smoothing,
            bounded,
            ..
        } = self.training;
        let batch = self.training.batch.clamp(1, self.indices.len().max(1));
        let batches = self.indices.len() / batch;
        let steps = (epochs * batches) as f64;
        let mut step = self.epochs * batches;
        self.shuffle();
        // Another stream of the same key for each epoch, so that nothing depends on what was drawn
        // before.
        let mut random = self.order.clone();
        random.set_stream(self.epochs as u64);
        random.set_word_pos(0);

        let (mut loss_sum, mut wrong, mut seen, mut taken) = (0.0, 0, 0, 0);
        // A last, smaller batch would only add noise; shuffling makes up for what it leaves out.
        for chunk in self.indices.chunks_exact(batch) {
            step += 1;
            let (features, labels) = self.features(chunk, &mut random)?;
            if labels.is_empty() {
                continue;
            }
            let loss = |logits: &Tensor, labels: &[u32]| {
                if bounded > 0.0 {
                    bounded_loss(logits, labels, bounded)
                } else {
                    cross_entropy(logits, labels, smoothing)
                }
            };
            let found = if self.network.shards() > 1 {
                let batch = (&features, &labels[..]);
                let temperature = &self.log_temperature;
                found_in_shards(self.network, &*parameters, temperature, batch, &loss)?
            } else {
                self.found(parameters, (&features, &labels), &loss)?
            };
            let gradients = found.gradients;
            self.optimiser
                .step(&gradients, self.training.rate((step - 1) as f64 / steps))?;
            parameters.after_step(step as f64 / steps)?;
            report(step as f64 / steps);

            (seen, taken) = (seen + labels.len(), taken + 1);
            loss_sum += found.loss;
            wrong += found.wrong;
            if !loss_sum.is_finite() {
                let loss = loss_sum;
                return Err(TrainError::Diverged {
                    epoch: self.epochs + 1,
                    loss,
                    learning_rate,
                });
            }
        }
        self.epochs += 1;
        let (loss, error) = (
            loss_sum / f64::from(taken.max(1)),
            wrong as f64 / seen.max(1) as f64,
        );
        Ok(Epoch {
            number: self.epochs,
            of: epochs,
            loss,
            error,
        })
    }

    /// The loss of a batch and its gradients.
    fn found(
        &self,
        parameters: &mut dyn Parameters,
        (features, labels): (&Tensor, &[u32]),
        loss: &Loss,
    ) -> Result<Found, TrainError> {
        let weights = parameters.weights()?;
        let moments = parameters.moments();
        let logits = self
            .network
            .forward_in_training(&weights, features, moments)?;
        let logits = logits.broadcast_mul(&self.log_temperature.exp()?)?;
        let loss = loss(&logits, labels)?;
        let gradients = match parameters.penalty()? {
            Some(penalty) => (&loss + penalty)?.backward()?,
            None => loss.backward()?,
        };
        Ok(Found {
            loss: f64::from(loss.to_scalar::<f32>()?),
            wrong: misclassified(&logits, labels)?,
            gradients,
        })
    }

    /// What the network's fixed layers make of a batch, and its labels.
    fn features(
        &self,
        indices: &[u32],
        random: &mut ChaCha8Rng,
    ) -> Result<(Tensor, Vec<u32>), TrainError> {
        if let Some(features) = &self.fixed_features {
            return Ok(features.batch(indices)?);
        }
        let (images, labels) = self.data.batch(indices)?;
        let images = self.training.augmentation.apply(&images, random)?;
        let features = self.network.features_without_weights(&images)?;
        Ok((features.unwrap_or(images), labels))
    }

    fn shuffle(&mut self) {
        self.indices.shuffle(&mut self.order);
    }

    /// Goes to the end of an epoch as far as the order of examples is concerned.
    pub(super) fn skip_to(&mut self, epochs: usize) {
        while self.epochs < epochs {
            self.shuffle();
            self.epochs += 1;
        }
    }
}

/// [`operators::cross_entropy`], on any device.
fn cross_entropy(logits: &Tensor, labels: &[u32], smoothing: f64) -> candle_core::Result<Tensor> {
    if operators::is_supported(logits) {
        return operators::cross_entropy(logits, labels, smoothing);
    }
    let logarithms = log_softmax(logits, D::Minus1)?;
    let labels = Tensor::from_slice(labels, (labels.len(), 1), logits.device())?;
    let hit = logarithms.gather(&labels, D::Minus1)?.mean_all()?;
    (hit * (smoothing - 1.0))? - (logarithms.mean_all()? * smoothing)?
}

/// The mean of `(1 - p^q)/q`, with `p` the probability of the true class (Zhang and Sabuncu 2018).
fn bounded_loss(logits: &Tensor, labels: &[u32], exponent: f64) -> candle_core::Result<Tensor> {
    let labels = Tensor::from_slice(labels, (labels.len(), 1), logits.device())?;
    let hit = log_softmax(logits, D::Minus1)?.gather(&labels, D::Minus1)?;
    ((hit * exponent)?.exp()?.neg()? + 1.0)?.mean_all()? / exponent
}
