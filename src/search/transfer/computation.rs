//! Features computed once, and gone on with after an interruption.

use std::ops::Range;
use std::path::Path;

use super::features::BaseFeatures;
use super::finished_piece::FinishedPiece;
use super::kept_features::KeptFeatures;
use super::source::Source;
use crate::evaluate::Examples;
use crate::search::error::SearchError;

/// Examples that are kept together, at most.
const TOGETHER: usize = 256;

/// Computes the features of a part of the examples, from where an interrupted computation stopped
/// that left its file; those of `finished` pieces are taken from there. `report` is told how many
/// examples more there are.
///
/// # Errors
/// If the network does not fit the examples, a piece is damaged, or the file cannot be read or
/// written.
pub(super) fn compute_features(
    source: &Source,
    (examples, part): (&dyn Examples, Range<usize>),
    finished: &[FinishedPiece],
    file: &Path,
    report: &mut dyn FnMut(usize),
) -> Result<BaseFeatures, SearchError> {
    let key = source.key(&part, examples.len());
    let (mut kept, mut features) = KeptFeatures::open(file, &key, source.count)?;
    report(features.len());
    let together = examples.part().clamp(1, TOGETHER);
    loop {
        let next = part.start + features.len();
        if next >= part.end {
            return Ok(features);
        }
        let made = match finished.iter().find(|piece| piece.part.contains(&next)) {
            Some(piece) => piece
                .read(source, examples.len())?
                .since(next - piece.part.start),
            None => {
                let begins = finished.iter().map(|piece| piece.part.start);
                let begins = begins.filter(|&begin| begin > next).min();
                let end = part.end.min(begins.unwrap_or(part.end));
                source.features(examples, next..end.min(next + together))?
            }
        };
        kept.append(&made)?;
        report(made.len());
        features.extend(made);
    }
}
