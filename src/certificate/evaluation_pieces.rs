//! An evaluation in pieces: ranges of examples, counted on several machines.

use std::path::Path;

use super::counted::{CountError, Counted, Outcome, Report};
use super::evaluation_part::{Part, Work};
use crate::digest::sha256;
use crate::evaluate::ExampleDigest;
use crate::pieces::{Identity, PieceError, Pieces, Progress, Shard};

/// Examples that are evaluated together for each thread, so that none waits for long.
const AT_ONCE: usize = 32;

/// A part, and the place of its first example among those that are decoded.
type Record = (usize, Part);

/// The pieces of one evaluation in a folder, and the examples that all of them decode.
pub(super) struct EvaluationPieces<'a> {
    work: Work<'a>,
    decoded: &'a [usize],
    pieces: Pieces,
}

/// What is known of one example that was decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Known {
    digest: Option<ExampleDigest>,
    outcome: Option<Outcome>,
}

impl<'a> EvaluationPieces<'a> {
    /// Those of a set of that name, which these digests are if they are known.
    pub(super) fn new(
        folder: &Path,
        name: &str,
        work: Work<'a>,
        decoded: &'a [usize],
        known: Option<&[ExampleDigest]>,
    ) -> Self {
        let examples = work.examples;
        let evaluated = sha256(format!("{:?}", work.evaluated).as_bytes());
        let (loss, decodes) = (work.count.loss.name(), decoded.len());
        let configuration = format!("evaluation of {name}\n{loss}\n{evaluated}\n{decodes}\n");
        let digests = known.map_or(String::new(), |known| sha256(known.as_flattened()));
        let data = format!(
            "{} {} {}\n{digests}\n{}",
            examples.len(),
            examples.shape(),
            examples.classes(),
            examples.state()
        );
        let identity = Identity::new(&configuration, &data).of_model(work.count.model_sha256);
        Self {
            work,
            decoded,
            pieces: Pieces::new(folder, name, identity),
        }
    }

    /// Does one piece, or what is left of it.
    pub(super) fn count(&self, shard: Shard, report: Option<&Report>) -> Result<(), CountError> {
        let mut file = self.pieces.begin::<Record>(shard)?;
        let range = shard.range(self.decoded.len());
        let mut next = range.start;
        for (first, part) in file.before() {
            if *first != next || next + self.length(part) > range.end {
                return Err(self.not_in_order(file.path()).into());
            }
            next += self.length(part);
            told(report, part);
        }
        let mut progress = Progress::begin((next - range.start) as u64, range.len() as u64);
        // From the beginning on it is seen that somebody does it.
        file.put(Vec::new(), progress)?;
        let parts = self.decoded[next..range.end].chunks(self.at_once());
        self.work.each_part(parts, |part| {
            told(report, &part);
            let length = self.length(&part);
            progress = progress.at(progress.done + length as u64);
            file.put(vec![(next, part)], progress)?;
            next += length;
            Ok(())
        })
    }

    /// Gathers all pieces, and evaluates what none of them has, as a piece of its own.
    pub(super) fn gather(&self, report: Option<&Report>) -> Result<Counted, CountError> {
        let mut all: Vec<Option<Known>> = vec![None; self.decoded.len()];
        for piece in self.pieces.one_by_one::<Record>() {
            let piece = piece?;
            for (first, part) in &piece.records {
                told(report, part);
                self.place(&piece.path, *first, part, &mut all)?;
            }
        }
        let missing = all.iter().zip(0..).filter(|(known, _)| known.is_none());
        let missing: Vec<usize> = missing.map(|(_, place)| place).collect();
        let taken = self.decoded.len() - missing.len();
        if !missing.is_empty() {
            self.evaluate(&missing, &mut all, report)?;
        }
        let mut counted = Counted {
            outcomes: Vec::with_capacity(self.work.evaluated.len()),
            digests: Vec::with_capacity(self.decoded.len()),
            taken: taken as u64,
        };
        for known in all.into_iter().flatten() {
            counted.outcomes.extend(known.outcome);
            counted.digests.extend(known.digest);
        }
        Ok(counted)
    }

    /// Evaluates the examples at these places among those that are decoded.
    fn evaluate(
        &self,
        missing: &[usize],
        all: &mut [Option<Known>],
        report: Option<&Report>,
    ) -> Result<(), CountError> {
        let mut file = self.pieces.begin::<Record>(Shard::WHOLE)?;
        let before: usize = file
            .before()
            .iter()
            .map(|(_, part)| self.length(part))
            .sum();
        let of = (before + missing.len()) as u64;
        let mut progress = Progress::begin(before as u64, of);
        let indices: Vec<usize> = missing.iter().map(|&place| self.decoded[place]).collect();
        // Records are of places side by side.
        let mut parts = Vec::new();
        let mut begun = 0;
        for end in 1..=missing.len() {
            let is_gap = missing.get(end) != Some(&(missing[end - 1] + 1));
            if is_gap || end - begun == self.at_once() {
                parts.push(begun..end);
                begun = end;
            }
        }
        let mut places = parts.iter().map(|part| missing[part.start]);
        let parts = parts.iter().map(|part| &indices[part.clone()]);
        self.work.each_part(parts, |part| {
            told(report, &part);
            let first = places.next().unwrap_or_default();
            self.place(file.path(), first, &part, all)?;
            progress = progress.at(progress.done + self.length(&part) as u64);
            Ok(file.put(vec![(first, part)], progress)?)
        })
    }

    /// Puts what was found on a part where it belongs. What two pieces have both found must be
    /// equal: the function is the same on every machine.
    fn place(
        &self,
        path: &Path,
        first: usize,
        part: &Part,
        all: &mut [Option<Known>],
    ) -> Result<(), PieceError> {
        let damaged = |reason: &str| PieceError::Damaged {
            path: path.to_path_buf(),
            reason: reason.to_string(),
        };
        let end = first.checked_add(self.length(part));
        let places = end.and_then(|end| all.get_mut(first..end));
        let places = places.ok_or_else(|| damaged("it has examples that there are not"))?;
        let mut outcomes = part.outcomes.iter();
        let mut digests = part.digests.iter();
        for (place, index) in places.iter_mut().zip(&self.decoded[first..]) {
            let outcome = match self.work.is_evaluated(*index) {
                true => outcomes.next().map(|&found| Outcome::from(found)),
                false => None,
            };
            if self.work.is_evaluated(*index) && outcome.is_none() {
                return Err(damaged("an outcome is missing"));
            }
            let digest = digests.next().copied();
            let found = Known { digest, outcome };
            if place.is_some_and(|before| before != found) {
                let reason = format!("of example {index} another piece has another outcome");
                return Err(damaged(&reason));
            }
            *place = Some(found);
        }
        Ok(())
    }

    /// How many examples a part decoded.
    fn length(&self, part: &Part) -> usize {
        if self.work.is_known {
            part.outcomes.len()
        } else {
            part.digests.len()
        }
    }

    fn at_once(&self) -> usize {
        let wanted = AT_ONCE * rayon::current_num_threads();
        wanted.min(self.work.examples.part()).max(1)
    }

    fn not_in_order(&self, path: &Path) -> PieceError {
        PieceError::Damaged {
            path: path.to_path_buf(),
            reason: "its examples are not those of the piece".to_string(),
        }
    }
}

/// Tells how many more are done.
fn told(report: Option<&Report>, part: &Part) {
    if let Some(report) = report {
        report(part.outcomes.len(), &part.problems);
    }
}
