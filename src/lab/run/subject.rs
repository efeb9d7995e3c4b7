//! What is drawn.

use std::fmt::Debug;

use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::edge_coverage::EdgeCoverage;
use super::error::{DrawError, RunError};
use super::links::Links;
use crate::bounds::{BoundError, FailureProbability};
use crate::data::LabelledImages;
use crate::random::stream;

/// Where a draw's randomness comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The experiment's name.
    pub experiment: String,
    /// The configuration's values, so that a draw does not depend on what else is in the
    /// experiment.
    pub configuration: String,
    /// The experiment's seed.
    pub seed: u64,
}

impl Origin {
    /// The stream of one draw for one purpose.
    #[must_use]
    pub fn stream(&self, draw: u64, purpose: &str) -> ChaCha8Rng {
        stream(
            self.seed,
            &self.experiment,
            draw,
            &format!("{}: {purpose}", self.configuration),
        )
    }

    /// The same without the configuration: the draws of one number in all configurations have the
    /// same streams.
    #[must_use]
    pub fn of_all_configurations(&self) -> Self {
        Self {
            configuration: String::new(),
            ..self.clone()
        }
    }

    /// A stream that all draws share: for what is fixed before them.
    #[must_use]
    pub fn shared_stream(&self, purpose: &str) -> ChaCha8Rng {
        stream(self.seed, &self.experiment, 0, purpose)
    }
}

/// What a draw says about the theorems.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outcome {
    /// `e`, as a number of errors.
    pub errors: u64,
    /// `L`, exactly.
    pub test_error: f64,
    /// `|W|`.
    pub bits: f64,
}

impl Outcome {
    /// As a row says it; nothing, where it says no numbers.
    pub(super) fn parse(errors: &str, test_error: &str, bits: &str) -> Option<Self> {
        Some(Self {
            errors: errors.parse().ok()?,
            test_error: test_error.parse().ok()?,
            bits: bits.parse().ok()?,
        })
    }
}

/// Where the numbers of an [`Outcome`] can be: lower and upper end.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ranges {
    /// Of `e`.
    pub train_error: (f64, f64),
    /// Of `L`.
    pub test_error: (f64, f64),
    /// Of `|W|`; longer ones, which may be possible but rare, are taken for the upper end.
    pub bits: (f64, f64),
}

/// The results of draws that are made one by one, on all cores.
pub(super) fn one_by_one(
    draws: &[u64],
    one: impl Fn(u64) -> Result<Vec<String>, DrawError> + Sync,
) -> Result<Vec<Vec<String>>, RunError> {
    let one = |&draw: &u64| one(draw).map_err(DrawError::of_draw(draw));
    draws.par_iter().with_max_len(1).map(one).collect()
}

/// One configuration of an experiment, ready to be drawn.
pub trait Subject: Debug + Send + Sync {
    /// Names of the columns that [`Subject::draw`] fills.
    fn results(&self) -> &'static [&'static str];

    /// How many draws are computed and written together: networks of one shape are trained as a
    /// stack, and rows that take a moment are not worth a write each.
    fn together(&self) -> usize {
        32
    }

    /// The results of some draws, in their order: each depends on `origin` and its number only.
    ///
    /// # Errors
    /// If a draw cannot be computed.
    fn draw(&self, origin: &Origin, draws: &[u64]) -> Result<Vec<Vec<String>>, RunError>;

    /// What a row's results say, if they are complete.
    fn outcome(&self, results: &[&str]) -> Option<Outcome>;

    /// `n`.
    fn examples(&self) -> u64;

    /// What is drawn from, where that is a list of examples.
    fn data(&self) -> Option<&LabelledImages> {
        None
    }

    /// Where errors and lengths can be, as far as it is known before the draws.
    fn ranges(&self) -> Ranges;

    /// The failure probability of the upper bounds whose coverage is counted, if any is.
    fn delta(&self) -> Option<FailureProbability>;

    /// Whether draws of one number share what they are drawn from with those of the configuration
    /// before, so that their differences say more than the means.
    fn is_paired(&self) -> bool {
        false
    }

    /// Every link between the limit and the bits, from the results of some draws: for learners
    /// whose informations are known.
    ///
    /// # Errors
    /// If a result is outside a bound's domain.
    fn links(&self, _: &[Vec<&str>]) -> Result<Option<Links>, BoundError> {
        Ok(None)
    }

    /// How often the bound fails at whose edge the law is, from the results of some draws.
    ///
    /// # Errors
    /// If a result is outside a bound's domain.
    fn edge(&self, _: &[Vec<&str>]) -> Result<Option<EdgeCoverage>, BoundError> {
        Ok(None)
    }
}
