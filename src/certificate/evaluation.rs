//! Counting errors: streamed, in constant memory, resumed where it was interrupted, and in pieces.

use std::fmt;
use std::path::Path;

use super::counted::{Count, CountError, Counted, Outcome, Report};
use super::evaluation_log::EvaluationLog;
use super::evaluation_part::{Part, Work};
use super::evaluation_pieces::EvaluationPieces;
use crate::digest::sha256;
use crate::evaluate::{digests, ExampleDigest, Examples, ExamplesDigest};
use crate::pieces::Shard;

/// How examples are evaluated; nothing of it changes a result.
#[derive(Default, Clone, Copy)]
pub struct Evaluation<'a> {
    /// Where the results of parts are kept until all are there.
    pub folder: Option<&'a Path>,
    /// Where pieces that were counted elsewhere are taken from, and what none of them has is added.
    pub pieces: Option<&'a Path>,
    /// Progress.
    pub report: Option<&'a Report<'a>>,
}

impl fmt::Debug for Evaluation<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Evaluation")
            .field("folder", &self.folder)
            .field("pieces", &self.pieces)
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

/// Examples that are counted, and what they are among others.
#[derive(Clone, Copy)]
pub(super) struct Counting<'a> {
    pub(super) count: Count<'a>,
    /// What a set of examples is for: what its pieces are called.
    pub(super) purpose: &'a str,
    pub(super) examples: &'a dyn Examples,
    /// All digests, if they are known without decoding.
    pub(super) known: Option<&'a [ExampleDigest]>,
    pub(super) selection: &'a Selection,
}

/// What training sets are called among pieces.
pub(super) const TRAINING: &str = "training";

/// What held-out sets are called among pieces.
pub(super) const HELD_OUT: &str = "held-out";

/// What the pieces of evaluations are called.
pub const EVALUATION_PIECES: [&str; 2] = [TRAINING, HELD_OUT];

impl Counting<'_> {
    /// Does `act` with the examples that are decoded, and the work on them.
    fn with<T>(&self, act: impl FnOnce(Work, &[usize]) -> T) -> T {
        let all: Vec<usize> = (0..self.examples.len()).collect();
        let evaluated = match self.selection {
            Selection::All => &all,
            Selection::Drawn(indices) | Selection::DrawnAlone(indices) => indices,
        };
        let decoded = match (self.selection, self.known) {
            (Selection::Drawn(_), None) => &all,
            _ => evaluated,
        };
        let work = Work {
            count: self.count,
            examples: self.examples,
            is_known: self.known.is_some(),
            evaluated,
        };
        act(work, decoded)
    }

    /// Its pieces in a folder.
    fn pieces<'b>(
        &self,
        folder: &Path,
        work: Work<'b>,
        decoded: &'b [usize],
    ) -> EvaluationPieces<'b> {
        EvaluationPieces::new(folder, self.purpose, work, decoded, self.known)
    }
}

impl Evaluation<'_> {
    /// Evaluates the selected examples.
    pub(super) fn count(&self, counting: Counting) -> Result<Counted, CountError> {
        let mut counted = counting.with(|work, decoded| match self.pieces {
            None => self.stream(counting, work, decoded),
            Some(folder) => counting.pieces(folder, work, decoded).gather(self.report),
        })?;
        if let Some(known) = counting.known {
            counted.digests = known.to_vec();
        }
        Ok(counted)
    }

    /// Evaluates a piece of the selected examples, into a folder.
    pub(super) fn count_piece(
        &self,
        counting: Counting,
        folder: &Path,
        shard: Shard,
    ) -> Result<(), CountError> {
        counting.with(|work, decoded| {
            let pieces = counting.pieces(folder, work, decoded);
            pieces.count(shard, self.report)
        })
    }

    /// Evaluates all here, one part after the other, as the log has them.
    fn stream(
        &self,
        counting: Counting,
        work: Work,
        decoded: &[usize],
    ) -> Result<Counted, CountError> {
        let examples = counting.examples;
        let log = match self.folder {
            None => None,
            Some(folder) => {
                let (count, known) = (counting.count, counting.known);
                let key = key(count, examples, known, work.evaluated, decoded);
                Some(EvaluationLog::open(folder, &sha256(key.as_bytes()))?)
            }
        };
        let mut counted = Counted {
            outcomes: Vec::with_capacity(work.evaluated.len()),
            digests: Vec::new(),
            taken: 0,
        };
        let mut add = |part: &Part| {
            let outcomes = part.outcomes.iter().map(|&found| Outcome::from(found));
            counted.outcomes.extend(outcomes);
            counted.digests.extend(&part.digests);
            if let Some(report) = self.report {
                report(part.outcomes.len(), &part.problems);
            }
        };
        let kept = log.as_ref().map_or(&[][..], EvaluationLog::parts);
        kept.iter().for_each(&mut add);
        let parts = decoded.chunks(examples.part().max(1)).skip(kept.len());
        work.each_part(parts, |part| {
            if let Some(log) = &log {
                log.append(part.clone())?;
            }
            add(&part);
            Ok(())
        })?;
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

/// The digests of examples that need not be decoded for them.
pub(super) fn known_digests(examples: &dyn Examples) -> Option<Vec<ExampleDigest>> {
    examples.is_decoded().then(|| digests(examples))
}

/// The digest of a set that was counted.
pub(super) fn digest_of(examples: &dyn Examples, counted: &Counted) -> ExamplesDigest {
    ExamplesDigest::new(examples, counted.digests.clone())
}
