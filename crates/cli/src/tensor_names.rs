//! What the tensors of a model are called.

use std::path::{Path, PathBuf};

use super::failure::Failure;
use super::output::read;
use nonvacuous::code::Structure;
use nonvacuous::network::{OriginalNames, OriginalNamesError};

/// The file of names beside a model's, if there is one.
pub(super) fn names_beside(model: &Path) -> Option<PathBuf> {
    Some(OriginalNames::beside(model)).filter(|path| path.exists())
}

/// A name for each tensor of a model with this file: what they were called where it came from, if a
/// file of names says it, else ours. `remedy` is what to do about the names of another model.
pub(super) fn tensor_names(
    structure: &Structure,
    file: &[u8],
    path: Option<&Path>,
    remedy: &str,
) -> Result<Vec<String>, Failure> {
    let Some(path) = path else {
        let tensors = structure.tensors().into_iter();
        return Ok(tensors.map(|tensor| tensor.name).collect());
    };
    let names = OriginalNames::parse(&read(path)?);
    let names = names.and_then(|names| names.of(structure, file));
    names.map_err(|error| {
        let is_of_another = matches!(error, OriginalNamesError::Model { .. });
        let failure = Failure::from(error).about(path.display());
        if !is_of_another {
            return failure;
        }
        Failure::misuse(format!("{}; {remedy}", failure.message()))
    })
}
