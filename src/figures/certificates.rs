//! What a certificate's folder holds.

use std::path::Path;

use super::error::FigureError;
use crate::certificate::Claim;
use crate::code::{Allocation, Model};
use crate::storage::whole_file;

/// Reads a certificate; nothing in it is checked but its form.
///
/// # Errors
/// [`FigureError::Read`], [`FigureError::Certificate`].
pub(super) fn certificate(path: &Path) -> Result<Claim, FigureError> {
    let text = whole_file::read_text(path)?;
    text.parse().map_err(|source| FigureError::Certificate {
        path: path.to_path_buf(),
        source,
    })
}

/// Decodes a model file, and says where its bits go.
///
/// # Errors
/// [`FigureError::Read`], [`FigureError::Model`].
pub(super) fn model(path: &Path) -> Result<(Model, Allocation), FigureError> {
    let bytes = whole_file::read(path)?;
    let damaged = |source| FigureError::Model {
        path: path.to_path_buf(),
        source,
    };
    let model = Model::decode(&bytes).map_err(damaged)?;
    let (_, allocation) = model.encode_with_allocation().map_err(damaged)?;
    Ok((model, allocation))
}
