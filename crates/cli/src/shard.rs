//! `--shard`: which piece of long work is done.

use std::path::Path;

use super::failure::Failure;
use super::output::{print, print_json};
use nonvacuous::pieces::{Shard, ShardError};

/// `I/K`, or the task of an array that is running.
pub(super) fn shard(text: &str) -> Result<Shard, ShardError> {
    Shard::of_array(text, |name| std::env::var(name).ok())
}

/// Says that a piece is done, and in which folder or file it is.
pub(super) fn show_piece(shard: Shard, path: &Path, json: bool) -> Result<(), Failure> {
    if json {
        let piece = shard.to_string();
        return print_json(&serde_json::json!({ "piece": piece, "path": path }));
    }
    print(&format!("piece {shard} is in {}", path.display()));
    Ok(())
}
