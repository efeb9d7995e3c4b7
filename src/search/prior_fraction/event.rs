//! What a search with a data-dependent prior tells while it runs.

use crate::compress::Progress;
use crate::search::transfer::TransferEvent;

/// How far a search with a data-dependent prior is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum PriorEvent {
    /// The network of the first part is trained.
    Progress(Progress),
    /// What its base makes of the examples, and what moves with the rest in view.
    Transfer(TransferEvent),
}
