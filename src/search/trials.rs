//! The log of a search: what became of each recipe.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::network::unbeaten;
use crate::storage::append_log::{read, AppendLog, LogError};
use crate::storage::line_format::CsvLines;

/// What became of one recipe: a line of `trials.csv`, whose columns are these.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trial {
    /// SHA-256 of the training set's canonical bytes.
    pub training_set: String,
    /// Version of this crate: others may train differently.
    pub version: String,
    /// Failure probability of the bound.
    pub delta: f64,
    /// The recipe's [identity](crate::compress::Recipe::identity).
    pub recipe: String,
    /// Seed of all randomness.
    pub seed: u64,
    /// Number of training examples.
    pub n: u64,
    /// Number of training errors.
    pub errors: u64,
    /// Length of the file in bits.
    pub bits: u64,
    /// The certified bound.
    pub bound: f64,
    /// Wall time of training and compressing.
    pub seconds: f64,
}

/// The fields of a [`Trial`], in order.
const COLUMNS: [&str; 10] = [
    "training_set",
    "version",
    "delta",
    "recipe",
    "seed",
    "n",
    "errors",
    "bits",
    "bound",
    "seconds",
];

impl Trial {
    /// Whether this is the outcome of the same pure function at the same arguments.
    pub(super) fn is_same(&self, other: &Self) -> bool {
        self.training_set == other.training_set
            && self.version == other.version
            && self.delta == other.delta
            && self.recipe == other.recipe
            && self.seed == other.seed
    }
}

/// The log of all trials in a folder, which grows by whole lines and survives an interruption.
#[derive(Debug)]
pub struct Trials {
    log: AppendLog<CsvLines<Trial>>,
    trials: Vec<Trial>,
}

impl Trials {
    /// The trials that are there; none, if there is no such file, which is begun. A last line that
    /// was cut off is removed. No other process may have the log open.
    ///
    /// # Errors
    /// If the file cannot be read or written, is not a log of trials, or is in use.
    pub fn open(path: &Path) -> Result<Self, LogError> {
        let (log, trials) = AppendLog::open(path, CsvLines::new(&COLUMNS))?;
        Ok(Self { log, trials })
    }

    /// The trials of a log that somebody else may be writing; none, if it has not been begun.
    ///
    /// # Errors
    /// If the file cannot be read, or is not a log of trials.
    pub fn read(path: &Path) -> Result<Vec<Trial>, LogError> {
        if !path.exists() {
            return Ok(Vec::new());
        }
        read(path, &CsvLines::new(&COLUMNS))
    }

    /// The trial with the same recipe, seed, data, failure probability and version, if there has
    /// been one.
    pub fn find(&self, like: &Trial) -> Option<&Trial> {
        self.trials.iter().find(|trial| trial.is_same(like))
    }

    /// All trials, in the order in which they were made.
    pub fn all(&self) -> &[Trial] {
        &self.trials
    }

    /// The trials on a training set that no other beats in both bits and errors, by ascending bits.
    pub fn frontier(&self, training_set: &str) -> Vec<&Trial> {
        let trials = self.trials.iter();
        let trials = trials.filter(|trial| trial.training_set == training_set);
        unbeaten(trials.collect(), |trial| (trial.bits, trial.errors))
    }

    /// Adds a line; what was known of the same trial stays.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn append(&mut self, trial: Trial) -> Result<(), LogError> {
        self.log.append(std::slice::from_ref(&trial))?;
        self.trials.push(trial);
        Ok(())
    }
}
