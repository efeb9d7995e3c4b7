//! CIFAR-10 in its binary format: records of a label and 32 x 32 pixels in three planes, red,
//! green, blue.

use sha2::{Digest, Sha256};

use crate::data::dataset::LabelledImages;
use crate::data::error::DataError;
use crate::digest::hex;
use crate::shape::ImageSize;

const SHAPE: ImageSize = ImageSize {
    channels: 3,
    height: 32,
    width: 32,
};

/// Bytes of a record.
const RECORD: usize = 1 + 3 * 32 * 32;

/// Reads the contents of one or several files one after the other.
///
/// # Errors
/// If the length is not a multiple of a record's 3,073 bytes, or a label is not below 10.
pub fn read_cifar10(bytes: &[u8]) -> Result<LabelledImages, DataError> {
    if !bytes.len().is_multiple_of(RECORD) {
        return Err(DataError::Truncated {
            expected: (bytes.len().next_multiple_of(RECORD)) as u64,
            found: bytes.len() as u64,
        });
    }
    let records = bytes.chunks_exact(RECORD);
    let labels = records
        .clone()
        .filter_map(|record| record.first().copied())
        .collect();
    let images = records
        .flat_map(|record| record.iter().skip(1).copied())
        .collect();
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
