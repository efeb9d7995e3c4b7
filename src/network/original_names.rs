//! What tensors were called where a network came from: a small file beside the model's.
//!
//! It is not part of the model file, of its bits, or of any claim; nothing that is verified reads
//! it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::code::Structure;
use crate::digest::sha256;

/// A name that safetensors files have for something else than a tensor.
const RESERVED: &str = "__metadata__";

/// The names that tensors of a model had in the file that it was imported from.
///
/// ```
/// use nonvacuous::code::{Architecture, Structure};
/// use nonvacuous::network::OriginalNames;
/// use nonvacuous::shape::ImageSize;
/// let input = ImageSize { channels: 1, height: 2, width: 2 };
/// let structure = Structure::from(Architecture::parse("dense:2:b", input)?);
/// let originals = [Some("head.weight".to_string()), None];
/// let names = OriginalNames::new(&structure, &originals, &structure, b"the file");
/// let read = OriginalNames::parse(names.to_json()?.as_bytes())?;
/// assert_eq!(read.of(&structure, b"the file")?, ["head.weight", "fc1.bias"]);
/// assert!(read.of(&structure, b"another file").is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OriginalNames {
    /// SHA-256 of the model file.
    model_sha256: String,
    /// For a tensor of the model what it was called. One that is not here has no original.
    names: BTreeMap<String, String>,
}

/// Why original names are not those of a model.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum OriginalNamesError {
    /// It is no file of names.
    #[error("this is no file of original names")]
    Json(#[from] serde_json::Error),
    /// It is about another model file.
    #[error(
        "these names are those of the model file with the SHA-256 {named}, and this one has \
         {found}"
    )]
    Model {
        /// The digest in the file of names.
        named: String,
        /// That of the model file.
        found: String,
    },
    /// It names a tensor that the model does not have.
    #[error("the model has no tensor {0:?}")]
    NoTensor(String),
}

impl OriginalNames {
    /// The names of a model with this file, whose structure came from `imported`, of which each
    /// tensor has this original. Where a layer was added or taken away since, no name is kept.
    #[must_use]
    pub fn new(
        imported: &Structure,
        originals: &[Option<String>],
        structure: &Structure,
        file: &[u8],
    ) -> Self {
        let mut names = BTreeMap::new();
        if layers(imported) == layers(structure) {
            let kept: BTreeSet<String> = names_of(structure).collect();
            for (ours, original) in names_of(imported).zip(originals) {
                if let Some(original) = original.as_ref().filter(|_| kept.contains(&ours)) {
                    names.insert(ours, original.clone());
                }
            }
        }
        Self {
            model_sha256: sha256(file),
            names,
        }
    }

    /// Where the names of a model file are: `net.names.json` beside `net.nvc`.
    #[must_use]
    pub fn beside(model: &Path) -> PathBuf {
        model.with_extension("names.json")
    }

    /// Reads a file of names.
    ///
    /// # Errors
    /// [`OriginalNamesError::Json`] if it is none.
    pub fn parse(text: &[u8]) -> Result<Self, OriginalNamesError> {
        Ok(serde_json::from_slice(text)?)
    }

    /// The file of these names.
    ///
    /// # Errors
    /// None in practice: names are text.
    pub fn to_json(&self) -> Result<String, OriginalNamesError> {
        Ok(serde_json::to_string_pretty(self)? + "\n")
    }

    /// A name for each tensor of a model with this file: its original, or ours where there is none,
    /// or another tensor has it already.
    ///
    /// # Errors
    /// [`OriginalNamesError::Model`] if the names are about another file;
    /// [`OriginalNamesError::NoTensor`] if one is of no tensor.
    pub fn of(
        &self,
        structure: &Structure,
        file: &[u8],
    ) -> Result<Vec<String>, OriginalNamesError> {
        let found = sha256(file);
        if found != self.model_sha256 {
            return Err(OriginalNamesError::Model {
                named: self.model_sha256.clone(),
                found,
            });
        }
        let ours: BTreeSet<String> = names_of(structure).collect();
        if let Some(unknown) = self.names.keys().find(|name| !ours.contains(*name)) {
            return Err(OriginalNamesError::NoTensor(unknown.clone()));
        }
        // Names of ours are only for the tensors that have them.
        let mut taken = ours;
        let name = |ours: String| match self.names.get(&ours) {
            Some(original) if original == &ours => ours,
            Some(original) if original != RESERVED && taken.insert(original.clone()) => {
                original.clone()
            }
            _ => ours,
        };
        Ok(names_of(structure).map(name).collect())
    }
}

fn names_of(structure: &Structure) -> impl Iterator<Item = String> {
    structure.tensors().into_iter().map(|tensor| tensor.name)
}

/// The layers that have tensors, such as `conv1`.
fn layers(structure: &Structure) -> BTreeSet<String> {
    let layer = |name: String| name.split('.').next().unwrap_or_default().to_string();
    names_of(structure).map(layer).collect()
}
