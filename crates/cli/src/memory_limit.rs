//! How much a model file may ask for.

use clap::Args;

use nonvacuous::code::{Base, CodeError, Model};
use nonvacuous::storage::memory_limit::MemoryLimit;

#[derive(Debug, Clone, Copy, Args)]
pub(super) struct LimitArgument {
    /// Let reading the model and evaluating it take so many MB of memory, and 64 million
    /// operations an example for each; without it 64 MB, and 64 bytes for each byte of the file
    #[arg(long, value_name = "MB")]
    limit: Option<u64>,
}

impl LimitArgument {
    /// The limit, if one was given.
    pub(super) fn given(self) -> Option<MemoryLimit> {
        self.limit.map(MemoryLimit::megabytes)
    }

    /// The limit for a model file, relative to a base if there is one.
    pub(super) fn of(self, file: &[u8], base: Option<&Base>) -> MemoryLimit {
        let usual = || match base {
            Some(base) => base.limit_with(file),
            None => MemoryLimit::of_file(file.len()),
        };
        self.given().unwrap_or_else(usual)
    }

    /// The model of a file, relative to a base if there is one, within the limit.
    pub(super) fn decode(self, file: &[u8], base: Option<&Base>) -> Result<Model, CodeError> {
        Model::read(file, base, self.of(file, base))
    }
}
