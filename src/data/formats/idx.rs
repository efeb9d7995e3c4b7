//! The idx format of MNIST: a magic number, the dimensions, the bytes; all integers big-endian.

use crate::data::error::DataError;

const IMAGES: u32 = 0x0803;
const LABELS: u32 = 0x0801;

/// Images as an idx file has them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdxImages {
    /// Rows of an image.
    pub height: usize,
    /// Columns of an image.
    pub width: usize,
    /// The pixels of all images.
    pub pixels: Vec<u8>,
}

/// Reads the contents of an idx file of images (magic number `0x00000803`).
///
/// # Errors
/// Wrong magic number, too few bytes, or too many.
pub fn read_images(bytes: &[u8]) -> Result<IdxImages, DataError> {
    let [_, height, width] = dimensions(bytes, IMAGES)?;
    Ok(IdxImages {
        height: height as usize,
        width: width as usize,
        pixels: bytes[16..].to_vec(),
    })
}

/// Reads the contents of an idx file of labels (magic number `0x00000801`).
///
/// # Errors
/// Wrong magic number, too few bytes, or too many.
pub fn read_labels(bytes: &[u8]) -> Result<Vec<u8>, DataError> {
    let [_] = dimensions(bytes, LABELS)?;
    Ok(bytes[8..].to_vec())
}

/// The `N` dimensions, after checking that exactly their product of bytes follows them.
fn dimensions<const N: usize>(bytes: &[u8], magic: u32) -> Result<[u32; N], DataError> {
    let header = 4 + 4 * N;
    let mut words = bytes
        .chunks_exact(4)
        .map(|word| word.iter().fold(0, |sum, &byte| sum << 8 | u32::from(byte)));
    let truncated = |expected: u64| DataError::Truncated {
        expected,
        found: bytes.len() as u64,
    };
    let found = words.next().ok_or_else(|| truncated(header as u64))?;
    if found != magic {
        return Err(DataError::Magic {
            expected: magic,
            found,
        });
    }
    let mut dimensions = [0; N];
    for dimension in &mut dimensions {
        *dimension = words.next().ok_or_else(|| truncated(header as u64))?;
    }
    let product = dimensions.iter().try_fold(1u64, |product, &dimension| {
        product.checked_mul(u64::from(dimension))
    });
    let expected = product
        .and_then(|product| product.checked_add(header as u64))
        .unwrap_or(u64::MAX);
    let found = bytes.len() as u64;
    if found < expected {
        return Err(truncated(expected));
    }
    if found > expected {
        return Err(DataError::Trailing {
            extra: found - expected,
        });
    }
    Ok(dimensions)
}
