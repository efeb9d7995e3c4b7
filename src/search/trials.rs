//! The log of a search: what became of each recipe.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// What became of one recipe: a line of `trials.csv`, whose columns are these.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Trial {
    /// SHA-256 of the training set's canonical bytes.
    pub training_set: String,
    /// Version of this crate: others may train differently.
    pub version: String,
    /// Failure probability of the bound.
    pub delta: f64,
    /// The recipe, as text.
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

impl Trial {
    /// Whether this is the outcome of the same pure function at the same arguments.
    fn is_same(&self, other: &Self) -> bool {
        self.training_set == other.training_set
            && self.version == other.version
            && self.delta == other.delta
            && self.recipe == other.recipe
            && self.seed == other.seed
    }
}

/// Why the log cannot be read or written.
#[derive(Debug, Error)]
pub enum TrialError {
    /// The operating system reported an error.
    #[error("cannot use {path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// What happened.
        source: std::io::Error,
    },
    /// A line is not a trial.
    #[error("{path} is not a log of trials: {reason}; move it away to begin a new one")]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
}

/// The log of all trials in a folder, which grows by whole lines and survives an interruption.
#[derive(Debug)]
pub struct Trials {
    path: PathBuf,
    trials: Vec<Trial>,
}

impl Trials {
    /// The trials that are there; none, if there is no such file. A last line that was cut off is
    /// forgotten.
    ///
    /// # Errors
    /// [`TrialError`].
    pub fn open(path: &Path) -> Result<Self, TrialError> {
        let path = path.to_path_buf();
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(source) => return Err(TrialError::Io { path, source }),
        };
        let whole = text.rfind('\n').map_or("", |end| &text[..=end]);
        let trials = csv::Reader::from_reader(whole.as_bytes())
            .into_deserialize()
            .collect::<Result<_, _>>();
        match trials {
            Ok(trials) => {
                if whole.len() < text.len() {
                    std::fs::write(&path, whole).map_err(|source| TrialError::Io {
                        path: path.clone(),
                        source,
                    })?;
                }
                Ok(Self { path, trials })
            }
            Err(error) => Err(TrialError::Foreign {
                path,
                reason: error.to_string(),
            }),
        }
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
        let mut trials: Vec<&Trial> = self
            .trials
            .iter()
            .filter(|trial| trial.training_set == training_set)
            .collect();
        trials.sort_by_key(|trial| (trial.bits, trial.errors));
        let mut fewest = u64::MAX;
        trials.retain(|trial| {
            let is_fewer = trial.errors < fewest;
            fewest = fewest.min(trial.errors);
            is_fewer
        });
        trials
    }

    /// Adds a line; what was known of the same trial stays.
    ///
    /// # Errors
    /// [`TrialError`].
    pub fn append(&mut self, trial: Trial) -> Result<(), TrialError> {
        let foreign = |reason: String| TrialError::Foreign {
            path: self.path.clone(),
            reason,
        };
        let mut writer = csv::WriterBuilder::new()
            .has_headers(self.trials.is_empty())
            .from_writer(Vec::new());
        writer
            .serialize(&trial)
            .map_err(|error| foreign(error.to_string()))?;
        let line = writer
            .into_inner()
            .map_err(|error| foreign(error.to_string()))?;
        let file = OpenOptions::new()
            .append(true)
            .create(true)
            .open(&self.path);
        file.and_then(|mut file| file.write_all(&line))
            .map_err(|source| TrialError::Io {
                path: self.path.clone(),
                source,
            })?;
        self.trials.push(trial);
        Ok(())
    }
}
