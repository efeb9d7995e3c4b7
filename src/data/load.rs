//! From a name or a folder to a data set.

use std::path::{Path, PathBuf};

use super::catalogue::{known_set, Format, KnownSet, KNOWN_SETS};
use super::catalogue::{CIFAR10_TEST, CIFAR10_TRAINING};
use super::dataset::{DataSet, LabelledImages};
use super::error::DataError;
use super::formats::cifar::{read_cifar10, sum_of_records};
use super::formats::cifar_files::{is_archive, read_cifar};
use super::formats::digits::digits;
use super::formats::file::{check, in_file, paths_in, read};
use super::formats::idx_folder::{existing_idx_file, has_idx_files, idx_folder};
use super::formats::numpy::{read_npy_files, read_npz};
use super::formats::table::{is_csv, read_tables};
use super::layouts::not_understood;
use super::search_path::SearchPath;
use crate::digest::sha256;
use crate::nearest::nearest;

/// Loads the data set of that name, or the idx files in that folder.
///
/// The contents of sets that are known by name are checked; those of a folder are not, its test
/// files may be missing, and it has as many classes as its largest label says, from 0.
///
/// # Errors
/// If it is unknown, missing, damaged, or not what it is known to be.
pub fn load(selector: &str, search: &SearchPath) -> Result<DataSet, DataError> {
    match known_set(selector) {
        Some(set) if set.format == Format::Embedded => digits(),
        Some(set) => load_from(set, &path(set, search)?),
        None if Path::new(selector).exists() => {
            let path = Path::new(selector);
            arrays_at(selector, path)?.ok_or_else(|| not_understood(path))
        }
        None => {
            let names = KNOWN_SETS.iter().map(|set| set.name);
            Err(DataError::Unknown {
                name: selector.to_string(),
                nearest: nearest(selector, names.clone()).map(str::to_string),
                known: names.collect::<Vec<&str>>().join(", "),
            })
        }
    }
}

/// The images in a file or folder that are not encoded: idx files, arrays of numpy, CSV of pixels;
/// nothing if it has none.
///
/// # Errors
/// If something of it cannot be read.
pub(super) fn arrays_at(name: &str, path: &Path) -> Result<Option<DataSet>, DataError> {
    let has_ending = |path: &Path, ending: &str| path.extension().is_some_and(|e| e == ending);
    if path.is_file() {
        return if has_ending(path, "npz") {
            read_npz(name, path).map(Some)
        } else if has_ending(path, "npy") {
            read_npy_files(name, path.parent().unwrap_or(path))
        } else if is_csv(path) {
            read_tables(name, path)
        } else if is_archive(path) {
            read_cifar(name, path)
        } else {
            Ok(None)
        };
    }
    if has_idx_files(path) {
        return idx_folder(name, path, &[]).map(Some);
    }
    if let Some(set) = read_cifar(name, path)? {
        return Ok(Some(set));
    }
    let mut archives = paths_in(path)?;
    archives.retain(|path| has_ending(path, "npz"));
    match archives.as_slice() {
        [] => read_npy_files(name, path),
        [archive] => read_npz(name, archive).map(Some),
        several => {
            let sets: Vec<String> = several.iter().map(|path| format!("{path:?}")).collect();
            let sets = sets.join(", ");
            Err(in_file(path, DataError::SeveralSets { sets }))
        }
    }
}

/// What `--data` calls the photographs of ImageNet.
pub const IMAGENET: &str = "imagenet";

/// Loads a known set from its folder and checks its contents.
pub(super) fn load_from(set: &KnownSet, folder: &Path) -> Result<DataSet, DataError> {
    match set.format {
        Format::Embedded => digits(),
        Format::Idx(files) => idx_folder(set.name, folder, files),
        Format::Cifar10(archive) => Ok(DataSet {
            name: set.name.to_string(),
            remarks: Vec::new(),
            train: cifar10(set.name, folder, &CIFAR10_TRAINING, archive.training)?,
            test: Some(cifar10(set.name, folder, &[CIFAR10_TEST], archive.test)?),
        }),
    }
}

/// The folder in which a known set is found: the first on the search path that has all its files,
/// in a folder of the set's name within it or itself.
///
/// # Errors
/// If the set is embedded, or in none of the folders.
pub fn path(set: &KnownSet, search: &SearchPath) -> Result<PathBuf, DataError> {
    if set.format == Format::Embedded {
        return Err(DataError::Embedded(set.name.to_string()));
    }
    let mut looked = Vec::new();
    for folder in &search.folders {
        for named in set.folders.iter().map(|name| folder.join(name)) {
            if is_complete(set, &named) {
                return Ok(named);
            }
            looked.push(named.display().to_string());
        }
        if is_complete(set, folder) && !is_other(set, folder) {
            return Ok(folder.clone());
        }
    }
    Err(DataError::Missing {
        name: set.name.to_string(),
        looked: looked.join(", "),
    })
}

/// Whether a folder has a file of another known set, whose files are called alike.
fn is_other(set: &KnownSet, folder: &Path) -> bool {
    let others = KNOWN_SETS.iter().filter(|other| other.name != set.name);
    let mut files = others.filter_map(|other| match other.format {
        // The labels for testing, the shortest.
        Format::Idx(files) => files.last(),
        _ => None,
    });
    files.any(|file| {
        let path = existing(folder, file.name);
        let contents = path.and_then(|path| read(&path, &mut Vec::new()).ok());
        contents.is_some_and(|contents| sha256(&contents) == file.contents)
    })
}

/// Whether all files of a set are in a folder.
pub(super) fn is_complete(set: &KnownSet, folder: &Path) -> bool {
    set.file_names()
        .iter()
        .all(|name| existing(folder, name).is_some())
}

/// The file of that name in a folder, gzipped or not, or of one that is read as it.
pub(super) fn existing(folder: &Path, name: &str) -> Option<PathBuf> {
    let paths = [folder.join(name), folder.join(format!("{name}.gz"))];
    let mut paths = paths.into_iter();
    paths
        .find(|path| path.is_file())
        .or_else(|| existing_idx_file(folder, name))
}

/// The path and the contents of the file of that name in a folder, gzipped or not.
fn contents(folder: &Path, name: &str) -> Result<(PathBuf, Vec<u8>), DataError> {
    let path = existing(folder, name).unwrap_or_else(|| folder.join(name));
    let bytes = read(&path, &mut Vec::new())?;
    Ok((path, bytes))
}

/// Loads files of CIFAR-10 one after the other, and checks the sum of their records.
fn cifar10(
    name: &str,
    folder: &Path,
    files: &[&str],
    expected: &str,
) -> Result<LabelledImages, DataError> {
    let mut records = Vec::new();
    for file in files {
        let (path, bytes) = contents(folder, file)?;
        // Each by itself, so that an error names its file.
        read_cifar10(&bytes).map_err(|error| in_file(&path, error))?;
        records.extend(bytes);
    }
    check(name, expected, sum_of_records(&records)).map_err(|error| in_file(folder, error))?;
    read_cifar10(&records).map_err(|error| in_file(folder, error))
}
