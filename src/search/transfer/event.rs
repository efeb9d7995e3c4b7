//! What a search tells while it runs.

use super::goal::Found;
use crate::compress::Progress;

/// What is trained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// A new head.
    Head,
    /// Numbers of the base, and the head with them.
    Base,
}

/// What a search tells while it runs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum TransferEvent {
    /// What the base makes of the examples is computed.
    Computing,
    /// That of so many more examples is there.
    Features(usize),
    /// Something is trained, at this price of a bit.
    Begun {
        /// What.
        part: Part,
        /// The price, in nats a nat.
        rate: f64,
    },
    /// How far its training has come.
    Progress(Progress),
    /// A network was trained, or changed by local search.
    Found {
        /// Errors among all examples.
        errors: u64,
        /// Bits of the file.
        bits: u64,
        /// The bound, with what else is charged for such files.
        bound: f64,
    },
    /// Nothing of the base moves: no part of it is small enough to be trained on these examples.
    TooLarge,
}

impl TransferEvent {
    pub(super) fn found(found: &Found) -> Self {
        Self::Found {
            errors: found.errors,
            bits: found.bits,
            bound: found.bound,
        }
    }
}
