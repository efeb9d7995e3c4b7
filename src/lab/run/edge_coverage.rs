//! How often a bound fails at its edge.

use super::mean::Mean;
use crate::bounds::{BoundError, FailureProbability};
use crate::lab::edges::Edge;

/// A bound over the training sets of one configuration, whose law is at its edge.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct EdgeCoverage {
    /// The law, as it was written.
    pub law: String,
    /// The bound's name.
    pub bound: &'static str,
    /// What it may fail with.
    pub delta: FailureProbability,
    /// What it fails with, exactly.
    pub failure_probability: f64,
    /// Number of training sets.
    pub sets: u64,
    /// In how many it was below the truth.
    pub failures: u64,
    /// The failure probability as it was drawn, with its Clopper-Pearson limits.
    pub rate: Mean,
}

impl EdgeCoverage {
    /// So many failures in so many training sets.
    ///
    /// # Errors
    /// [`BoundError`] for no training sets, or more failures than sets.
    pub(super) fn of(edge: &Edge, law: &str, failures: u64, sets: u64) -> Result<Self, BoundError> {
        Ok(Self {
            law: law.to_string(),
            bound: edge.claim().name(),
            delta: edge.delta(),
            failure_probability: edge.failure_probability(),
            sets,
            failures,
            rate: Mean::of_cases(failures, sets)?,
        })
    }

    /// The exact failure probability as a part of `delta`: 1 if the bound cannot be improved here.
    #[must_use]
    pub fn part_of_delta(&self) -> f64 {
        self.failure_probability / self.delta.get()
    }

    /// Whether the draws do not refute that it fails with probability `delta` at most.
    #[must_use]
    pub fn holds(&self) -> bool {
        self.rate.lower <= self.delta.get()
    }
}
