//! The training loop: shuffled batches, from one seeded stream.

use candle_core::{DType, Device, Tensor, Var, D};
use candle_nn::ops::log_softmax;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use thiserror::Error;

use super::operators;
use super::{Augmentation, Network, Optimiser, Parameters, Training};
use crate::data::LabelledImages;

/// Why training stopped.
#[derive(Debug, Error)]
pub enum TrainError {
    /// The loss is no longer a number.
    #[error(
        "training diverged in epoch {epoch}: the loss is {loss}; a smaller learning rate than {learning_rate} may help"
    )]
    Diverged {
        /// Epoch, counted from 1.
        epoch: usize,
        /// The last loss.
        loss: f64,
        /// Largest learning rate of the schedule.
        learning_rate: f64,
    },
    /// candle reported an error.
    #[error("candle: {0}")]
    Candle(#[from] candle_core::Error),
}

/// A training set as candle tensors.
#[derive(Debug)]
pub struct TrainingSet {
    images: Tensor,
    labels: Vec<u32>,
}

impl TrainingSet {
    /// Pixels scaled to `[0, 1]`, as the evaluator scales them.
    ///
    /// # Errors
    /// If candle fails.
    pub fn new(data: &LabelledImages, device: &Device) -> Result<Self, TrainError> {
        let size = data.shape();
        let shape = (data.len(), size.channels, size.height, size.width);
        let scale = f64::from(data.levels() - 1);
        let images = Tensor::from_slice(data.images(), shape, device)?;
        let images = (images.to_dtype(DType::F32)? / scale)?;
        Ok(Self { images, labels: data.labels().iter().map(|&label| u32::from(label)).collect() })
    }

    /// Where the tensors are.
    pub fn device(&self) -> &Device {
        self.images.device()
    }

    /// Number of examples; at least one.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are no examples: never, since a data set has some.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// [`Network::fixed_features`] of all images, a few at a time.
    fn fixed_features(&self, network: &Network) -> candle_core::Result<Tensor> {
        const AT_ONCE: usize = 1024;
        if !network.has_fixed_layers() {
            return Ok(self.images.clone());
        }
        let mut parts = Vec::new();
        for start in (0..self.len()).step_by(AT_ONCE) {
            let images = self.images.narrow(0, start, AT_ONCE.min(self.len() - start))?;
            parts.push(network.fixed_features(&images)?);
        }
        Tensor::cat(&parts, 0)
    }
}

/// What is reported after each epoch.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Epoch {
    /// Counted from 1.
    pub number: usize,
    /// Of how many.
    pub of: usize,
    /// Mean cross-entropy over the epoch's batches, in nats.
    pub loss: f64,
    /// Fraction of the epoch's images that were misread while training.
    pub error: f64,
}

/// Minimises the cross-entropy of `network` over `parameters`.
///
/// The logits are multiplied by a trained temperature: it changes no decision, so it is not part of the network, but
/// lets the loss of a network with few weight values be as small as its decisions deserve.
///
/// # Errors
/// If the loss is no longer a number, or candle fails.
pub fn train(
    network: &Network,
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
    network: &'a Network,
    data: &'a TrainingSet,
    /// What the network's first layers, those without weights, make of all images; not kept if images change each time.
    fixed_features: Option<Tensor>,
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
        network: &'a Network,
        parameters: &dyn Parameters,
        data: &'a TrainingSet,
        training: impl Into<Training>,
        order: ChaCha8Rng,
    ) -> Result<Self, TrainError> {
        let training = training.into();
        let log_temperature = Var::from_tensor(&Tensor::zeros((), DType::F32, data.images.device())?)?;
        let mut variables = parameters.variables();
        variables.push(log_temperature.clone());
        let optimiser = Optimiser::new(training.method, variables);
        let indices = (0..data.len() as u32).collect();
        let is_fixed = training.augmentation == Augmentation::NONE;
        let fixed_features = is_fixed.then(|| data.fixed_features(network)).transpose()?;
        Ok(Self { network, data, fixed_features, training, optimiser, log_temperature, order, indices, epochs: 0 })
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
        let Training { epochs, learning_rate, augmentation, smoothing, bounded, .. } = self.training;
        let device = self.data.images.device();
        let batch = self.training.batch.clamp(1, self.data.len());
        let batches = self.data.len() / batch;
        let steps = (epochs * batches) as f64;
        let mut step = self.epochs * batches;
        self.shuffle();
        // Another stream of the same key for each epoch, so that nothing depends on what was drawn before.
        let mut random = self.order.clone();
        random.set_stream(self.epochs as u64);
        random.set_word_pos(0);

        let (mut loss_sum, mut wrong) = (0.0, 0);
        // A last, smaller batch would only add noise; shuffling makes up for what it leaves out.
        for chunk in self.indices.chunks_exact(batch) {
            let chosen = Tensor::from_slice(chunk, chunk.len(), device)?;
            let features = match &self.fixed_features {
                Some(features) => features.index_select(&chosen, 0)?,
                None => {
                    let images = self.data.images.index_select(&chosen, 0)?;
                    self.network.fixed_features(&augmentation.apply(&images, &mut random)?)?
                }
            };
            let labels: Vec<u32> = chunk.iter().map(|&index| self.data.labels[index as usize]).collect();
            let weights = parameters.weights()?;
            let logits = self.network.forward_in_training(&weights, &features, parameters.moments())?;
            let logits = logits.broadcast_mul(&self.log_temperature.exp()?)?;
            let loss = if bounded > 0.0 {
                bounded_loss(&logits, &labels, bounded)?
            } else {
                cross_entropy(&logits, &labels, smoothing)?
            };
            let gradients = match parameters.penalty()? {
                Some(penalty) => (&loss + penalty)?.backward()?,
                None => loss.backward()?,
            };
            self.optimiser.step(&gradients, self.training.rate(step as f64 / steps))?;
            step += 1;
            parameters.after_step(step as f64 / steps)?;

            loss_sum += f64::from(loss.to_scalar::<f32>()?);
            let classes: Vec<u32> = logits.argmax(D::Minus1)?.to_vec1()?;
            wrong += classes.iter().zip(&labels).filter(|(class, label)| class != label).count();
            if !loss_sum.is_finite() {
                let loss = loss_sum;
                return Err(TrainError::Diverged { epoch: self.epochs + 1, loss, learning_rate });
            }
        }
        self.epochs += 1;
        let seen = (batches * batch) as f64;
        let loss = loss_sum / batches as f64;
        Ok(Epoch { number: self.epochs, of: epochs, loss, error: wrong as f64 / seen })
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
