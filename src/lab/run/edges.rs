//! Draws of training sets from laws at the edges of bounds.

use serde::Deserialize;

use super::edge_coverage::EdgeCoverage;
use super::error::{DrawError, RunError};
use super::subject::{one_by_one, Origin, Outcome, Ranges, Subject};
use crate::bounds::{BoundError, FailureProbability};
use crate::lab::edges::{Edge, EdgeLaw};

/// The table `[edges]`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EdgesTable {
    /// What the bound may fail with.
    delta: FailureProbability,
    /// As [`EdgeLaw`] reads it.
    law: String,
    /// Training sets in a draw, so that a row is not one bit.
    sets: u64,
}

impl EdgesTable {
    /// Whether all values are in their domains.
    pub(super) fn checked(self) -> Result<Box<dyn Subject>, RunError> {
        const MOST_SETS: u64 = 1_000_000;
        if !(1..=MOST_SETS).contains(&self.sets) {
            return Err(RunError::Domain {
                key: "sets",
                value: self.sets.to_string(),
                accepted: "1 to 1000000",
            });
        }
        let law: EdgeLaw = self.law.parse()?;
        Ok(Box::new(AtTheEdge {
            edge: law.edge(self.delta)?,
            law: self.law,
            sets: self.sets,
        }))
    }
}

#[derive(Debug)]
struct AtTheEdge {
    edge: Edge,
    law: String,
    sets: u64,
}

impl AtTheEdge {
    /// In how many of a draw's training sets the bound fails.
    fn one(&self, origin: &Origin, draw: u64) -> Result<Vec<String>, DrawError> {
        let mut random = origin.stream(draw, "sets");
        let mut failures = 0u64;
        for _ in 0..self.sets {
            failures += u64::from(self.edge.fails(&mut random)?);
        }
        Ok(vec![failures.to_string()])
    }
}

impl Subject for AtTheEdge {
    fn results(&self) -> &'static [&'static str] {
        &["failures"]
    }

    fn draw(&self, origin: &Origin, draws: &[u64]) -> Result<Vec<Vec<String>>, RunError> {
        one_by_one(draws, |draw| self.one(origin, draw))
    }

    /// A draw is many training sets, and nothing is said of the limit.
    fn outcome(&self, _: &[&str]) -> Option<Outcome> {
        None
    }

    fn examples(&self) -> u64 {
        self.edge.trials().get()
    }

    fn ranges(&self) -> Ranges {
        Ranges {
            train_error: (0.0, 1.0),
            test_error: (0.0, 1.0),
            bits: (0.0, f64::INFINITY),
        }
    }

    fn delta(&self) -> Option<FailureProbability> {
        None
    }

    fn edge(&self, rows: &[Vec<&str>]) -> Result<Option<EdgeCoverage>, BoundError> {
        let failures = rows.iter().filter_map(|row| match row[..] {
            [failures] => failures.parse().ok(),
            _ => None,
        });
        let failures: Vec<u64> = failures.collect();
        let sets = self.sets.saturating_mul(failures.len() as u64);
        EdgeCoverage::of(&self.edge, &self.law, failures.iter().sum(), sets).map(Some)
    }
}
