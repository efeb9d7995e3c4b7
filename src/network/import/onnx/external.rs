//! Numbers in files beside an ONNX file.

use std::collections::BTreeSet;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Component, Path, PathBuf};

use super::error::Refusal;
use super::ledger::Ledger;
use crate::storage::file_error::FileError;
use crate::storage::whole_file;

/// The folder of an ONNX file, if it is a file.
#[derive(Debug, Clone)]
pub(super) struct Folder(pub Option<PathBuf>);

/// The value of a key.
fn value<'a>(entries: &[(&'a str, &'a str)], key: &str) -> Option<&'a str> {
    let found = entries.iter().find(|(name, _)| *name == key);
    found.map(|(_, value)| *value)
}

impl Folder {
    /// The path of a file in this folder or below.
    fn path_of(&self, location: &str) -> Result<PathBuf, Refusal> {
        let refused = |problem| Refusal::External {
            location: location.escape_debug().take(100).collect(),
            problem,
        };
        let folder = self.0.as_ref().ok_or_else(|| {
            refused("which is not at hand: give the path of the ONNX file, not its bytes")
        })?;
        let path = Path::new(location);
        let is_below = path
            .components()
            .all(|component| matches!(component, Component::Normal(_) | Component::CurDir));
        if location.is_empty() || !is_below {
            return Err(refused("which is not a file beside the ONNX file"));
        }
        Ok(folder.join(path))
    }

    /// How many bytes the files have that these tensors are in, as far as they are there.
    pub fn bytes_beside<'a>(&self, tensors: impl Iterator<Item = &'a [(&'a str, &'a str)]>) -> u64 {
        let locations: BTreeSet<&str> = tensors
            .filter_map(|entries| value(entries, "location"))
            .collect();
        let lengths = locations.into_iter().filter_map(|location| {
            let path = self.path_of(location).ok()?;
            let file = whole_file::open(&path).ok()?;
            Some(file.metadata().ok()?.len())
        });
        lengths.fold(0, u64::saturating_add)
    }

    /// The `count` bytes of a tensor.
    ///
    /// # Errors
    /// If the file is not below the folder or cannot be read, or the bytes are not as many.
    pub fn read(
        &self,
        entries: &[(&str, &str)],
        count: usize,
        ledger: &mut Ledger,
    ) -> Result<Vec<u8>, Refusal> {
        let location = value(entries, "location").unwrap_or("");
        let path = self.path_of(location)?;
        let refused = |problem| Refusal::External {
            location: location.to_string(),
            problem,
        };
        let number = |key: &str, without: u64| match value(entries, key) {
            None => Ok(without),
            Some(text) => text
                .parse()
                .map_err(|_| refused("with an offset or length that is no number")),
        };
        let offset = number("offset", 0)?;
        if number("length", count as u64)? != count as u64 {
            return Err(refused("with another length than its shape says"));
        }
        let mut file = whole_file::open(&path)?;
        let failed = |error: io::Error| FileError::of("read", &path)(error);
        let length = file.metadata().map_err(failed)?.len();
        if offset.saturating_add(count as u64) > length {
            return Err(refused("which is too short"));
        }
        ledger.take(count.div_ceil(8))?;
        file.seek(SeekFrom::Start(offset)).map_err(failed)?;
        let mut bytes = Vec::with_capacity(count);
        file.take(count as u64)
            .read_to_end(&mut bytes)
            .map_err(failed)?;
        Ok(bytes)
    }
}
