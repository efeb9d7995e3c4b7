//! Features of a part of the examples, computed on a machine of its own.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::computation::compute_features;
use super::finished_piece::FinishedPiece;
use super::source::Source;
use crate::digest::sha256;
use crate::evaluate::Examples;
use crate::pieces::{Identity, PieceError, Pieces, Progress, Shard, FOLDER};
use crate::search::error::SearchError;
use crate::storage::whole_file::read_at_most;

/// What the pieces of a search relative to a base are called.
pub const FEATURE_PIECES: &str = "features";

/// Of a finished piece, one of its files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Record {
    /// Of the base, the steps whose features are in it.
    steps: usize,
    /// SHA-256 of the file.
    sha256: String,
}

/// All pieces in the folder of a search. Beside each is a file of features for every number of
/// steps.
#[derive(Debug)]
pub(super) struct FeaturePieces {
    folder: PathBuf,
    pieces: Pieces,
}

impl FeaturePieces {
    /// Those of such features, in the folder of a search.
    pub(super) fn new(folder: &Path, identity: Identity) -> Self {
        let folder = folder.join(FOLDER);
        Self {
            pieces: Pieces::new(&folder, FEATURE_PIECES, identity),
            folder,
        }
    }

    /// Computes the features of one piece, or what is left of them.
    pub(super) fn compute(
        &self,
        shard: Shard,
        sources: &[Source],
        examples: &dyn Examples,
        report: &mut dyn FnMut(usize),
    ) -> Result<(), SearchError> {
        let mut piece = self.pieces.begin::<Record>(shard)?;
        let done: Vec<usize> = piece.before().iter().map(|record| record.steps).collect();
        let part = shard.range(examples.len());
        let left = sources
            .iter()
            .filter(|source| !done.contains(&source.steps));
        let left: Vec<&Source> = left.collect();
        let mut progress = Progress::begin(0, (left.len() * part.len()) as u64);
        // From the beginning on it is seen that somebody does it.
        piece.put(Vec::new(), progress)?;
        for source in left {
            let file = self.file(source.steps, shard);
            let mut untold = Ok(());
            let mut told = |examples: usize| {
                report(examples);
                progress = progress.at(progress.done + examples as u64);
                // It is finished when its record is there.
                let shown = progress.at(progress.done.min(progress.of.saturating_sub(1)));
                if untold.is_ok() {
                    untold = piece.put(Vec::new(), shown);
                }
            };
            compute_features(source, (examples, part.clone()), &[], &file, &mut told)?;
            untold?;
            let record = Record {
                steps: source.steps,
                sha256: sha256(&read_at_most(&file, u64::MAX)?),
            };
            piece.put(vec![record], progress)?;
        }
        Ok(())
    }

    /// The files of finished pieces with the features of these steps.
    pub(super) fn finished(
        &self,
        steps: usize,
        examples: usize,
    ) -> Result<Vec<FinishedPiece>, PieceError> {
        let mut finished = Vec::new();
        for piece in self.pieces.one_by_one::<Record>() {
            let piece = piece?;
            let shard = piece.head.shard;
            let records = piece.records.into_iter();
            finished.extend(
                records
                    .filter(|record| record.steps == steps)
                    .map(|record| FinishedPiece {
                        part: shard.range(examples),
                        file: self.file(steps, shard),
                        sha256: record.sha256,
                    }),
            );
        }
        Ok(finished)
    }

    fn file(&self, steps: usize, shard: Shard) -> PathBuf {
        let name = format!("{FEATURE_PIECES}-{steps}.{}.bin", shard.in_name());
        self.folder.join(name)
    }
}
