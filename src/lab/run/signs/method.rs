//! How much is tried.

use super::sample::domain;
use crate::bounds::Probability;
use crate::lab::run::error::RunError;
use crate::lab::signs::StochasticBeliefPropagation;

/// The keys that say how it is learnt.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct MethodKeys {
    /// How often the learner begins anew where an example is left wrong.
    pub(super) attempts: u64,
    /// Passes of an attempt.
    pub(super) passes: u64,
    /// The probability of an update on an example that is barely right.
    pub(super) reinforcement: f64,
}

impl MethodKeys {
    /// Whether all values are in their domains.
    pub(super) fn checked(self) -> Result<StochasticBeliefPropagation, RunError> {
        for (key, count) in [("attempts", self.attempts), ("passes", self.passes)] {
            if count == 0 {
                return domain(key, count, "1 or more");
            }
        }
        Ok(StochasticBeliefPropagation {
            reinforcement: Probability::new(self.reinforcement)?,
            passes: self.passes,
            attempts: self.attempts,
        })
    }
}
