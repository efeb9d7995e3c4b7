//! What a certificate's folder holds.

use std::path::Path;

use crate::certificate::Claim;
use crate::code::{Allocation, Model};
use crate::figures::FigureError;

/// Reads a file.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, FigureError> {
    std::fs::read(path).map_err(|source| FigureError::Io {
        path: path.to_path_buf(),
        source,
    })
}

/// Reads a certificate; nothing in it is checked but its form.
pub(super) fn certificate(path: &Path) -> Result<Claim, FigureError> {
    let text = String::from_utf8(read(path)?).map_err(|error| damaged(path, &error))?;
    text.parse().map_err(|error| damaged(path, &error))
}

/// Decodes a model file, and says where its bits go.
pub(super) fn model(path: &Path) -> Result<(Model, Allocation), FigureError> {
    let model = Model::decode(&read(path)?).map_err(|error| damaged(path, &error))?;
    let (_, allocation) = model
        .encode_with_allocation()
        .map_err(|error| damaged(path, &error))?;
    Ok((model, allocation))
}

fn damaged(path: &Path, error: &dyn std::error::Error) -> FigureError {
    FigureError::Certificate {
        path: path.to_path_buf(),
        reason: error.to_string(),
    }
}
