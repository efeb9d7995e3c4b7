//! gzip, with what stands behind it read as `gzip` does.

use std::io::Read;

use flate2::bufread::GzDecoder;

use crate::data::error::DataError;

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
/// zeros. At most `limit` bytes are unpacked.
///
/// # Errors
/// [`DataError::Gzip`] if a member is damaged, [`DataError::TooLong`].
pub(super) fn unpack(mut bytes: &[u8], limit: u64) -> Result<Unpacked, DataError> {
    let mut contents = Vec::new();
    while is_gzip(bytes) {
        let mut member = GzDecoder::new(bytes);
        let room = (limit + 1).saturating_sub(contents.len() as u64);
        member
            .by_ref()
            .take(room)
            .read_to_end(&mut contents)
            .map_err(|source| DataError::Gzip { source })?;
        if contents.len() as u64 > limit {
            return Err(DataError::TooLong { limit });
        }
        bytes = member.into_inner();
    }
    let is_padding = bytes.iter().all(|&byte| byte == 0);
    Ok(Unpacked {
        contents,
        garbage: if is_padding { 0 } else { bytes.len() },
    })
}
