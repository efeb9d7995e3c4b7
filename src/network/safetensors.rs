//! Tensors in the safetensors format: a header of names, types, shapes and places, then the bytes.
//!
//! Tensors are read one by one from their place in the file, so that a large file is never in
//! memory whole.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A header may have at most this many bytes, as in the reference implementation.
const MAX_HEADER: u64 = 100_000_000;

/// Numbers that are converted at a time.
const CHUNK: usize = 1 << 16;

/// Why a file cannot be read.
#[derive(Debug, Error)]
pub enum SafetensorsError {
    /// The operating system refuses.
    #[error("the safetensors file cannot be read")]
    Io(#[from] io::Error),
    /// The first eight bytes do not give a sensible length.
    #[error("this is not a safetensors file: its header would have {length} bytes, but the file has {file}")]
    HeaderLength {
        /// What the first eight bytes say.
        length: u64,
        /// Length of the file.
        file: u64,
    },
    /// The header is not what the format asks for.
    #[error("the safetensors header cannot be read: {0}")]
    Header(String),
    /// There is no tensor of this name.
    #[error("there is no tensor {0}")]
    Missing(String),
    /// A type of numbers that weights do not have.
    #[error("tensor {name} has type {dtype}; weights have type F32, F16, BF16 or F64")]
    Type {
        /// The tensor.
        name: String,
        /// Its type.
        dtype: String,
    },
}

/// Where one tensor is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TensorEntry {
    /// `F32`, `F16`, `BF16`, `F64`, `I64`, …
    pub dtype: String,
    /// Sizes, the last index runs fastest.
    pub shape: Vec<usize>,
    /// First byte and end, counted from the end of the header.
    pub data_offsets: (u64, u64),
}

impl TensorEntry {
    /// Number of entries, or `None` if it does not fit.
    pub fn len(&self) -> Option<usize> {
        self.shape
            .iter()
            .try_fold(1usize, |product, &size| product.checked_mul(size))
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == Some(0)
    }
}

/// An open file.
#[derive(Debug)]
pub struct SafetensorsFile {
    file: File,
    start: u64,
    entries: BTreeMap<String, TensorEntry>,
}

impl SafetensorsFile {
    /// Reads the header and checks that every tensor lies within the file and has as many bytes as
    /// its shape needs.
    ///
    /// # Errors
    /// If the file cannot be read or its header is not one of the format.
    pub fn open(path: &Path) -> Result<Self, SafetensorsError> {
        let mut file = File::open(path)?;
        let file_length = file.metadata()?.len();
        let mut length = [0; 8];
        file.read_exact(&mut length)
            .map_err(|_| SafetensorsError::HeaderLength {
                length: 0,
                file: file_length,
            })?;
        let length = u64::from_le_bytes(length);
        let start = length.saturating_add(8);
        if length > MAX_HEADER || start > file_length {
            return Err(SafetensorsError::HeaderLength {
                length,
                file: file_length,
            });
        }
        let mut header = vec![0; length as usize];
        file.read_exact(&mut header)?;
        let wrong = |reason: String| SafetensorsError::Header(reason);
        let mut values: BTreeMap<String, serde_json::Value> =
            serde_json::from_slice(&header).map_err(|error| wrong(error.to_string()))?;
        values.remove("__metadata__");
        let mut entries = BTreeMap::new();
        for (name, value) in values {
            let entry: TensorEntry = serde_json::from_value(value)
                .map_err(|error| wrong(format!("tensor {name}: {error}")))?;
            let (begin, end) = entry.data_offsets;
            let size = end
                .checked_sub(begin)
                .filter(|_| end <= file_length - start);
            let needed = entry
                .len()
                .zip(bytes_of(&entry.dtype))
                .and_then(|(count, bytes)| count.checked_mul(bytes));
            match (size, needed) {
                (Some(size), Some(needed)) if size == needed as u64 => {}
                // A type that is not known here may have any size, as long as it is in the file.
                (Some(_), None) if bytes_of(&entry.dtype).is_none() => {}
                _ => {
                    return Err(wrong(format!(
                        "tensor {name} does not lie within the file or does not fit its shape"
                    )))
                }
            }
            entries.insert(name, entry);
        }
        Ok(Self {
            file,
            start,
            entries,
        })
    }

    /// The tensors by name.
    pub fn entries(&self) -> &BTreeMap<String, TensorEntry> {
        &self.entries
    }

    /// The numbers of a tensor in single precision; those of double precision are rounded.
    ///
    /// # Errors
    /// If there is no such tensor, it is not of floating point, or the file cannot be read.
    pub fn read(&mut self, name: &str) -> Result<Vec<f32>, SafetensorsError> {
        let entry = self
            .entries
            .get(name)
            .ok_or_else(|| SafetensorsError::Missing(name.to_string()))?;
        let unknown = || SafetensorsError::Type {
            name: name.to_string(),
            dtype: entry.dtype.clone(),
        };
        let convert: fn(&[u8]) -> f32 = match entry.dtype.as_str() {
            "F32" => |bytes| f32::from_le_bytes(bytes.try_into().unwrap_or_default()),
            "F64" => |bytes| f64::from_le_bytes(bytes.try_into().unwrap_or_default()) as f32,
            "BF16" => |bytes| {
                f32::from_bits(
                    u32::from(u16::from_le_bytes(bytes.try_into().unwrap_or_default())) << 16,
                )
            },
            "F16" => |bytes| half(u16::from_le_bytes(bytes.try_into().unwrap_or_default())),
            _ => return Err(unknown()),
        };
        let width = bytes_of(&entry.dtype).ok_or_else(unknown)?;
        let count = entry.len().ok_or_else(unknown)?;
        self.file
            .seek(SeekFrom::Start(self.start + entry.data_offsets.0))?;
        let mut numbers = Vec::with_capacity(count);
        let mut buffer = vec![0; CHUNK * width];
        while numbers.len() < count {
            let bytes = (count - numbers.len()).min(CHUNK) * width;
            let part = buffer.get_mut(..bytes).unwrap_or_default();
            self.file.read_exact(part)?;
            numbers.extend(part.chunks_exact(width).map(convert));
        }
        Ok(numbers)
    }
}

/// Bytes of one number.
fn bytes_of(dtype: &str) -> Option<usize> {
    match dtype {
        "F64" | "I64" | "U64" => Some(8),
        "F32" | "I32" | "U32" => Some(4),
        "F16" | "BF16" | "I16" | "U16" => Some(2),
        "I8" | "U8" | "BOOL" => Some(1),
        _ => None,
    }
}

/// A half-precision number (IEEE 754 binary16), exactly.
fn half(bits: u16) -> f32 {
    let sign = if bits >> 15 == 1 { -1.0 } else { 1.0 };
    let (exponent, mantissa) = (i32::from(bits >> 10 & 0x1f), f32::from(bits & 0x3ff));
    let magnitude = match exponent {
        0 => mantissa * (-24f32).exp2(),
        31 if mantissa == 0.0 => f32::INFINITY,
        31 => f32::NAN,
        _ => (1024.0 + mantissa) * ((exponent - 25) as f32).exp2(),
    };
    sign * magnitude
}

/// Writes tensors of single precision, in order, each converted and written by itself.
///
/// # Errors
/// If the writer fails.
pub fn write<I: Iterator<Item = f32>>(
    out: &mut impl Write,
    tensors: &[(String, Vec<usize>)],
    mut numbers: impl FnMut(usize) -> I,
) -> io::Result<()> {
    let mut header = serde_json::Map::new();
    let mut end = 0u64;
    for (name, shape) in tensors {
        let begin = end;
        end += 4 * shape.iter().product::<usize>() as u64;
        let entry = TensorEntry {
            dtype: "F32".to_string(),
            shape: shape.clone(),
            data_offsets: (begin, end),
        };
        header.insert(name.clone(), serde_json::to_value(entry)?);
    }
    let mut header = serde_json::to_vec(&header)?;
    // The data begin at a multiple of eight bytes.
    header.resize(header.len().next_multiple_of(8), b' ');
    out.write_all(&(header.len() as u64).to_le_bytes())?;
    out.write_all(&header)?;
    for place in 0..tensors.len() {
        let mut buffer = Vec::with_capacity(4 * CHUNK);
        for number in numbers(place) {
            buffer.extend(number.to_le_bytes());
            if buffer.len() == 4 * CHUNK {
                out.write_all(&buffer)?;
                buffer.clear();
            }
        }
        out.write_all(&buffer)?;
    }
    Ok(())
}
