//! From a name or a folder to a data set.

use std::path::{Path, PathBuf};

use super::catalogue::{known_set, Format, KnownSet, RemoteFile, KNOWN_SETS};
use super::catalogue::{CIFAR10_TEST, CIFAR10_TRAINING};
use super::dataset::{DataSet, LabelledImages};
use super::error::DataError;
use super::formats::cifar::read_cifar10;
use super::formats::cifar::sum_of_records;
use super::formats::digits::digits;
use super::formats::file::{in_file, read};
use super::formats::idx::{read_images, read_labels, IdxImages};
use super::search_path::SearchPath;
use crate::digest::sha256;
use crate::nearest::nearest;
use crate::shape::ImageSize;

/// Names of the idx files: images, then labels.
pub(super) const TRAINING: [&str; 2] = ["train-images-idx3-ubyte", "train-labels-idx1-ubyte"];
const TEST: [&str; 2] = ["t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"];

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
        None if Path::new(selector).is_dir() => idx_folder(selector, Path::new(selector), &[]),
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

/// What `--data` calls the photographs of ImageNet.
pub const IMAGENET: &str = "imagenet";

/// Loads a known set from its folder and checks its contents.
pub(super) fn load_from(set: &KnownSet, folder: &Path) -> Result<DataSet, DataError> {
    match set.format {
        Format::Embedded => digits(),
        Format::Idx(files) => idx_folder(set.name, folder, files),
        Format::Cifar10(archive) => Ok(DataSet {
            name: set.name.to_string(),
            train: cifar10(set.name, folder, &CIFAR10_TRAINING, archive.training)?,
            test: Some(cifar10(set.name, folder, &[CIFAR10_TEST], archive.test)?),
        }),
    }
}

/// The folder in which a known set is found: the first on the search path that has all its files.
///
/// # Errors
/// If the set is embedded, or in none of the folders.
pub fn path(set: &KnownSet, search: &SearchPath) -> Result<PathBuf, DataError> {
    if set.format == Format::Embedded {
        return Err(DataError::Embedded(set.name.to_string()));
    }
    let mut looked = Vec::new();
    for folder in search.candidates(set) {
        if is_complete(set, &folder) {
            return Ok(folder);
        }
        looked.push(folder.display().to_string());
    }
    Err(DataError::Missing {
        name: set.name.to_string(),
        looked: looked.join(", "),
    })
}

/// Whether all files of a set are in a folder.
pub(super) fn is_complete(set: &KnownSet, folder: &Path) -> bool {
    set.file_names()
        .iter()
        .all(|name| existing(folder, name).is_some())
}

/// The file of that name in a folder, gzipped or not.
pub(super) fn existing(folder: &Path, name: &str) -> Option<PathBuf> {
    let paths = [folder.join(name), folder.join(format!("{name}.gz"))];
    paths.into_iter().find(|path| path.is_file())
}

/// The path and the contents of the file of that name in a folder, gzipped or not.
fn contents(folder: &Path, name: &str) -> Result<(PathBuf, Vec<u8>), DataError> {
    let path = existing(folder, name).unwrap_or_else(|| folder.join(name));
    let bytes = read(&path)?;
    Ok((path, bytes))
}

fn check(name: &str, expected: &str, found: String) -> Result<(), DataError> {
    if found == expected {
        return Ok(());
    }
    Err(DataError::Contents {
        name: name.to_string(),
        expected: expected.to_string(),
        found,
    })
}

/// Loads four idx files, or two if there are no others, and checks those that are `known`.
fn idx_folder(name: &str, folder: &Path, known: &[RemoteFile]) -> Result<DataSet, DataError> {
    let training = IdxPair::read(TRAINING, name, folder, known)?;
    let has_test = !known.is_empty() || TEST.iter().any(|file| existing(folder, file).is_some());
    let test = if has_test {
        Some(IdxPair::read(TEST, name, folder, known)?)
    } else {
        None
    };
    let pairs = [Some(&training), test.as_ref()];
    let labels = pairs.into_iter().flatten().flat_map(|pair| &pair.labels);
    let classes = labels.max().map_or(0, |&largest| usize::from(largest) + 1);
    Ok(DataSet {
        name: name.to_string(),
        train: training.labelled(classes)?,
        test: test.map(|pair| pair.labelled(classes)).transpose()?,
    })
}

/// A file of images and the file of their labels.
struct IdxPair {
    images: IdxImages,
    labels: Vec<u8>,
    /// Of the labels.
    path: PathBuf,
}

impl IdxPair {
    fn read(
        [images, labels]: [&str; 2],
        name: &str,
        folder: &Path,
        known: &[RemoteFile],
    ) -> Result<Self, DataError> {
        let checked = |file: &str| -> Result<(PathBuf, Vec<u8>), DataError> {
            let (path, bytes) = contents(folder, file)?;
            if let Some(known) = known.iter().find(|known| known.name == file) {
                check(name, known.contents, sha256(&bytes))
                    .map_err(|error| in_file(&path, error))?;
            }
            Ok((path, bytes))
        };
        let (path, bytes) = checked(images)?;
        let images = read_images(&bytes).map_err(|error| in_file(&path, error))?;
        let (path, bytes) = checked(labels)?;
        let labels = read_labels(&bytes).map_err(|error| in_file(&path, error))?;
        Ok(Self {
            images,
            labels,
            path,
        })
    }

    fn labelled(self, classes: usize) -> Result<LabelledImages, DataError> {
        let shape = ImageSize {
            channels: 1,
            height: self.images.height,
            width: self.images.width,
        };
        LabelledImages::new(shape, 256, classes, self.images.pixels, self.labels)
            .map_err(|error| in_file(&self.path, error))
    }
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
