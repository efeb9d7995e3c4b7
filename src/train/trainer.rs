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

/// A training that is stopped after each batch, and can be left there and taken up again.
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
    pub(super) begun: Option<Begun>,
}

/// An epoch of which something is left to do.
#[derive(Debug, Clone)]
pub(super) struct Begun {
    /// What changes images.
    pub(super) random: ChaCha8Rng,
    /// Batches that are over.
    pub(super) batches: usize,
    /// Those among them that had examples with labels.
    pub(super) learnt: usize,
    /// Examples in them.
    pub(super) seen: usize,
    /// How many of these were misclassified.
    pub(super) wrong: usize,
    /// Sum of the batches' losses, in nats.
    pub(super) loss: f64,
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
            begun: None,
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

    /// Trains for one more epoch, or to the end of the one that has begun.
    ///
    /// # Errors
    /// If the loss is no longer a number, or candle fails.
    pub fn epoch(&mut self, parameters: &mut dyn Parameters) -> Result<Epoch, TrainError> {
        loop {
            if let Some(epoch) = self.step(parameters)? {
                return Ok(epoch);
            }
        }
    }

    /// Trains on one more batch; if that ends an epoch, it is told what that was like.
    ///
    /// # Errors
    /// As [`Trainer::epoch`].
    pub fn step(&mut self, parameters: &mut dyn Parameters) -> Result<Option<Epoch>, TrainError> {
        let mut begun = self.begun.take().unwrap_or_else(|| self.begin());
        let (batch, batches) = self.batches();
        // A last, smaller batch would only add noise; shuffling makes up for what it leaves out.
        if begun.batches < batches {
            let first = begun.batches * batch;
            let indices = self.indices[first..first + batch].to_vec();
            self.learn(parameters, &indices, &mut begun)?;
            begun.batches += 1;
        }
        if begun.batches < batches {
            self.begun = Some(begun);
            return Ok(None);
        }
        self.epochs += 1;
        Ok(Some(Epoch {
            number: self.epochs,
            of: self.training.epochs,
            loss: begun.loss / begun.learnt.max(1) as f64,
            error: begun.wrong as f64 / begun.seen.max(1) as f64,
        }))
    }

    /// Which fraction of the whole training is done.
    pub fn done(&self) -> f64 {
        let (_, batches) = self.batches();
        let steps = (self.training.epochs * batches).max(1) as f64;
        let begun = self.begun.as_ref().map_or(0, |begun| begun.batches);
        (self.epochs * batches + begun) as f64 / steps
    }

    /// Examples of a batch, and batches of an epoch.
    fn batches(&self) -> (usize, usize) {
        let batch = self.training.batch.clamp(1, self.indices.len().max(1));
        (batch, self.indices.len() / batch)
    }

    /// Another order of the examples, and another stream of the same key, so that nothing depends
    /// on what was drawn before.
    pub(super) fn begin(&mut self) -> Begun {
        self.shuffle();
        let mut random = self.order.clone();
        random.set_stream(self.epochs as u64);
        random.set_word_pos(0);
        Begun {
            random,
            batches: 0,
            learnt: 0,
            seen: 0,
            wrong: 0,
            loss: 0.0,
        }
    }

    /// Takes a step down the gradient of a batch.
    fn learn(
        &mut self,
        parameters: &mut dyn Parameters,
        indices: &[u32],
        begun: &mut Begun,
    ) -> Result<(), TrainError> {
        let Training {
            learning_rate,
            smoothing,
            bounded,
            ..
        } = self.training;
        let (_, batches) = self.batches();
        let steps = (self.training.epochs * batches) as f64;
        let step = self.epochs * batches + begun.batches;
        let (features, labels) = self.features(indices, &mut begun.random)?;
        if labels.is_empty() {
            return Ok(());
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
        let rate = self.training.rate(step as f64 / steps);
        self.optimiser.step(&found.gradients, rate)?;
        parameters.after_step((step + 1) as f64 / steps)?;

        begun.learnt += 1;
        begun.seen += labels.len();
        begun.wrong += found.wrong;
        begun.loss += found.loss;
        if !begun.loss.is_finite() {
            return Err(TrainError::Diverged {
                epoch: self.epochs + 1,
                loss: begun.loss,
                learning_rate,
            });
        }
        Ok(())
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
