//! Numbers of weights as files have them.

use std::io::{self, Read};

use half::{bf16, f16};

/// Numbers that are converted at a time.
const CHUNK: usize = 1 << 16;

/// A type of floating point, little-endian in files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FloatType {
    F64,
    F32,
    F16,
    BF16,
}

impl FloatType {
    /// Bytes of a number.
    pub(super) fn width(self) -> usize {
        match self {
            Self::F64 => 8,
            Self::F32 => 4,
            Self::F16 | Self::BF16 => 2,
        }
    }

    /// The next `count` numbers in single precision; those of double precision are rounded.
    ///
    /// # Errors
    /// If there are not so many, or the file cannot be read.
    pub(super) fn read(self, from: &mut impl Read, count: usize) -> io::Result<Vec<f32>> {
        match self {
            Self::F64 => convert(from, count, |bytes| f64::from_le_bytes(bytes) as f32),
            Self::F32 => convert(from, count, f32::from_le_bytes),
            Self::F16 => convert(from, count, |bytes| f16::from_le_bytes(bytes).to_f32()),
            Self::BF16 => convert(from, count, |bytes| bf16::from_le_bytes(bytes).to_f32()),
        }
    }
}

/// The next `count` numbers, of `WIDTH` bytes each.
fn convert<const WIDTH: usize>(
    from: &mut impl Read,
    count: usize,
    number: fn([u8; WIDTH]) -> f32,
) -> io::Result<Vec<f32>> {
    let mut numbers = Vec::with_capacity(count);
    let mut buffer = vec![[0; WIDTH]; CHUNK.min(count)];
    while numbers.len() < count {
        let next = (count - numbers.len()).min(CHUNK);
        buffer.truncate(next);
        from.read_exact(buffer.as_flattened_mut())?;
        numbers.extend(buffer.iter().copied().map(number));
    }
    Ok(numbers)
}
