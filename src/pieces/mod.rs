//! Long work in pieces, on as many machines as there are.
//!
//! A piece is number I of K ([`Shard`]): draws of an experiment, recipes of a search, a range of
//! examples. What is known of it is in one file of its own, which is replaced whole whenever the
//! work has come further ([`Pieces`]). So whatever kills a piece, and whoever does it again, the
//! file is right: no locks are needed, which shared file systems may not have, and two who do the
//! same piece at once do no harm, as they write the same.
//!
//! The head of the file says what the piece belongs to ([`Identity`]): a merge refuses pieces that
//! another version made, or of another configuration, other data or another model.

mod error;
mod head;
mod identity;
#[allow(clippy::module_inception)]
mod pieces;
mod shard;

/// The folder of pieces, beside what they become.
pub const FOLDER: &str = "pieces";

pub use error::PieceError;
pub use head::{heads, Head, Progress};
pub use identity::Identity;
pub use pieces::{Piece, PieceFile, Pieces};
pub use shard::{Shard, ShardError};
