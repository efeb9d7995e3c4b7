//! A base, read from its file.

use super::invariants::Model;
use crate::code::error::CodeError;
use crate::code::relative::base::Base;
use crate::code::relative::error::BaseError;
use crate::code::structure::Structure;
use crate::digest::sha256;
use crate::storage::memory_limit::MemoryLimit;

/// Bytes that a weight takes while it becomes a number: its symbol, and twice the number. What is
/// raw has 32 bits in the file, with which far more is allowed.
const BYTES_PER_WEIGHT: u64 = 1 + 2 * size_of::<f32>() as u64;

impl Base {
    /// The network of a model file that is a graph of operators.
    ///
    /// # Errors
    /// As [`Model::decode`]; [`BaseError::Chain`] and [`BaseError::Relative`].
    pub fn decode(file: &[u8]) -> Result<Self, CodeError> {
        Self::decode_within(file, MemoryLimit::of_file(file.len()))
    }

    /// The same, if that takes no more memory than this.
    ///
    /// # Errors
    /// As there.
    pub fn decode_within(file: &[u8], limit: MemoryLimit) -> Result<Self, CodeError> {
        let model = match Model::decode_within(file, limit) {
            Err(CodeError::Base(BaseError::Missing)) => Err(BaseError::Relative)?,
            model => model?,
        };
        let Structure::Graph(graph) = model.structure() else {
            return Err(BaseError::Chain.into());
        };
        let weights = model.structure().weights().unwrap_or(u64::MAX);
        limit.check(weights.saturating_mul(BYTES_PER_WEIGHT))?;
        let weights = model.weights();
        Ok(Self::new(graph.clone(), weights, sha256(file), file.len()))
    }
}
