//! The header: which tensors a file has, and where.

use std::collections::BTreeSet;
use std::fmt;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};

use ::safetensors::tensor::Metadata;
use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};

use super::error::{ForeignFormat, SafetensorsError};

/// A header may have at most this many bytes, as in the reference implementation.
const MAX_HEADER: u64 = 100_000_000;

/// Bytes of the header's length.
const PREFIX: u64 = 8;

/// Enough of a file to tell other formats.
const BEGINNING: u64 = 32;

/// Reads the header and checks that the tensors fill the file behind it without overlaps and
/// holes; also returns at which byte they begin.
pub(super) fn read_header(file: &mut File) -> Result<(Metadata, u64), SafetensorsError> {
    let file_length = file.metadata()?.len();
    let mut beginning = Vec::new();
    file.by_ref().take(BEGINNING).read_to_end(&mut beginning)?;
    // Every header begins with a brace; in front of it may stand any length.
    if beginning.get(PREFIX as usize) != Some(&b'{') {
        if let Some(format) = ForeignFormat::of(&beginning) {
            return Err(SafetensorsError::Foreign(format));
        }
    }
    let length = beginning
        .first_chunk()
        .copied()
        .map_or(0, u64::from_le_bytes);
    let start = length.saturating_add(PREFIX);
    if length > MAX_HEADER || start > file_length {
        return Err(SafetensorsError::HeaderLength {
            length,
            file: file_length,
        });
    }
    let mut header = vec![0; length as usize];
    file.seek(SeekFrom::Start(PREFIX))?;
    file.read_exact(&mut header)?;
    if let Some(name) = duplicate_name(&header)? {
        return Err(SafetensorsError::Duplicate(name));
    }
    let metadata: Metadata = serde_json::from_slice(&header)?;
    let tensors = start.saturating_add(metadata.data_len() as u64);
    if tensors != file_length {
        return Err(SafetensorsError::Length {
            tensors,
            file: file_length,
        });
    }
    Ok((metadata, start))
}

/// The first name that a JSON object has twice. The reference implementation keeps the last and
/// refuses the file only if that leaves a hole.
fn duplicate_name(header: &[u8]) -> Result<Option<String>, serde_json::Error> {
    struct Names;

    impl<'de> Visitor<'de> for Names {
        type Value = Option<String>;

        fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
            formatter.write_str("an object of tensors")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut names = BTreeSet::new();
            let mut duplicate = None;
            while let Some((name, _)) = map.next_entry::<String, IgnoredAny>()? {
                if duplicate.is_none() && names.contains(&name) {
                    duplicate = Some(name.clone());
                }
                names.insert(name);
            }
            Ok(duplicate)
        }
    }

    serde_json::Deserializer::from_slice(header).deserialize_map(Names)
}
