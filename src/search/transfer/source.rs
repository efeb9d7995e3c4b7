//! Which features are computed, and of a few examples, these.

use std::ops::Range;

use super::features::BaseFeatures;
use crate::digest::sha256;
use crate::evaluate::{EvaluationError, Evaluator, Example, Examples};

/// Which features they are: those of a network's first steps.
#[derive(Debug)]
pub(super) struct Source<'a> {
    pub(super) evaluator: &'a Evaluator,
    pub(super) steps: usize,
    /// Numbers of an example.
    pub(super) count: usize,
    /// All that the numbers depend on.
    pub(super) identity: String,
}

impl Source<'_> {
    /// What a file says of the features in it, which are those of a part of so many examples.
    pub(super) fn key(&self, part: &Range<usize>, examples: usize) -> String {
        if *part == (0..examples) {
            return sha256(self.identity.as_bytes());
        }
        sha256(format!("{}\n{part:?}", self.identity).as_bytes())
    }

    /// The features of a few examples.
    pub(super) fn features(
        &self,
        examples: &dyn Examples,
        part: Range<usize>,
    ) -> Result<BaseFeatures, EvaluationError> {
        let indices: Vec<usize> = part.collect();
        let batch = examples.batch(&indices);
        let made = self.evaluator.features_of(&batch, self.steps)?;
        Ok(BaseFeatures {
            count: self.count,
            numbers: made.numbers().concat(),
            classes: batch.examples().iter().map(Example::class).collect(),
        })
    }
}
