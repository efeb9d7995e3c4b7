//! The training loop: Adam (Kingma and Ba 2015) over shuffled batches, with a warm-up and cosine schedule.

use candle_core::{DType, Device, Tensor, Var};
use candle_nn::{loss, AdamW, Optimizer, ParamsAdamW};
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use thiserror::Error;

use super::Network;
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

/// Weights that depend on trainable variables: directly, through a mask, through a codebook.
pub trait Parameters {
    /// What the optimiser changes.
    fn variables(&self) -> Vec<Var>;

    /// The weights the network computes with, one a tensor of the architecture, differentiable in the variables.
    ///
    /// # Errors
    /// If candle fails.
    fn weights(&self) -> candle_core::Result<Vec<Tensor>>;

    /// What is added to the mean cross-entropy, differentiable in the variables; by default nothing.
    ///
    /// # Errors
    /// If candle fails.
    fn penalty(&self) -> candle_core::Result<Option<Tensor>> {
        Ok(None)
    }

    /// Called after each step, with the fraction of all steps that are done.
    ///
    /// # Errors
    /// If candle fails.
    fn after_step(&mut self, done: f64) -> candle_core::Result<()>;
}

/// How long and how fast.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Schedule {
    /// Passes over the training set.
    pub epochs: usize,
    /// Images a step.
    pub batch: usize,
    /// Largest learning rate, reached after a tenth of all steps, linearly; then down to zero along a cosine.
    pub learning_rate: f64,
}

impl Schedule {
    fn rate(&self, done: f64) -> f64 {
        const WARM_UP: f64 = 0.1;
        let factor = if done < WARM_UP {
            done / WARM_UP
        } else {
            let fraction = (done - WARM_UP) / (1.0 - WARM_UP);
            0.5 * (1.0 + (std::f64::consts::PI * fraction).cos())
        };
        self.learning_rate * factor
    }
}

/// A training set as candle tensors.
#[derive(Debug)]
pub struct TrainingSet {
    images: Tensor,
    labels: Tensor,
    examples: usize,
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
        let labels = Tensor::from_slice(data.labels(), data.len(), device)?.to_dtype(DType::U32)?;
        Ok(Self { images, labels, examples: data.len() })
    }

    /// Number of examples; at least one.
    pub fn len(&self) -> usize {
        self.examples
    }

    /// Whether there are no examples: never, since a data set has some.
    pub fn is_empty(&self) -> bool {
        self.examples == 0
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
    schedule: Schedule,
    mut order: ChaCha8Rng,
    mut report: impl FnMut(Epoch),
) -> Result<(), TrainError> {
    let device = data.images.device();
    let log_temperature = Var::from_tensor(&Tensor::zeros((), DType::F32, device)?)?;
    let mut variables = parameters.variables();
    variables.push(log_temperature.clone());
    let settings = ParamsAdamW { lr: 0.0, weight_decay: 0.0, ..ParamsAdamW::default() };
    let mut optimiser = AdamW::new(variables, settings)?;
    let mut indices: Vec<u32> = (0..data.examples as u32).collect();
    let batch = schedule.batch.clamp(1, data.examples);
    let steps = schedule.epochs * (data.examples / batch);
    let mut step = 0;
    for epoch in 1..=schedule.epochs {
        indices.shuffle(&mut order);
        let (mut loss_sum, mut wrong, mut seen) = (0.0, 0.0, 0usize);
        // A last, smaller batch would only add noise; shuffling makes up for what it leaves out.
        for chunk in indices.chunks_exact(batch) {
            optimiser.set_learning_rate(schedule.rate(step as f64 / steps as f64));
            let chosen = Tensor::from_slice(chunk, chunk.len(), device)?;
            let images = data.images.index_select(&chosen, 0)?;
            let labels = data.labels.index_select(&chosen, 0)?;
            let logits = network.forward(&parameters.weights()?, &images)?.broadcast_mul(&log_temperature.exp()?)?;
            let loss = loss::cross_entropy(&logits, &labels)?;
            match parameters.penalty()? {
                Some(penalty) => optimiser.backward_step(&(&loss + penalty)?)?,
                None => optimiser.backward_step(&loss)?,
            }
            step += 1;
            parameters.after_step(step as f64 / steps as f64)?;

            loss_sum += f64::from(loss.to_scalar::<f32>()?) * chunk.len() as f64;
            let right = logits.argmax(1)?.eq(&labels)?.to_dtype(DType::F32)?.sum_all()?;
            wrong += chunk.len() as f64 - f64::from(right.to_scalar::<f32>()?);
            seen += chunk.len();
        }
        let loss = loss_sum / seen as f64;
        if !loss.is_finite() {
            let learning_rate = schedule.learning_rate;
            return Err(TrainError::Diverged { epoch, loss, learning_rate });
        }
        report(Epoch { number: epoch, of: schedule.epochs, loss, error: wrong / seen as f64 });
    }
    Ok(())
}
