//! Counting errors: streamed, in constant memory, and resumed where it was interrupted.

use std::fmt;
use std::path::Path;

use super::evaluation_log::{EvaluationLog, Part};
use crate::digest::sha256;
use crate::evaluate::{
    digests, EvaluationError, Evaluator, ExampleDigest, Examples, ExamplesDigest, Loss,
};
use crate::storage::append_log::LogError;

/// Is told how many examples more have been evaluated, and what is wrong with those that cannot be
/// read.
pub type Report<'a> = dyn Fn(usize, &[String]) + 'a;

/// How examples are evaluated; nothing of it changes a result.
#[derive(Default, Clone, Copy)]
pub struct Evaluation<'a> {
    /// Where the results of parts are kept until all are there.
    pub folder: Option<&'a Path>,
    /// Progress.
    pub report: Option<&'a Report<'a>>,
}

impl fmt::Debug for Evaluation<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Evaluation")
            .field("folder", &self.folder)
            .finish_non_exhaustive()
    }
}

/// Which examples are evaluated, and of which the digest is made.
#[derive(Debug, Clone)]
pub(super) enum Selection {
    /// All.
    All,
    /// Those at these indices, ascending. The digests are those of all.
    Drawn(Vec<usize>),
    /// Those at these indices, ascending. The digests are theirs alone.
    DrawnAlone(Vec<usize>),
}

/// What became of one example.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Outcome {
    /// Its class; none if it cannot be read.
    pub(super) class: Option<usize>,
    /// Whether the network misclassifies it.
    pub(super) is_misclassified: bool,
}

/// What an evaluation found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Counted {
    /// One for each example evaluated, in their order.
    pub(super) outcomes: Vec<Outcome>,
    /// The digests of all examples, or with [`Selection::DrawnAlone`] of those evaluated.
    pub(super) digests: Vec<ExampleDigest>,
}

impl Counted {
    /// Number of errors, with those that cannot be read.
    pub(super) fn errors(&self) -> u64 {
        let errors = self.outcomes.iter().filter(|one| one.is_misclassified);
        errors.count() as u64
    }
}

/// What is evaluated, and by which network.
#[derive(Debug, Clone, Copy)]
pub(super) struct Count<'a> {
    /// What the file stands for.
    pub(super) evaluator: &'a Evaluator,
    /// SHA-256 of the file.
    pub(super) model_sha256: &'a str,
    /// When an example is misclassified.
    pub(super) loss: Loss,
}

impl Evaluation<'_> {
    /// Evaluates the selected examples, of which all digests may be `known`.
    pub(super) fn count(
        &self,
        count: Count,
        examples: &dyn Examples,
        known: Option<&[ExampleDigest]>,
        selection: &Selection,
    ) -> Result<Counted, CountError> {
        let all: Vec<usize> = (0..examples.len()).collect();
        let evaluated = match selection {
            Selection::All => &all,
            Selection::Drawn(indices) | Selection::DrawnAlone(indices) => indices,
        };
        let decoded = match (selection, known) {
            (Selection::Drawn(_), None) => &all,
            _ => evaluated,
        };
        let log = match self.folder {
            None => None,
            Some(folder) => {
                let key = key(count, examples, known, evaluated, decoded);
                Some(EvaluationLog::open(folder, &sha256(key.as_bytes()))?)
            }
        };
        let mut counted = Counted {
            outcomes: Vec::with_capacity(evaluated.len()),
            digests: Vec::new(),
        };
        for (place, indices) in decoded.chunks(examples.part().max(1)).enumerate() {
            let kept = log.as_ref().and_then(|log| log.part(place)).cloned();
            let part = match kept {
                Some(part) => part,
                None => {
                    let part = self::part(count, examples, known.is_some(), indices, evaluated)?;
                    if let Some(log) = &log {
                        log.append(part.clone())?;
                    }
                    part
                }
            };
            let outcomes = part
                .outcomes
                .iter()
                .map(|&(class, is_misclassified)| Outcome {
                    class,
                    is_misclassified,
                });
            counted.outcomes.extend(outcomes);
            counted.digests.extend(&part.digests);
            if let Some(report) = self.report {
                report(part.outcomes.len(), &part.problems);
            }
        }
        if let Some(known) = known {
            counted.digests = known.to_vec();
        }
        Ok(counted)
    }
}

/// Everything that the results of parts depend on.
fn key(
    count: Count,
    examples: &dyn Examples,
    known: Option<&[ExampleDigest]>,
    evaluated: &[usize],
    decoded: &[usize],
) -> String {
    let Count {
        model_sha256, loss, ..
    } = count;
    let digests = known.map_or(String::new(), |digests| {
        // In their order: parts are pieces of it.
        sha256(digests.as_flattened())
    });
    let (shape, n, classes) = (examples.shape(), examples.len(), examples.classes());
    let (state, loss, decoded) = (examples.state(), loss.name(), decoded.len());
    let set = format!("{n} {shape} {classes}\n{digests}\n{state}");
    format!("v2\n{model_sha256}\n{set}\n{evaluated:?}\n{decoded}\n{loss}\n")
}

/// The results of one part: of those that are to be evaluated, an outcome; of all, the digest,
/// where it is not known.
fn part(
    count: Count,
    examples: &dyn Examples,
    is_known: bool,
    indices: &[usize],
    evaluated: &[usize],
) -> Result<Part, CountError> {
    let batch = examples.batch(indices);
    let problems = batch.examples().iter().filter_map(|one| one.problem());
    let problems = problems.map(str::to_string).collect();
    let digests = if is_known {
        Vec::new()
    } else {
        batch.digests()
    };
    let is_evaluated = |place: &usize| evaluated.binary_search(&indices[*place]).is_ok();
    let places: Vec<usize> = (0..indices.len()).filter(is_evaluated).collect();
    let drawn = if places.len() == indices.len() {
        batch
    } else {
        batch.select(places.into_iter())
    };
    let misclassified = count.evaluator.misclassified(&drawn, count.loss)?;
    let classes = drawn.examples().iter().map(|example| example.class());
    Ok(Part {
        outcomes: classes.zip(misclassified).collect(),
        digests,
        problems,
    })
}

/// The digests of examples that need not be decoded for them.
pub(super) fn known_digests(examples: &dyn Examples) -> Option<Vec<ExampleDigest>> {
    examples.is_decoded().then(|| digests(examples))
}

/// The digest of a set that was counted.
pub(super) fn digest_of(examples: &dyn Examples, counted: &Counted) -> ExamplesDigest {
    ExamplesDigest::new(examples, counted.digests.clone())
}

/// Why errors cannot be counted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CountError {
    /// The network does not fit the examples.
    #[error(transparent)]
    Evaluation(#[from] EvaluationError),
    /// The log.
    #[error(transparent)]
    Log(#[from] LogError),
}
