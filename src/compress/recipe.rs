//! What to do: how one network is trained and compressed, as data.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::pruning::Pruning;
use super::quantisation::Quantisation;
use super::subspace::SubspaceMap;
use crate::code::{Architecture, ArchitectureError, CodeError, Structure, MAX_CODEWORDS};
use crate::shape::ImageSize;
use crate::train::Schedule;

/// The settings of a recipe, not checked yet: [`RecipeSettings::check`] makes a [`Recipe`] of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecipeSettings<A = Structure> {
    /// The layers, or the operators of a network that is trained further.
    pub architecture: A,
    /// What is set to zero in the first training.
    pub pruning: Pruning,
    /// The first training, while pruning.
    pub first: Schedule,
    /// Which values the weights take in the second training.
    pub quantisation: Quantisation,
    /// The second training, with these values.
    pub second: Schedule,
    /// How far the loss of the second training is bounded, from 0 to 1: see
    /// [`Training::bounded`](crate::train::Training::bounded).
    #[serde(default)]
    pub bounded: f64,
    /// On how many of the examples it is trained, at equal distances; on all, if nothing is said.
    /// The price of bits stays that of all, and all are counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub examples: Option<usize>,
    /// Most sweeps of [`polish`](super::polish::polish) at the end.
    #[serde(default)]
    pub sweeps: usize,
}

/// How to train and compress one network: methods that are combined at will, each setting in its
/// domain.
///
/// As a file it is TOML, in which the architecture is text, as
/// [`Architecture::from_name_or_layers`] reads it:
///
/// ```
/// use nonvacuous::compress::Recipe;
/// use nonvacuous::shape::ImageSize;
/// let text = r#"
///     architecture = "conv:8:3 relu max:2 dense:10"
///     pruning = { method = "surgery", sparsity = 0.5 }
///     first = { epochs = 2, batch = 64, learning_rate = 0.01 }
///     quantisation = { codewords = 2, digits = 2, rate = 4.0 }
///     second = { epochs = 10, batch = 64, learning_rate = 0.04 }
/// "#;
/// let recipe = Recipe::parse(text, ImageSize { channels: 1, height: 28, width: 28 }, 10)?;
/// assert_eq!(recipe.settings().second.epochs, 10);
/// assert_eq!(recipe.to_toml().parse::<toml::Table>()?["second"]["epochs"].as_integer(), Some(10));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Recipe {
    settings: RecipeSettings,
    /// Written once, when the settings are checked, so that reading it cannot fail.
    toml: String,
    identity: String,
}

/// Why a text or settings are not a recipe.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RecipeError {
    /// It is not TOML, or not that of a recipe.
    #[error("not a recipe")]
    Text(#[from] toml::de::Error),
    /// It cannot be written as TOML.
    #[error("the recipe cannot be written as TOML")]
    Unwritable(#[from] toml::ser::Error),
    /// The layers do not fit the images, or not the classes.
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

/// The layers with as many outputs as classes in the place of fewer, and how many those were.
fn widened(
    layers: &str,
    found: &Result<Architecture, CodeError>,
    classes: usize,
) -> Option<(String, usize)> {
    let Err(CodeError::Architecture(error)) = found else {
        return None;
    };
    let ArchitectureError::Outputs { outputs, .. } = **error else {
        return None;
    };
    let (others, last) = layers.rsplit_once("dense:")?;
    let rest = last.strip_prefix(&outputs.to_string())?;
    (outputs < classes).then(|| (format!("{others}dense:{classes}{rest}"), outputs))
}

impl Recipe {
    /// Reads a recipe for images of this size in so many classes.
    ///
    /// # Errors
    /// [`RecipeError`].
    pub fn parse(text: &str, input: ImageSize, classes: usize) -> Result<Self, RecipeError> {
        let settings: RecipeSettings<String> = toml::from_str(text)?;
        let architecture =
            Architecture::from_name_or_layers(&settings.architecture, input, classes)?;
        settings.with_architecture(architecture.into()).check()
    }

    /// The same; but a last layer `dense:N` of fewer outputs than there are classes, which could
    /// not tell them apart, gets one for each class, and what it had is returned.
    ///
    /// # Errors
    /// [`RecipeError`].
    pub fn parse_for_classes(
        text: &str,
        input: ImageSize,
        classes: usize,
    ) -> Result<(Self, Option<usize>), RecipeError> {
        let settings: RecipeSettings<String> = toml::from_str(text)?;
        let layers = &settings.architecture;
        let found = Architecture::from_name_or_layers(layers, input, classes);
        let (architecture, narrow) = match widened(layers, &found, classes) {
            None => (found?, None),
            Some((layers, outputs)) => {
                let wide = Architecture::from_name_or_layers(&layers, input, classes)?;
                (wide, Some(outputs))
            }
        };
        Ok((
            settings.with_architecture(architecture.into()).check()?,
            narrow,
        ))
    }

    /// What it says.
    #[must_use]
    pub fn settings(&self) -> &RecipeSettings {
        &self.settings
    }

    /// The same recipe for other layers.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn with_architecture(
        &self,
        architecture: impl Into<Structure>,
    ) -> Result<Self, RecipeError> {
        self.settings
            .clone()
            .with_architecture(architecture.into())
            .check()
    }

    /// The text of a recipe, as [`Recipe::parse`] reads it.
    #[must_use]
    pub fn to_toml(&self) -> &str {
        &self.toml
    }

    /// All settings, exactly and in one order, as one line of TOML: two recipes are the same if and
    /// only if these texts are.
    ///
    /// It is the key of the log of a search and of checkpoints.
    #[must_use]
    pub fn identity(&self) -> &str {
        &self.identity
    }
}

impl<A> RecipeSettings<A> {
    /// The same settings for other layers.
    #[must_use]
    pub fn with_architecture<B>(self, architecture: B) -> RecipeSettings<B> {
        let Self {
            architecture: _,
            pruning,
            first,
            quantisation,
            second,
            bounded,
            examples,
            sweeps,
        } = self;
        RecipeSettings {
            architecture,
            pruning,
            first,
            quantisation,
            second,
            bounded,
            examples,
            sweeps,
        }
    }
}

impl RecipeSettings {
    /// The recipe with these settings, if each is in its domain.
    ///
    /// # Errors
    /// [`RecipeError::Number`] names the first that is not.
    pub fn check(self) -> Result<Recipe, RecipeError> {
        self.check_numbers()?;
        let written = self.clone().with_architecture(self.said_architecture());
        let mut identity = String::new();
        written.serialize(toml::ser::ValueSerializer::new(&mut identity))?;
        Ok(Recipe {
            toml: toml::to_string(&written)?,
            identity,
            settings: self,
        })
    }

    /// The layers as text; of a graph, which no recipe can say, how many operators it has.
    pub(super) fn said_architecture(&self) -> String {
        match &self.architecture {
            Structure::Graph(graph) => format!("graph of {} operators", graph.nodes().len()),
            layers => layers.to_string(),
        }
    }

    fn check_numbers(&self) -> Result<(), RecipeError> {
        let Self {
            architecture: _,
            pruning,
            first,
            quantisation,
            second,
            bounded,
            examples,
            sweeps,
        } = self;
        check_fraction("pruning.sparsity", pruning.sparsity)?;
        check_part("pruning.width", pruning.width)?;
        check_fraction("bounded", *bounded)?;
        check_count("sweeps", *sweeps, 0)?;
        check_count("examples", examples.unwrap_or(1), 1)?;
        check(
            "quantisation.rate",
            quantisation.rate,
            (0.0..1e6).contains(&quantisation.rate),
            "from 0 to a million",
        )?;
        check(
            "quantisation.codewords",
            quantisation.codewords as f64,
            (1..=MAX_CODEWORDS).contains(&quantisation.codewords),
            "from 1 to 255",
        )?;
        check(
            "quantisation.digits",
            f64::from(quantisation.digits),
            quantisation.digits <= 23,
            "from 0 to 23",
        )?;
        if let Some(subspace) = quantisation.subspace {
            check_part("quantisation.subspace.fraction", subspace.fraction)?;
            let (name, number) = match subspace.map {
                SubspaceMap::Terms(terms) => ("quantisation.subspace.terms", terms),
                SubspaceMap::Kronecker(columns) => ("quantisation.subspace.kronecker", columns),
            };
            let is_accepted = (1..=64).contains(&number);
            check(name, f64::from(number), is_accepted, "from 1 to 64")?;
            check(
                "quantisation.subspace.seed",
                subspace.seed as f64,
                subspace.seed < 1 << 32,
                "below 2^32",
            )?;
        }
        check_rate("first.learning_rate", first.learning_rate)?;
        check_rate("second.learning_rate", second.learning_rate)?;
        check_count("first.batch", first.batch, 1)?;
        check_count("second.batch", second.batch, 1)?;
        check_count("first.epochs", first.epochs, 0)?;
        check_count("second.epochs", second.epochs, 0)
    }
}

fn check_fraction(name: &'static str, value: f64) -> Result<(), RecipeError> {
    check(name, value, (0.0..=1.0).contains(&value), "from 0 to 1")
}

fn check_part(name: &'static str, value: f64) -> Result<(), RecipeError> {
    let is_accepted = value > 0.0 && value <= 1.0;
    check(name, value, is_accepted, "above 0 and at most 1")
}

fn check_rate(name: &'static str, value: f64) -> Result<(), RecipeError> {
    check(name, value, value > 0.0 && value.is_finite(), "above 0")
}

/// A number of things, of which `least` are needed.
fn check_count(name: &'static str, value: usize, least: usize) -> Result<(), RecipeError> {
    let accepted = if least == 0 {
        "below 2^32"
    } else {
        "at least 1 and below 2^32"
    };
    let is_accepted = value >= least && value as u64 >> 32 == 0;
    check(name, value as f64, is_accepted, accepted)
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

/// For people: the settings that are most often varied. [`Recipe::identity`] has them all.
impl fmt::Display for Recipe {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let RecipeSettings {
            pruning,
            first,
            quantisation,
            second,
            ..
        } = &self.settings;
        let architecture = self.settings.said_architecture();
        write!(
            formatter,
            "{architecture}; sparsity {}; {} codewords at rate {}; {} and {} epochs at learning \
             rates {} and {}",
            pruning.sparsity,
            quantisation.codewords,
            quantisation.rate,
            first.epochs,
            second.epochs,
            first.learning_rate,
            second.learning_rate,
        )
    }
}
