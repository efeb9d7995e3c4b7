//! Where a training by a recipe is kept while it goes on.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::digest::sha256;

/// Within an epoch the state is kept no more often than this.
const RARELY: Duration = Duration::from_secs(60);

/// Of the time of a training, keeping its state within epochs takes at most one in so many parts.
const SHARE: u32 = 20;

/// Where the state after each epoch, and within long ones, is kept, in two files that are named
/// after everything that it depends on.
#[derive(Debug)]
pub struct Checkpoints {
    pub(super) pruning: PathBuf,
    pub(super) codebook: PathBuf,
}

impl Checkpoints {
    /// In a folder, for a training that is known by this text: whatever else may change the result
    /// beside the recipe's [identity](super::Recipe::identity) belongs into it.
    #[must_use]
    pub fn new(folder: &Path, key: &str) -> Self {
        let key = sha256(key.as_bytes());
        let short = key.get(..16).unwrap_or(&key);
        let path = |stage: &str| folder.join(format!("{stage}-{short}.safetensors"));
        Self {
            pruning: path("pruning"),
            codebook: path("codebook"),
        }
    }

    /// Removes them: of a finished training they are of no use.
    ///
    /// # Errors
    /// If a file cannot be removed.
    pub fn remove(&self) -> std::io::Result<()> {
        [&self.pruning, &self.codebook]
            .into_iter()
            .filter(|path| path.exists())
            .try_for_each(std::fs::remove_file)
    }
}

/// When the state of a training is kept; no result depends on it.
#[derive(Debug)]
pub(super) struct Pace {
    kept: Instant,
    took: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            kept: Instant::now(),
            took: Duration::ZERO,
        }
    }
}

impl Pace {
    /// Whether it is time to keep it again.
    pub(super) fn is_due(&self) -> bool {
        self.kept.elapsed() >= RARELY.max(SHARE * self.took)
    }

    /// Keeps it.
    pub(super) fn keep<E>(&mut self, keep: impl FnOnce() -> Result<(), E>) -> Result<(), E> {
        let begun = Instant::now();
        keep()?;
        self.took = begun.elapsed();
        self.kept = Instant::now();
        Ok(())
    }
}
