//! What a base makes of all examples.

use crate::evaluate::{EvaluationError, Evaluator};

/// Numbers that the first steps of a network make of each example, and its class.
#[derive(Debug, Clone, Default)]
pub(super) struct BaseFeatures {
    /// Numbers of an example.
    pub(super) count: usize,
    /// `[examples, count]`.
    pub(super) numbers: Vec<f32>,
    /// None of an example that has none.
    pub(super) classes: Vec<Option<usize>>,
}

impl BaseFeatures {
    /// Number of examples.
    pub(super) fn len(&self) -> usize {
        self.classes.len()
    }

    /// How many of the examples a network misclassifies whose first so many steps made these
    /// numbers.
    ///
    /// # Errors
    /// If the network makes another number of them there.
    pub(super) fn errors(
        &self,
        evaluator: &Evaluator,
        steps: usize,
    ) -> Result<u64, EvaluationError> {
        const AT_ONCE: usize = 4096;
        let mut errors = 0;
        let count = self.count.max(1);
        let parts = self.numbers.chunks(AT_ONCE * count);
        for (numbers, classes) in parts.zip(self.classes.chunks(AT_ONCE)) {
            let numbers: Vec<&[f32]> = numbers.chunks(count).collect();
            errors += evaluator.errors_from(&evaluator.features_from(&numbers, classes, steps)?);
        }
        Ok(errors)
    }
}
