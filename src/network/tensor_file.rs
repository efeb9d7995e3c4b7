//! A file of named tensors in any of the formats that weights are handed out in.

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::path::Path;

use thiserror::Error;

use super::natural_order::natural_order;
use super::pytorch::{PyTorchError, PyTorchFile};
use super::safetensors::{SafetensorsError, SafetensorsFile};
use crate::storage::whole_file;

/// Enough of a file to tell formats.
const BEGINNING: u64 = 16;

/// Where a safetensors header begins, which is a brace.
const HEADER: usize = 8;

/// Why a file of tensors cannot be read.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum TensorFileError {
    /// The operating system refuses.
    #[error("the file cannot be read")]
    Io(#[from] io::Error),
    /// It should be a safetensors file.
    #[error(transparent)]
    Safetensors(#[from] SafetensorsError),
    /// It should be one of PyTorch's.
    #[error(transparent)]
    PyTorch(#[from] PyTorchError),
}

/// In which order the tensors of a file are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TensorOrder {
    /// That in which the network registered them, which is nearly always that of its layers.
    Registration,
    /// That of their names, with the numbers in them as numbers: `2.weight` before `10.weight`.
    Names,
}

/// An open file of named tensors.
///
/// ```no_run
/// use nonvacuous::network::TensorFile;
/// let mut file = TensorFile::open("net.pt".as_ref())?;
/// for name in file.names() {
///     println!("{name}: {:?}", file.shape(&name));
/// }
/// # Ok::<(), nonvacuous::network::TensorFileError>(())
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub enum TensorFile {
    /// [`safetensors`](super::safetensors).
    Safetensors(SafetensorsFile),
    /// What `torch.save` writes.
    PyTorch(PyTorchFile),
}

impl TensorFile {
    /// Opens a file of any of the formats, which it is told by its first bytes, not by its name.
    ///
    /// # Errors
    /// If the file cannot be read, or is of no format that is known.
    pub fn open(path: &Path) -> Result<Self, TensorFileError> {
        let mut beginning = Vec::new();
        let file = whole_file::open(path).map_err(|error| error.source)?;
        file.take(BEGINNING).read_to_end(&mut beginning)?;
        let is_safetensors = beginning.get(HEADER) == Some(&b'{');
        if !is_safetensors && PyTorchFile::is_begun_by(&beginning) {
            return Ok(Self::PyTorch(PyTorchFile::open(path)?));
        }
        Ok(Self::Safetensors(SafetensorsFile::open(path)?))
    }

    /// In which order [`names`](Self::names) are.
    #[must_use]
    pub fn order(&self) -> TensorOrder {
        match self {
            Self::Safetensors(_) => TensorOrder::Names,
            Self::PyTorch(_) => TensorOrder::Registration,
        }
    }

    /// The names of the tensors. A safetensors file as PyTorch writes it has no order of its own.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        match self {
            Self::Safetensors(file) => {
                let mut names: Vec<String> = file.entries().keys().cloned().collect();
                names.sort_by(|first, second| natural_order(first, second));
                names
            }
            Self::PyTorch(file) => file.names().to_vec(),
        }
    }

    /// The shape of a tensor, of which the last index runs fastest.
    #[must_use]
    pub fn shape(&self, name: &str) -> Option<&[usize]> {
        match self {
            Self::Safetensors(file) => file.entries().get(name).map(|entry| &entry.shape[..]),
            Self::PyTorch(file) => file.shape(name),
        }
    }

    /// The shapes of all tensors by name.
    pub(super) fn shapes(&self) -> BTreeMap<String, Vec<usize>> {
        let names = self.names().into_iter();
        names
            .map(|name| {
                let shape = self.shape(&name).unwrap_or_default().to_vec();
                (name, shape)
            })
            .collect()
    }

    /// The numbers of a tensor in single precision; those of double precision are rounded.
    ///
    /// # Errors
    /// If there is no such tensor, it is not of floating point, or the file cannot be read.
    pub fn read(&mut self, name: &str) -> Result<Vec<f32>, TensorFileError> {
        match self {
            Self::Safetensors(file) => Ok(file.read(name)?),
            Self::PyTorch(file) => Ok(file.read(name)?),
        }
    }
}
