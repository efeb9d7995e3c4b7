//! Which mutation is caught by which line.

use super::mutation::Mutation;
use super::verdict::{TheoremVerdict, Verdict};

/// The verdicts on the theorems as they are, and with each mutation.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct MutationTable {
    /// Of the theorems as they are.
    pub sound: Vec<TheoremVerdict>,
    /// With each of [`Mutation::ALL`], in that order.
    pub mutated: Vec<(Mutation, Vec<TheoremVerdict>)>,
}

impl MutationTable {
    /// How many instances of a line each mutation breaks, in the order of [`Mutation::ALL`].
    #[must_use]
    pub fn violations(&self, theorem: &str) -> Vec<u64> {
        let of = |verdicts: &[TheoremVerdict]| {
            let own = verdicts.iter().find(|one| one.theorem.name == theorem);
            own.map_or(0, |own| own.violations)
        };
        self.mutated
            .iter()
            .map(|(_, verdicts)| of(verdicts))
            .collect()
    }

    /// The lines that no mutation breaks, or that are broken without one: they could not fail, or
    /// cannot but.
    #[must_use]
    pub fn useless_lines(&self) -> Vec<&'static str> {
        self.sound
            .iter()
            .filter(|line| {
                let is_caught = self.violations(line.theorem.name).iter().any(|&n| n > 0);
                line.verdict() == Verdict::DoesNotHold || !is_caught
            })
            .map(|line| line.theorem.name)
            .collect()
    }

    /// The mutations that no line catches.
    #[must_use]
    pub fn uncaught_mutations(&self) -> Vec<Mutation> {
        self.mutated
            .iter()
            .filter(|(_, verdicts)| verdicts.iter().all(|line| line.violations == 0))
            .map(|(mutation, _)| *mutation)
            .collect()
    }
}
