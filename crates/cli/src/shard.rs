//! `--shard`: which piece of long work is done.

use nonvacuous::pieces::{Shard, ShardError};

/// `I/K`, or the task of an array that is running.
pub(super) fn shard(text: &str) -> Result<Shard, ShardError> {
    Shard::of_array(text, |name| std::env::var(name).ok())
}
