//! From an architecture and data to a model, in two stages of training.

use std::fmt;

use thiserror::Error;

use super::{polish, shortened, PrunedWeights, QuantisedWeights};
use crate::bounds::BoundError;
use crate::code::{Architecture, CodeError, Model};
use crate::data::LabelledImages;
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
    /// Most sweeps of [`polish`](super::polish) at the end.
    pub sweeps: usize,
}

/// Everything there is to know: two recipes with the same text are the same.
impl fmt::Display for Recipe {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { architecture, sparsity, codewords, rate, digits, pruning, quantised, bounded, sweeps } = self;
        write!(formatter, "{architecture}; ")?;
        write!(formatter, "{:.0}% pruned in {}, ", 100.0 * sparsity, Passes(pruning))?;
        write!(formatter, "{codewords} codewords of {digits} digits at rate {rate} in {}", Passes(quantised))?;
        if *bounded > 0.0 {
            write!(formatter, " of a loss bounded by {bounded}")?;
        }
        if *sweeps > 0 {
            write!(formatter, "; polished {sweeps} times")?;
        }
        Ok(())
    }
}

/// A schedule in a few words.
struct Passes<'a>(&'a Schedule);

impl fmt::Display for Passes<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Schedule { epochs, batch, learning_rate } = self.0;
        write!(formatter, "{epochs} epochs of batches of {batch} at {learning_rate}")
    }
}

/// How far [`compress`] has come.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Progress {
    /// An epoch of training while the smallest weights are pruned.
    Pruning(Epoch),
    /// An epoch of training with a codebook.
    Codebook(Epoch),
    /// Polishing has lowered the bound to this.
    Polish(f64),
}

impl fmt::Display for Progress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (stage, epoch) = match self {
            Progress::Pruning(epoch) => ("training and pruning", epoch),
            Progress::Codebook(epoch) => ("training the codebook", epoch),
            Progress::Polish(bound) => return write!(formatter, "polishing: bound {:.2}%", 100.0 * bound),
        };
        write!(formatter, "{stage}: loss {:.3}, error {:.1}%", epoch.loss, 100.0 * epoch.error)
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

/// Trains and compresses a network on `data`, and polishes it for a bound at `delta`: a pure function of its arguments.
///
/// `training_set` holds the same images and labels as candle tensors.
///
/// # Errors
/// If training diverges, candle fails, or the result cannot be coded.
pub fn compress(
    recipe: &Recipe,
    data: &LabelledImages,
    training_set: &TrainingSet,
    delta: f64,
    seed: u64,
    mut report: impl FnMut(Progress),
) -> Result<Model, CompressError> {
    let device = training_set.device();
    let name = recipe.to_string();
    let random = |purpose: &str| stream(seed, &name, 0, purpose);
    let network = Network::new(recipe.architecture.clone());

    let mut pruned = PrunedWeights::new(&network, recipe.sparsity, random("initial weights"), device)?;
    let order = random("batches while pruning");
    train(&network, &mut pruned, training_set, recipe.pruning, order, |epoch| report(Progress::Pruning(epoch)))?;

    let values = pruned.values()?;
    let rate = recipe.rate / training_set.len() as f64;
    let mut quantised = QuantisedWeights::new(&network, values, recipe.codewords, recipe.digits, rate, device)?;
    let order = random("batches with codewords");
    let training = Training { bounded: recipe.bounded, ..recipe.quantised.into() };
    train(&network, &mut quantised, training_set, training, order, |epoch| report(Progress::Codebook(epoch)))?;
    let model = quantised.model(&network)?;
    let model = polish(&model, data, delta, recipe.sweeps, |bound| report(Progress::Polish(bound)))?;
    Ok(shortened(model, data))
}
