//! Decoded and resized photographs on disk, so that they are decoded once.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::framing::Framing;
use crate::data::error::DataError;
use crate::data::formats::file::io;
use crate::digest::hex;

/// What pixels depend on beside file and framing: how this version decodes and resizes.
const DECODER: &[u8] = b"nonvacuous pixels v2\n";

/// Length of a SHA-256 digest.
const DIGEST: usize = 32;

/// A folder with one file for each photograph: the SHA-256 of its pixels, then its pixels. The file
/// is called after the SHA-256 of the photograph's file and the framing, so a photograph that
/// changes, or moves, is never taken for another; a file that is damaged is made anew.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PixelCache {
    folder: PathBuf,
}

impl PixelCache {
    /// A cache in that folder, which is created.
    ///
    /// # Errors
    /// If it cannot be.
    pub fn open(folder: &Path) -> Result<Self, DataError> {
        fs::create_dir_all(folder).map_err(|error| io(folder, error))?;
        Ok(Self {
            folder: folder.to_path_buf(),
        })
    }

    /// The pixels of a JPEG file, from the cache or decoded and put there.
    ///
    /// # Errors
    /// If the file cannot be decoded. A cache that cannot be written is not used.
    pub(in crate::data) fn pixels(
        &self,
        file: &[u8],
        framing: Framing,
    ) -> Result<Vec<u8>, DataError> {
        let key = Sha256::new()
            .chain_update(DECODER)
            .chain_update(framing.bytes())
            .chain_update(file)
            .finalize();
        let name = hex(&key);
        let folder = self.folder.join(&name[..2]);
        let path = folder.join(&name[2..]);
        if let Some(pixels) = fs::read(&path)
            .ok()
            .and_then(|bytes| intact(&bytes, framing))
        {
            return Ok(pixels);
        }
        let pixels = framing.pixels(file)?;
        // Without a cache everything is slower and nothing is wrong.
        let _ = store(&folder, &path, &pixels);
        Ok(pixels)
    }
}

/// The pixels after their digest, if they are those.
fn intact(bytes: &[u8], framing: Framing) -> Option<Vec<u8>> {
    let (digest, pixels) = bytes.split_at_checked(DIGEST)?;
    let is_intact =
        pixels.len() == framing.size().features() && Sha256::digest(pixels)[..] == *digest;
    is_intact.then(|| pixels.to_vec())
}

/// Writes a file whole or not at all.
fn store(folder: &Path, path: &Path, pixels: &[u8]) -> std::io::Result<()> {
    fs::create_dir_all(folder)?;
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(&Sha256::digest(pixels))?;
    file.write_all(pixels)?;
    file.persist(path)?;
    Ok(())
}
