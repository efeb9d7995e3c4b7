//! CIFAR-10 in its binary format: records of a label and 32 x 32 pixels in three planes, red,
//! green, blue.

use sha2::{Digest, Sha256};

use crate::data::dataset::LabelledImages;
use crate::data::error::DataError;
use crate::digest::hex;
use crate::shape::ImageSize;

pub(super) const SHAPE: ImageSize = ImageSize {
    channels: 3,
    height: 32,
    width: 32,
};

/// Bytes of an image.
pub(super) const PIXELS: usize = 3 * 32 * 32;

/// Bytes of a record.
const RECORD: usize = 1 + PIXELS;

/// Appends the records of a file, so many bytes of labels each, of which the last counts, and the
/// pixels.
///
/// # Errors
/// If the length is not that of whole records.
pub(super) fn read_records(
    bytes: &[u8],
    labels_each: usize,
    images: &mut Vec<u8>,
    labels: &mut Vec<u8>,
) -> Result<(), DataError> {
    let record = labels_each + PIXELS;
    if !bytes.len().is_multiple_of(record) {
        return Err(DataError::Truncated {
            expected: bytes.len().next_multiple_of(record) as u64,
            found: bytes.len() as u64,
        });
    }
    for record in bytes.chunks_exact(record) {
        let (classes, pixels) = record.split_at(labels_each);
        labels.extend(classes.last());
        images.extend(pixels);
    }
    Ok(())
}

/// Reads the contents of one or several files one after the other.
///
/// # Errors
/// If the length is not a multiple of a record's 3,073 bytes, or a label is not below 10.
pub fn read_cifar10(bytes: &[u8]) -> Result<LabelledImages, DataError> {
    let (mut images, mut labels) = (Vec::new(), Vec::new());
    read_records(bytes, 1, &mut images, &mut labels)?;
    LabelledImages::new(SHAPE, 256, 10, images, labels)
}

/// SHA-256 of the concatenated, sorted SHA-256 digests of the records: the same for any order of
/// them.
pub(in crate::data) fn sum_of_records(bytes: &[u8]) -> String {
    let mut digests: Vec<_> = bytes.chunks(RECORD).map(Sha256::digest).collect();
    digests.sort_unstable();
    let sum = digests
        .iter()
        .fold(Sha256::new(), |sum, digest| sum.chain_update(digest));
    hex(&sum.finalize())
}
