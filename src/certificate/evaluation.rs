//! Counting errors on photographs: streamed, in constant memory, and resumed where it was
//! interrupted.

use sha2::{Digest, Sha256};

use super::evaluation_log::{EvaluationLog, LogError, Part};
use crate::data::{Framing, ImageFolder, PixelCache};
use crate::digest::sha256;
use crate::evaluate::{EvaluationError, Evaluator, Loss};

/// Photographs that are decoded, evaluated and logged together: what memory holds at once.
pub const PART: usize = 256;

/// Is told how many photographs more have been evaluated, and what is wrong with those that cannot
/// be read.
pub type Report<'a> = dyn Fn(usize, &[String]) + 'a;

/// How photographs are evaluated; nothing of it changes a result.
#[derive(Default)]
pub struct Evaluation<'a> {
    /// Where the results of parts are kept until all are there.
    pub folder: Option<&'a std::path::Path>,
    /// Decoded photographs.
    pub cache: Option<&'a PixelCache>,
    /// Progress.
    pub report: Option<&'a Report<'a>>,
}

/// What an evaluation found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// Number of photographs evaluated.
    pub examples: u64,
    /// Number of errors among them, with those that cannot be read.
    pub errors: u64,
    /// Number of photographs that cannot be read or are mislabelled.
    pub unreadable: u64,
    /// SHA-256 of the canonical bytes.
    pub sha256: String,
}

impl Evaluation<'_> {
    /// Counts the errors of `evaluator`, which computes what the file `model_sha256` stands for, on
    /// the photographs at `indices`.
    ///
    /// # Errors
    /// If the network does not fit the photographs, or the log cannot be written.
    pub(super) fn count(
        &self,
        evaluator: &Evaluator,
        model_sha256: &str,
        folder: &ImageFolder,
        indices: &[usize],
        framing: Framing,
        loss: Loss,
    ) -> Result<Counted, CountError> {
        let listing = folder.listing_sha256();
        let size = framing.size();
        let header = format!(
            "nonvacuous photographs v1\nphotographs {}\nlisting {listing}\nclasses {}\nsize {size}\nevaluated {}\n",
            folder.len(),
            folder.classes().len(),
            indices.len()
        );
        let mut log = match self.folder {
            None => None,
            Some(place) => {
                let state = folder.state_sha256(indices);
                let key = format!(
                    "{model_sha256}\n{header}{state}\n{framing:?}\n{indices:?}\n{}\n",
                    loss.name()
                );
                Some(EvaluationLog::open(place, &sha256(key.as_bytes()))?)
            }
        };
        let mut hash = Sha256::new().chain_update(&header);
        let mut counted = Counted {
            examples: 0,
            errors: 0,
            unreadable: 0,
            sha256: String::new(),
        };
        for (place, indices) in indices.chunks(PART).enumerate() {
            let part = match log.as_ref().and_then(|log| log.part(place)) {
                Some(part) => part.clone(),
                None => {
                    let part = self.part(evaluator, folder, indices, framing, loss)?;
                    if let Some(log) = &mut log {
                        log.append(&part)?;
                    }
                    part
                }
            };
            counted.examples += indices.len() as u64;
            counted.errors += part.errors;
            counted.unreadable += part.problems.len() as u64;
            hash.update(format!("{}\n", part.sha256));
            if let Some(report) = self.report {
                report(indices.len(), &part.problems);
            }
        }
        counted.sha256 = hash
            .finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Ok(counted)
    }

    fn part(
        &self,
        evaluator: &Evaluator,
        folder: &ImageFolder,
        indices: &[usize],
        framing: Framing,
        loss: Loss,
    ) -> Result<Part, CountError> {
        let batch = folder.batch(indices, framing, self.cache);
        let wrong = evaluator.wrong(&batch, loss)?;
        let problems = batch
            .examples()
            .iter()
            .filter_map(|example| example.problem());
        Ok(Part {
            errors: wrong.into_iter().filter(|wrong| *wrong).count() as u64,
            sha256: batch.sha256(),
            problems: problems.map(str::to_string).collect(),
        })
    }
}

/// Why errors cannot be counted.
#[derive(Debug, thiserror::Error)]
pub enum CountError {
    /// The network does not fit the photographs.
    #[error(transparent)]
    Evaluation(#[from] EvaluationError),
    /// The log.
    #[error(transparent)]
    Log(#[from] LogError),
}
