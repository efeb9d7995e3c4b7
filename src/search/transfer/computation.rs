//! Features computed once, and gone on with after an interruption.

use std::path::Path;

use super::features::BaseFeatures;
use super::kept_features::KeptFeatures;
use crate::digest::sha256;
use crate::evaluate::{Evaluator, Example, Examples};
use crate::search::error::SearchError;

/// Examples that are kept together, at most.
const TOGETHER: usize = 256;

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

/// Computes them, from where an interrupted computation stopped that left its file. `report` is
/// told how many examples more there are.
///
/// # Errors
/// If the network does not fit the examples, or the file cannot be read or written.
pub(super) fn compute_features(
    source: &Source,
    examples: &dyn Examples,
    file: &Path,
    report: &mut dyn FnMut(usize),
) -> Result<BaseFeatures, SearchError> {
    let key = sha256(source.identity.as_bytes());
    let (mut kept, mut features) = KeptFeatures::open(file, &key, source.count)?;
    report(features.len());
    let left: Vec<usize> = (features.len()..examples.len()).collect();
    for part in left.chunks(examples.part().clamp(1, TOGETHER)) {
        let batch = examples.batch(part);
        let made = source.evaluator.features_of(&batch, source.steps)?;
        let made = BaseFeatures {
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
