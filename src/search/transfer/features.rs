//! What a base makes of all examples, computed once.

use std::path::Path;

use super::kept_features::KeptFeatures;
use crate::digest::sha256;
use crate::evaluate::{EvaluationError, Evaluator, Example, Examples, ExamplesDigest};
use crate::search::error::SearchError;

/// Examples that are kept together, at most.
const TOGETHER: usize = 256;

/// Numbers that the first steps of a network make of each example, and its class.
#[derive(Debug, Clone, Default)]
pub struct BaseFeatures {
    /// Numbers of an example.
    pub(super) count: usize,
    /// `[examples, count]`.
    pub(super) numbers: Vec<f32>,
    /// None of an example that has none.
    pub(super) classes: Vec<Option<usize>>,
}

/// Which features they are: those of a network's first steps.
#[derive(Debug)]
pub(super) struct Source<'a> {
    pub(super) evaluator: &'a Evaluator,
    pub(super) steps: usize,
    /// Numbers of an example.
    pub(super) count: usize,
    /// All that the numbers depend on but the examples.
    pub(super) identity: String,
}

impl BaseFeatures {
    /// Computes them, from where an interrupted computation stopped that left its file. `report` is
    /// told how many examples more there are.
    ///
    /// # Errors
    /// If the network does not fit the examples, or the file cannot be read or written.
    pub(super) fn compute(
        source: &Source,
        examples: &dyn Examples,
        file: &Path,
        report: &mut dyn FnMut(usize),
    ) -> Result<Self, SearchError> {
        let state = if examples.is_decoded() {
            ExamplesDigest::of(examples).sha256
        } else {
            examples.state()
        };
        let key = sha256(format!("{}\n{state}", source.identity).as_bytes());
        let (mut kept, mut features) = KeptFeatures::open(file, &key, source.count)?;
        report(features.len());
        let left: Vec<usize> = (features.len()..examples.len()).collect();
        for part in left.chunks(examples.part().clamp(1, TOGETHER)) {
            let batch = examples.batch(part);
            let made = source.evaluator.features_of(&batch, source.steps)?;
            let made = Self {
                count: source.count,
                numbers: made.numbers().concat(),
                classes: batch.examples().iter().map(Example::class).collect(),
            };
            kept.append(&made)?;
            features.numbers.extend(made.numbers);
            features.classes.extend(made.classes);
            report(part.len());
        }
        Ok(features)
    }

    /// Number of examples.
    pub fn len(&self) -> usize {
        self.classes.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.classes.is_empty()
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
