//! Where a training by a recipe is kept while it goes on.

use std::path::{Path, PathBuf};

use crate::digest::sha256;

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
