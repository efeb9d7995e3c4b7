//! Counting errors: streamed, in constant memory, and resumed where it was interrupted.

use std::fmt;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::evaluation_log::{EvaluationLog, Part};
use super::subsample::subsample_indices;
use crate::digest::{hex, sha256};
use crate::evaluate::{EvaluationError, Evaluator, Examples, ExamplesDigest, Loss};
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

/// What an evaluation found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// Number of examples evaluated.
    pub examples: u64,
    /// Number of errors among them, with those that cannot be read.
    pub errors: u64,
    /// Number of examples that cannot be read or are mislabelled.
    pub unreadable: u64,
    /// SHA-256 of the canonical bytes.
    pub sha256: String,
}

impl Evaluation<'_> {
    /// Counts the errors of `evaluator`, which computes what the file `model_sha256` stands for, on
    /// all examples, or on a subsample of a size and a seed.
    pub(super) fn count(
        &self,
        evaluator: &Evaluator,
        model_sha256: &str,
        examples: &dyn Examples,
        subsample: Option<(u64, u64)>,
        loss: Loss,
    ) -> Result<Counted, CountError> {
        let n = examples.len();
        let indices: Vec<usize> = match subsample {
            None => (0..n).collect(),
            Some((size, seed)) => {
                let size = usize::try_from(size).unwrap_or(n);
                subsample_indices(n, size, seed, model_sha256)
            }
        };
        let digest = examples.digest(indices.len());
        let log = match self.folder {
            None => None,
            Some(folder) => {
                let key = key(model_sha256, examples, &digest, &indices, loss);
                Some(EvaluationLog::open(folder, &sha256(key.as_bytes()))?)
            }
        };
        let mut hash = Sha256::new();
        if let ExamplesDigest::Streamed { header } = &digest {
            hash.update(header);
        }
        let (mut errors, mut unreadable) = (0, 0);
        for (place, indices) in indices.chunks(examples.part().max(1)).enumerate() {
            let known = log.as_ref().and_then(|log| log.part(place)).cloned();
            let part = match known {
                Some(part) => part,
                None => {
                    let part = evaluated(evaluator, examples, &digest, indices, loss)?;
                    if let Some(log) = &log {
                        log.append(part.clone())?;
                    }
                    part
                }
            };
            errors += part.errors;
            unreadable += part.problems.len() as u64;
            hash.update(format!("{}\n", part.sha256));
            if let Some(report) = self.report {
                report(indices.len(), &part.problems);
            }
        }
        let sha256 = match digest {
            ExamplesDigest::Known(sha256) => sha256,
            ExamplesDigest::Streamed { .. } => hex(&hash.finalize()),
        };
        Ok(Counted {
            examples: indices.len() as u64,
            errors,
            unreadable,
            sha256,
        })
    }
}

/// Everything that the results of parts depend on.
fn key(
    model_sha256: &str,
    examples: &dyn Examples,
    digest: &ExamplesDigest,
    indices: &[usize],
    loss: Loss,
) -> String {
    let (ExamplesDigest::Known(text) | ExamplesDigest::Streamed { header: text }) = digest;
    let (state, loss) = (examples.state(indices), loss.name());
    format!("{model_sha256}\n{text}\n{state}\n{indices:?}\n{loss}\n")
}

/// The results of one part; its digest is needed only where that of all examples is not known.
fn evaluated(
    evaluator: &Evaluator,
    examples: &dyn Examples,
    digest: &ExamplesDigest,
    indices: &[usize],
    loss: Loss,
) -> Result<Part, CountError> {
    let batch = examples.batch(indices);
    let misclassified = evaluator.misclassified(&batch, loss)?;
    let problems = batch
        .examples()
        .iter()
        .filter_map(|example| example.problem());
    Ok(Part {
        errors: misclassified.into_iter().filter(|wrong| *wrong).count() as u64,
        sha256: match digest {
            ExamplesDigest::Known(_) => String::new(),
            ExamplesDigest::Streamed { .. } => batch.sha256(),
        },
        problems: problems.map(str::to_string).collect(),
    })
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
