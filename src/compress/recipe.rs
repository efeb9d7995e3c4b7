//! From an architecture and data to a model, in two stages of training.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::polish::polish;
use super::pruning::{PrunedWeights, Pruning, PruningMethod};
use super::quantisation::{Quantisation, QuantisationMethod};
use super::subspace::{SubspaceMap, SubspaceSize};
use super::tuning::Stages;
use crate::bounds::BoundError;
use crate::code::{Architecture, CodeError, Model, MAX_CODEWORDS};
use crate::data::LabelledImages;
use crate::evaluate::EvaluationError;
use crate::network::shortened;
use crate::random::stream;
use crate::shape::ImageSize;
use crate::train::{CheckpointError, Epoch, Network, Schedule, TrainError, TrainingSet};

/// How to train and compress one network: methods that are combined at will.
///
/// As a file it is TOML, in which the architecture is text, the words of [`Architecture::parse`] or
/// the name of one:
///
/// ```
/// use nonvacuous::compress::Recipe;
/// use nonvacuous::code::ImageSize;
/// let text = r#"
///     architecture = "conv:8:3 relu max:2 dense:10"
///     pruning = { method = "surgery", sparsity = 0.5 }
///     first = { epochs = 2, batch = 64, learning_rate = 0.01 }
///     quantisation = { codewords = 2, digits = 2, rate = 4.0 }
///     second = { epochs = 10, batch = 64, learning_rate = 0.04 }
/// "#;
/// let recipe = Recipe::parse(text, ImageSize { channels: 1, height: 28, width: 28 }, 10)?;
/// assert_eq!(recipe.to_toml().parse::<toml::Table>()?["second"]["epochs"].as_integer(), Some(10));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Recipe<A = Architecture> {
    /// The layers.
    pub architecture: A,
    /// What is set to zero in the first training.
    pub pruning: Pruning,
    /// The first training, while pruning.
    pub first: Schedule,
    /// Which values the weights take in the second training.
    pub quantisation: Quantisation,
    /// The second training, with these values.
    pub second: Schedule,
    /// How far the loss of the second training is bounded: see
    /// [`Training::bounded`](crate::train::Training::bounded).
    #[serde(default)]
    pub bounded: f64,
    /// Most sweeps of [`polish`](super::polish::polish) at the end.
    #[serde(default)]
    pub sweeps: usize,
}

/// Why a text is not a recipe.
#[derive(Debug, Error)]
pub enum RecipeError {
    /// It is not TOML, or not that of a recipe.
    #[error("not a recipe: {0}")]
    Text(String),
    /// The layers do not fit the images.
    #[error(transparent)]
    Architecture(#[from] CodeError),
    /// A number is outside its domain.
    #[error("{name} is {value}; it must be {accepted}")]
    Number {
        /// Which.
        name: &'static str,
        /// Its value.
        value: f64,
        /// What it may be.
        accepted: &'static str,
    },
}

impl Recipe {
    /// Reads a recipe for images of this size.
    ///
    /// # Errors
    /// [`RecipeError`].
    pub fn parse(text: &str, input: ImageSize, classes: usize) -> Result<Self, RecipeError> {
        let recipe: Recipe<String> =
            toml::from_str(text).map_err(|error| RecipeError::Text(error.to_string()))?;
        let named = Architecture::named(&recipe.architecture, input, classes);
        let architecture = named.or_else(|_| Architecture::parse(&recipe.architecture, input))?;
        recipe.check()?;
        Ok(recipe.with_architecture(architecture))
    }

    /// The text of a recipe, as [`Recipe::parse`] reads it.
    pub fn to_toml(&self) -> String {
        let text = self
            .clone()
            .with_architecture(self.architecture.to_string());
        toml::to_string(&text).unwrap_or_default()
    }
}

impl<A> Recipe<A> {
    /// The same recipe for other layers.
    pub fn with_architecture<B>(self, architecture: B) -> Recipe<B> {
        let Self {
            architecture: _,
            pruning,
            first,
            quantisation,
            second,
            bounded,
            sweeps,
        } = self;
        Recipe {
            architecture,
            pruning,
            first,
            quantisation,
            second,
            bounded,
            sweeps,
        }
    }

    fn check(&self) -> Result<(), RecipeError> {
        let Self {
            pruning,
            first,
            quantisation,
            second,
            ..
        } = self;
        let fraction =
            |name, value: f64| check(name, value, (0.0..=1.0).contains(&value), "from 0 to 1");
        let part = |name, value: f64| {
            check(
                name,
                value,
                value > 0.0 && value <= 1.0,
                "above 0 and at most 1",
            )
        };
        let rate =
            |name, value: f64| check(name, value, value > 0.0 && value.is_finite(), "above 0");
        let count = |name, value: usize| check(name, value as f64, value > 0, "at least 1");
        fraction("pruning.sparsity", pruning.sparsity)?;
        part("pruning.width", pruning.width)?;
        fraction("bounded", self.bounded)?;
        check(
            "quantisation.rate",
            quantisation.rate,
            (0.0..1e6).contains(&quantisation.rate),
            "from 0 to a million",
        )?;
        let (codewords, digits) = (quantisation.codewords, quantisation.digits);
        check(
            "quantisation.codewords",
            codewords as f64,
            (1..=MAX_CODEWORDS).contains(&codewords),
            "from 1 to 255",
        )?;
        check(
            "quantisation.digits",
            f64::from(digits),
            digits <= 23,
            "from 0 to 23",
        )?;
        if let Some(subspace) = quantisation.subspace {
            part("quantisation.subspace.fraction", subspace.fraction)?;
            let (name, number) = match subspace.map {
                SubspaceMap::Terms(terms) => ("quantisation.subspace.terms", terms),
                SubspaceMap::Kronecker(columns) => ("quantisation.subspace.kronecker", columns),
            };
            check(
                name,
                f64::from(number),
                (1..=64).contains(&number),
                "from 1 to 64",
            )?;
            let seed = subspace.seed;
            check(
                "quantisation.subspace.seed",
                seed as f64,
                seed < 1 << 32,
                "below 2^32",
            )?;
        }
        rate("first.learning_rate", first.learning_rate)?;
        rate("second.learning_rate", second.learning_rate)?;
        count("first.batch", first.batch)?;
        count("second.batch", second.batch)
    }
}

fn check(
    name: &'static str,
    value: f64,
    holds: bool,
    accepted: &'static str,
) -> Result<(), RecipeError> {
    if holds {
        Ok(())
    } else {
        Err(RecipeError::Number {
            name,
            value,
            accepted,
        })
    }
}

/// Everything there is to know: two recipes with the same text are the same.
impl fmt::Display for Recipe {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            architecture,
            pruning,
            first,
            quantisation,
            second,
            bounded,
            sweeps,
        } = self;
        write!(formatter, "{architecture}; ")?;
        if pruning.width < 1.0 {
            write!(formatter, "{} of all units, ", pruning.width)?;
        }
        write!(formatter, "{:.0}% pruned ", 100.0 * pruning.sparsity)?;
        if pruning.method == PruningMethod::Surgery {
            write!(formatter, "by surgery ")?;
        }
        write!(formatter, "in {}, ", Passes(first))?;
        let Quantisation {
            method,
            codewords,
            digits,
            rate,
            subspace,
        } = quantisation;
        if let Some(SubspaceSize {
            fraction,
            map,
            seed,
        }) = subspace
        {
            match map {
                SubspaceMap::Terms(terms) => write!(
                    formatter,
                    "{fraction} coordinates a weight ({terms} terms, seed {seed}), "
                )?,
                SubspaceMap::Kronecker(columns) => write!(
                    formatter,
                    "{fraction} coordinates a weight (Kronecker, {columns} columns, seed {seed}), "
                )?,
            }
        }
        let even = if *method == QuantisationMethod::Uniform {
            "even "
        } else {
            ""
        };
        write!(
            formatter,
            "{codewords} {even}codewords of {digits} digits at rate {rate} in {}",
            Passes(second)
        )?;
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
        let Schedule {
            epochs,
            batch,
            learning_rate,
        } = self.0;
        write!(
            formatter,
            "{epochs} epochs of batches of {batch} at {learning_rate}"
        )
    }
}

/// How far [`compress`] has come.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Progress {
    /// After a step of training: the fraction of all steps that is done.
    Step(f64),
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
            Progress::Step(done) => return write!(formatter, "{:.0}% trained", 100.0 * done),
            Progress::Polish(bound) => {
                return write!(formatter, "polishing: bound {:.2}%", 100.0 * bound)
            }
        };
        write!(
            formatter,
            "{stage}: loss {:.3}, error {:.1}%",
            epoch.loss,
            100.0 * epoch.error
        )
    }
}

/// Why no model came out.
#[derive(Debug, Error)]
pub enum CompressError {
    /// Training failed.
    #[error(transparent)]
    Train(#[from] TrainError),
    /// A checkpoint cannot be written or taken up.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
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

/// Trains and compresses a network on `data`, and polishes it for a bound at `delta`: a pure
/// function of its arguments.
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
    let network = Network::new(recipe.architecture.clone());
    let random = stream(seed, &recipe.to_string(), 0, "initial weights");
    let pruned = PrunedWeights::new(&network, recipe.pruning, random, training_set.device())?;
    let stages = Stages {
        recipe,
        network: &network,
        training_set,
        seed,
        checkpoints: None,
    };
    let model = stages.run(pruned, &mut report)?;
    let model = polish(&model, data, delta, recipe.sweeps, |bound| {
        report(Progress::Polish(bound))
    })?;
    Ok(shortened(model, data))
}
