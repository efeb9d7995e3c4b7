//! An open safetensors file, whose tensors are read one by one.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Seek, SeekFrom};
use std::path::Path;

use ::safetensors::tensor::{Dtype, TensorInfo};

use super::error::SafetensorsError;
use super::header::read_header;
use crate::network::float_type::FloatType;
use crate::storage::whole_file;

/// An open file.
#[derive(Debug)]
pub struct SafetensorsFile {
    file: File,
    start: u64,
    entries: BTreeMap<String, TensorInfo>,
}

impl SafetensorsFile {
    /// Reads the header and checks that the tensors, each as long as its shape needs, fill the file
    /// without overlaps and holes.
    ///
    /// # Errors
    /// If the file cannot be read or is not one of the format.
    pub fn open(path: &Path) -> Result<Self, SafetensorsError> {
        let mut file = whole_file::open(path).map_err(|error| error.source)?;
        let (metadata, start) = read_header(&mut file)?;
        let entries = metadata
            .tensors()
            .into_iter()
            .map(|(name, info)| (name, info.clone()))
            .collect();
        Ok(Self {
            file,
            start,
            entries,
        })
    }

    /// The tensors by name: their types, their shapes, of which the last index runs fastest, and
    /// their positions.
    #[must_use]
    pub fn entries(&self) -> &BTreeMap<String, TensorInfo> {
        &self.entries
    }

    /// The numbers of a tensor in single precision; those of double precision are rounded.
    ///
    /// # Errors
    /// If there is no such tensor, it is not of floating point, or the file cannot be read.
    pub fn read(&mut self, name: &str) -> Result<Vec<f32>, SafetensorsError> {
        let Some(entry) = self.entries.get(name) else {
            return Err(SafetensorsError::Missing(name.to_string()));
        };
        let count = entry.shape.iter().product();
        let position = self.start + entry.data_offsets.0 as u64;
        let dtype = entry.dtype;
        self.file.seek(SeekFrom::Start(position))?;
        let numbers = match dtype {
            Dtype::F64 => FloatType::F64,
            Dtype::F32 => FloatType::F32,
            Dtype::F16 => FloatType::F16,
            Dtype::BF16 => FloatType::BF16,
            _ => {
                return Err(SafetensorsError::Type {
                    name: name.to_string(),
                    dtype,
                });
            }
        };
        Ok(numbers.read(&mut self.file, count)?)
    }
}
