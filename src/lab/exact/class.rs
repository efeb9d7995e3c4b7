//! Finite hypothesis classes: who errs where.

use super::law::FiniteLaw;

/// Hypotheses `0, 1, …`, each with its zero-one loss on every example.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HypothesisClass {
    losses: Vec<Vec<bool>>,
}

impl HypothesisClass {
    /// From a table with a row for each hypothesis, or nothing if it has no rows or rows of
    /// different lengths.
    #[must_use]
    pub fn new(losses: Vec<Vec<bool>>) -> Option<Self> {
        let examples = losses.first()?.len();
        losses
            .iter()
            .all(|row| row.len() == examples)
            .then_some(Self { losses })
    }

    /// All `2^inputs` binary classifiers of that many inputs; example `2 x + y` is input `x` with
    /// label `y`.
    #[must_use]
    pub fn all_labellings(inputs: u32) -> Self {
        let losses = |labels: u32| {
            (0..2 * inputs)
                .map(|example| labels >> (example / 2) & 1 != example & 1)
                .collect()
        };
        Self {
            losses: (0..1u32 << inputs).map(losses).collect(),
        }
    }

    /// A hypothesis for each set of the `m` examples, right on those and wrong elsewhere: what a
    /// memoriser may send.
    #[must_use]
    pub fn memories(examples: u32) -> Self {
        let losses = |set: u32| {
            (0..examples)
                .map(|example| set >> example & 1 == 0)
                .collect()
        };
        Self {
            losses: (0..1u32 << examples).map(losses).collect(),
        }
    }

    /// Number of hypotheses.
    #[must_use]
    pub fn len(&self) -> usize {
        self.losses.len()
    }

    /// Whether there are none: never.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.losses.is_empty()
    }

    /// The table.
    #[must_use]
    pub fn losses(&self) -> &[Vec<bool>] {
        &self.losses
    }

    /// For each hypothesis its number of errors on a sample.
    #[must_use]
    pub fn errors(&self, sample: &[usize]) -> Vec<u64> {
        let count = |row: &Vec<bool>| {
            sample
                .iter()
                .filter(|&&example| row.get(example) == Some(&true))
                .count() as u64
        };
        self.losses.iter().map(count).collect()
    }

    /// For each hypothesis `w L`, its population error in units of `1/w`.
    #[must_use]
    pub fn population_errors(&self, law: &FiniteLaw) -> Vec<u64> {
        let sum = |row: &Vec<bool>| {
            row.iter()
                .zip(law.weights())
                .filter(|(&errs, _)| errs)
                .map(|(_, &w)| w)
                .sum()
        };
        self.losses.iter().map(sum).collect()
    }
}
