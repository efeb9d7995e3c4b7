//! Work that can be done in pieces.

use std::path::PathBuf;

use crate::failure::Failure;

/// Work that can be done in pieces: what a command says of itself.
#[derive(Debug)]
pub(crate) struct Work {
    /// What it is called.
    pub(crate) name: String,
    /// Where its results go.
    pub(crate) folder: PathBuf,
    /// Where its pieces are.
    pub(crate) pieces: PathBuf,
    /// What its pieces may be called there.
    pub(crate) names: Vec<String>,
}

impl Work {
    /// Refuses a command that is one piece already.
    pub(crate) fn refuse_shard(is_given: bool) -> Result<(), Failure> {
        if is_given {
            return Err(Failure::misuse(
                "leave out --shard: submit gives each piece its own",
            ));
        }
        Ok(())
    }
}
