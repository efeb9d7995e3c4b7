//! What a search is told beside the data.

use std::time::Instant;

use crate::bounds::FailureProbability;
use crate::certificate::Provenance;
use crate::compress::Effort;

/// What a search is told beside the data.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Probability, over the draw of the training set, that the bound fails.
    pub delta: FailureProbability,
    /// Seed of all randomness.
    pub seed: u64,
    /// How long to search.
    pub effort: Effort,
    /// When to begin no further recipe; one is always tried.
    pub deadline: Option<Instant>,
    /// Replace what the folder holds, even if it is better or about other examples.
    pub replace: bool,
    /// State that the format of model files was not designed with these examples at hand.
    pub unseen: bool,
    /// Bound the error on each class too.
    pub per_class: bool,
    /// The number of each training example's group, if groups are counted instead of examples.
    pub groups: Option<Vec<usize>>,
    /// What the certificate says of its origin; the seed above goes into it.
    pub command: String,
}

impl Settings {
    /// The usual ones, at this `delta`.
    #[must_use]
    pub fn new(delta: FailureProbability) -> Self {
        Self {
            delta,
            seed: 1,
            effort: Effort::Standard,
            deadline: None,
            replace: false,
            unseen: false,
            per_class: false,
            groups: None,
            command: String::new(),
        }
    }

    /// How certificates come about.
    #[must_use]
    pub fn provenance(&self) -> Provenance {
        Provenance {
            command: self.command.clone(),
            seed: self.seed,
            ..Provenance::default()
        }
    }

    pub(super) fn is_time_over(&self) -> bool {
        self.deadline
            .is_some_and(|deadline| Instant::now() >= deadline)
    }
}
