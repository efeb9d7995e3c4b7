//! Downloads of whole data sets.

use std::fs::File;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;

use super::download::{download, Transfer};
use crate::data::catalogue::{Format, KnownSet};
use crate::data::error::DataError;
use crate::data::formats::file::io;
use crate::data::load::{existing, is_complete, load_from};
use crate::data::search_path::SearchPath;

/// Name of CIFAR-10's archive.
const ARCHIVE: &str = "cifar-10-binary.tar.gz";

/// Downloads the files of a set that are not there yet, and checks the set.
///
/// `mirror` replaces the set's own servers: the address of a folder (ending in a slash) with the
/// files, or of the archive. `report` is told the file and how far it is. Returns the set's folder,
/// below [`SearchPath::cache`].
///
/// # Errors
/// If the set is embedded, no server has a file, or the contents are wrong.
pub fn fetch(
    set: &KnownSet,
    search: &SearchPath,
    mirror: Option<&str>,
    report: &mut dyn FnMut(&str, Transfer),
) -> Result<PathBuf, DataError> {
    let Some(name) = set.folders.first() else {
        return Err(DataError::Embedded(set.name.to_string()));
    };
    let folder = search.cache.join(name);
    std::fs::create_dir_all(&folder).map_err(|error| io(&folder, error))?;
    let mirrors: Vec<&str> = mirror.map_or_else(|| set.mirrors.to_vec(), |mirror| vec![mirror]);
    match set.format {
        Format::Embedded => {}
        Format::Idx(files) => {
            for file in files
                .iter()
                .filter(|file| existing(&folder, file.name).is_none())
            {
                let name = format!("{}.gz", file.name);
                let addresses: Vec<String> = mirrors
                    .iter()
                    .map(|mirror| format!("{mirror}{name}"))
                    .collect();
                let destination = folder.join(&name);
                download(&addresses, file.packed, &destination, &mut |transfer| {
                    report(&name, transfer)
                })?;
            }
        }
        Format::Cifar10(_) if is_complete(set, &folder) => {}
        Format::Cifar10(remote) => {
            let archive = folder.join(ARCHIVE);
            let addresses: Vec<String> = mirrors.iter().map(|mirror| mirror.to_string()).collect();
            download(&addresses, remote.packed, &archive, &mut |transfer| {
                report(ARCHIVE, transfer)
            })?;
            unpack(set, &archive, &folder)?;
            std::fs::remove_file(&archive).map_err(|error| io(&archive, error))?;
        }
    }
    load_from(set, &folder)?;
    Ok(folder)
}

/// Unpacks the set's files into `folder`, by way of a temporary folder in which they are checked.
fn unpack(set: &KnownSet, archive: &Path, folder: &Path) -> Result<(), DataError> {
    let failed = |error| io(archive, error);
    let names = set.file_names();
    let temporary = tempfile::tempdir_in(folder).map_err(|error| io(folder, error))?;
    let mut tar = tar::Archive::new(GzDecoder::new(File::open(archive).map_err(failed)?));
    for entry in tar.entries().map_err(failed)? {
        let mut entry = entry.map_err(failed)?;
        let path = entry.path().map_err(failed)?.into_owned();
        // Only the last component counts, and only if it is known: no entry is written elsewhere.
        if let Some(name) = names
            .iter()
            .find(|name| path.file_name().is_some_and(|last| last == **name))
        {
            let destination = temporary.path().join(name);
            File::create(&destination)
                .and_then(|mut file| std::io::copy(&mut entry, &mut file))
                .map_err(|error| io(&destination, error))?;
        }
    }
    load_from(set, temporary.path())?;
    for name in names {
        std::fs::rename(temporary.path().join(name), folder.join(name))
            .map_err(|error| io(folder, error))?;
    }
    Ok(())
}
