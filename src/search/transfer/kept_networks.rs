//! Networks that a search has found, in files, so that an interrupted one goes on.

use std::path::{Path, PathBuf};

use super::event::Part;
use crate::code::{Base, Model};
use crate::digest::sha256;
use crate::search::error::SearchError;
use crate::storage::file_error::FileError;
use crate::storage::memory_limit::MemoryLimit;
use crate::storage::whole_file;

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// What the names of the files begin with.
const PREFIX: &str = "found-";

/// Hexadecimal digits of a digest that names a file.
const DIGITS: usize = 16;

/// The networks of a search in a folder, each under the digest of all that it depends on.
#[derive(Debug)]
pub(super) struct KeptNetworks<'a> {
    folder: &'a Path,
    base: &'a Base,
    identity: String,
}

/// The place of a network in a search.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stage<'a> {
    pub(super) part: Part,
    /// The price of a bit, in nats a nat.
    pub(super) rate: f64,
    /// What else it depends on.
    pub(super) settings: &'a str,
}

impl<'a> KeptNetworks<'a> {
    /// Those of a search that depends on `identity` throughout.
    pub(super) fn new(folder: &'a Path, base: &'a Base, identity: String) -> Self {
        Self {
            folder,
            base,
            identity,
        }
    }

    /// The network of a stage, if it is kept.
    ///
    /// # Errors
    /// If its file cannot be read.
    pub(super) fn network(&self, stage: Stage) -> Result<Option<Model>, SearchError> {
        let path = self.file(stage);
        if !path.exists() {
            return Ok(None);
        }
        let file = whole_file::read(&path)?;
        Ok(Some(Model::read(
            &file,
            Some(self.base),
            MemoryLimit::NONE,
        )?))
    }

    /// Keeps the network of a stage.
    ///
    /// # Errors
    /// If its file cannot be written.
    pub(super) fn keep(&self, stage: Stage, network: &Model) -> Result<(), SearchError> {
        Ok(whole_file::write(&self.file(stage), &network.encode()?)?)
    }

    fn file(&self, stage: Stage) -> PathBuf {
        let Stage {
            part,
            rate,
            settings,
        } = stage;
        let all = format!("{VERSION}\n{}\n{part:?} {rate}\n{settings}", self.identity);
        let digest = sha256(all.as_bytes());
        self.folder
            .join(format!("{PREFIX}{}.nvc", &digest[..DIGITS]))
    }
}

/// Removes the networks of all searches from a folder.
///
/// # Errors
/// If the folder cannot be read, or a file not be removed.
pub(super) fn forget_networks(folder: &Path) -> Result<(), FileError> {
    let failed = FileError::of("remove found networks from", folder);
    for entry in std::fs::read_dir(folder).map_err(&failed)? {
        let path = entry.map_err(&failed)?.path();
        let name = path.file_name().and_then(|name| name.to_str());
        let digest = name
            .and_then(|name| name.strip_prefix(PREFIX))
            .and_then(|rest| rest.strip_suffix(".nvc"));
        let is_ours = digest.is_some_and(|digest| {
            digest.len() == DIGITS && digest.bytes().all(|digit| digit.is_ascii_hexdigit())
        });
        if is_ours {
            std::fs::remove_file(&path).map_err(FileError::of("remove", &path))?;
        }
    }
    Ok(())
}
