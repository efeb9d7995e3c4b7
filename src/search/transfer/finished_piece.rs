//! The features that a finished piece has found.

use std::ops::Range;
use std::path::PathBuf;

use super::features::BaseFeatures;
use super::kept_features::features_in;
use super::source::Source;
use crate::digest::sha256;
use crate::pieces::PieceError;
use crate::search::error::SearchError;
use crate::storage::whole_file::read_at_most;

/// The file of a finished piece.
#[derive(Debug)]
pub(super) struct FinishedPiece {
    /// The examples in it.
    pub(super) part: Range<usize>,
    /// Where they are.
    pub(super) file: PathBuf,
    /// SHA-256 of the file.
    pub(super) sha256: String,
}

impl FinishedPiece {
    /// What is in it, of a source and of so many examples in all.
    pub(super) fn read(
        &self,
        source: &Source,
        examples: usize,
    ) -> Result<BaseFeatures, SearchError> {
        let damaged = || PieceError::Damaged {
            path: self.file.clone(),
            reason: "its features are not what was written".to_string(),
        };
        let bytes = read_at_most(&self.file, u64::MAX)?;
        if sha256(&bytes) != self.sha256 {
            return Err(damaged().into());
        }
        let features = features_in(&bytes, &source.key(&self.part, examples), source.count);
        let features = features.filter(|features| features.len() == self.part.len());
        Ok(features.ok_or_else(damaged)?)
    }
}
