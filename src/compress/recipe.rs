//! From an architecture and data to a model, in two stages of training.

use std::fmt;

use candle_core::Device;
use thiserror::Error;

use super::{PrunedWeights, QuantisedWeights};
use crate::bounds::BoundError;
use crate::code::{Architecture, CodeError, Model};
use crate::nets::{train, Epoch, EvaluationError, Network, Schedule, TrainError, Training, TrainingSet};
use crate::random::stream;

/// How to train and compress one network.
#[derive(Debug, Clone, PartialEq)]
pub struct Recipe {
    /// The layers.
    pub architecture: Architecture,
    /// Fraction of weights that are pruned.
    pub sparsity: f64,
    /// Values that the kept weights share.
    pub codewords: usize,
    /// Weight of the code length against the cross-entropy of the whole training set, both in nats: 1 is the balance of
    /// the minimum description length principle.
    pub rate: f64,
    /// Binary digits of a codeword after its leading one.
    pub digits: u32,
    /// Training while pruning.
    pub pruning: Schedule,
    /// Training with codewords.
    pub quantised: Schedule,
    /// How far the loss of the second training is bounded: see [`Training::bounded`].
    pub bounded: f64,
}

impl fmt::Display for Recipe {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let percent = 100.0 * self.sparsity;
        write!(formatter, "{}, {percent:.0}% pruned, {} codewords", self.architecture, self.codewords)
    }
}

/// Which training an epoch belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// Training while the smallest weights are pruned.
    Pruning,
    /// Training with a codebook.
    Codebook,
}

impl fmt::Display for Stage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Stage::Pruning => "training and pruning",
            Stage::Codebook => "training the codebook",
        })
    }
}

/// Why no model came out.
#[derive(Debug, Error)]
pub enum CompressError {
    /// Training failed.
    #[error(transparent)]
    Train(#[from] TrainError),
    /// The result cannot be coded.
    #[error(transparent)]
    Code(#[from] CodeError),
    /// The network does not fit the data.
    #[error(transparent)]
    Evaluation(#[from] EvaluationError),
    /// A number is outside a bound's domain.
    #[error(transparent)]
    Bound(#[from] BoundError),
}

impl From<candle_core::Error> for CompressError {
    fn from(error: candle_core::Error) -> Self {
        Self::Train(error.into())
    }
}

/// Trains and compresses a network: a pure function of its arguments.
///
/// # Errors
/// If training diverges, candle fails, or the result cannot be coded.
pub fn compress(
    recipe: &Recipe,
    data: &TrainingSet,
    seed: u64,
    device: &Device,
    mut report: impl FnMut(Stage, Epoch),
) -> Result<Model, CompressError> {
    let name = recipe.to_string();
    let random = |purpose: &str| stream(seed, &name, 0, purpose);
    let network = Network::new(recipe.architecture.clone());

    let mut pruned = PrunedWeights::new(&network, recipe.sparsity, random("initial weights"), device)?;
    let order = random("batches while pruning");
    train(&network, &mut pruned, data, recipe.pruning, order, |epoch| report(Stage::Pruning, epoch))?;

    let values = pruned.values()?;
    let rate = recipe.rate / data.len() as f64;
    let mut quantised = QuantisedWeights::new(&network, values, recipe.codewords, recipe.digits, rate, device)?;
    let order = random("batches with codewords");
    let training = Training { bounded: recipe.bounded, ..recipe.quantised.into() };
    train(&network, &mut quantised, data, training, order, |epoch| report(Stage::Codebook, epoch))?;
    quantised.model(&network)
}
