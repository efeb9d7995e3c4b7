//! gzip, with what stands behind it read as `gzip` does.

use std::io::{self, Read, Write};

use flate2::bufread::GzDecoder;

use crate::data::error::DataError;
use crate::storage::memory_limit::MemoryLimit;

const MAGIC: [u8; 2] = [0x1f, 0x8b];

/// What was packed, and how many bytes behind it were neither packed nor zeros.
pub(super) struct Unpacked {
    pub(super) contents: Vec<u8>,
    pub(super) garbage: usize,
}

/// Whether bytes begin as those of gzip do.
pub(super) fn is_gzip(bytes: &[u8]) -> bool {
    bytes.starts_with(&MAGIC)
}

/// The contents of all members, one after the other. Tapes and some writers pad the last one with
/// zeros. At most `limit` bytes are unpacked, and no more than a file of this length may take.
///
/// # Errors
/// [`DataError::Gzip`] if a member is damaged, [`DataError::TooLong`].
pub(super) fn unpack(bytes: &[u8], limit: u64) -> Result<Unpacked, DataError> {
    let limit = limit.min(MemoryLimit::of_file(bytes.len()).bytes());
    // Unpacked twice, so that there is room for all of it and for no more.
    let (length, _) = unpack_into(&mut io::sink(), bytes, limit)?;
    let mut contents = Vec::with_capacity(length as usize);
    let (_, bytes) = unpack_into(&mut contents, bytes, limit)?;
    let is_padding = bytes.iter().all(|&byte| byte == 0);
    Ok(Unpacked {
        contents,
        garbage: if is_padding { 0 } else { bytes.len() },
    })
}

/// Writes the contents of all members; how long they are, and what stands behind them.
fn unpack_into<'a>(
    contents: &mut impl Write,
    mut bytes: &'a [u8],
    limit: u64,
) -> Result<(u64, &'a [u8]), DataError> {
    let mut length = 0;
    while is_gzip(bytes) {
        let mut member = GzDecoder::new(bytes);
        let room = (limit + 1).saturating_sub(length);
        length += io::copy(&mut member.by_ref().take(room), contents)
            .map_err(|source| DataError::Gzip { source })?;
        if length > limit {
            return Err(DataError::TooLong { limit });
        }
        bytes = member.into_inner();
    }
    Ok((length, bytes))
}
