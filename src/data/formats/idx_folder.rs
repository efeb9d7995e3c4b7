//! Folders of idx files, under the names that they have in use.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::file::{check, in_file, name_of, paths_in, read};
use super::idx::{read_images, read_labels, IdxImages};
use crate::data::catalogue::RemoteFile;
use crate::data::dataset::{classes_of, DataSet, LabelledImages};
use crate::data::error::DataError;
use crate::digest::sha256;
use crate::shape::ImageSize;

/// What an idx file is called in parts: `emnist-letters-train-images-idx3-ubyte.gz` is the images
/// for training of `emnist-letters`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Name {
    /// What stands before; usually nothing.
    prefix: String,
    is_training: bool,
    is_images: bool,
}

impl Name {
    /// Parts of names are separated by hyphens, dots or underscores.
    fn parse(file: &str) -> Option<Self> {
        let name = file.to_lowercase();
        let name = name.strip_suffix(".gz").unwrap_or(&name);
        let parts: Vec<&str> = name.split(['-', '.', '_']).collect();
        let set = parts
            .iter()
            .position(|part| ["train", "training", "t10k", "test", "testing"].contains(part))?;
        let [set_name, kind, rest @ ..] = &parts[set..] else {
            return None;
        };
        let is_idx = |part: &&str| ["idx", "idx1", "idx3", "ubyte"].contains(part);
        if !["images", "labels"].contains(kind) || rest.is_empty() || !rest.iter().all(is_idx) {
            return None;
        }
        Some(Self {
            prefix: parts[..set].join("-"),
            is_training: set_name.starts_with("train"),
            is_images: *kind == "images",
        })
    }
}

/// The idx files of one data set in a folder.
struct Files {
    training: Option<Pair>,
    test: Option<Pair>,
}

/// A file of images and the file of their labels.
struct Pair {
    images: PathBuf,
    labels: PathBuf,
}

/// The file of a folder that is what a known set calls `name`.
pub(in crate::data) fn existing_idx_file(folder: &Path, name: &str) -> Option<PathBuf> {
    names_in(folder).ok()?.remove(&Name::parse(name)?)
}

/// Whether a folder has a file that is called like images or labels of an idx data set.
pub(in crate::data) fn has_idx_files(folder: &Path) -> bool {
    names_in(folder).is_ok_and(|names| !names.is_empty())
}

/// The idx files of a folder by their names; of a file that is there gzipped and not, the latter.
fn names_in(folder: &Path) -> Result<BTreeMap<Name, PathBuf>, DataError> {
    let mut paths = paths_in(folder)?;
    // The names that the field uses come before others, and `x` before `x.gz`.
    paths.sort_by_key(|path| (path.to_string_lossy().contains(".idx"), path.clone()));
    let mut names = BTreeMap::new();
    for path in paths {
        if let Some(name) = Name::parse(&name_of(&path)).filter(|_| path.is_file()) {
            names.entry(name).or_insert(path);
        }
    }
    Ok(names)
}

impl Files {
    /// # Errors
    /// [`DataError::SeveralSets`], or [`DataError::NoPartner`] for images without labels or labels
    /// without images.
    fn find(folder: &Path) -> Result<Self, DataError> {
        let mut names = names_in(folder)?;
        let mut prefixes: Vec<&str> = names.keys().map(|name| name.prefix.as_str()).collect();
        prefixes.dedup();
        let prefix = match prefixes.as_slice() {
            [] => return Err(in_file(folder, DataError::Empty)),
            [prefix] => (*prefix).to_string(),
            several if several.contains(&"") => String::new(),
            several => {
                let sets = several.join(", ");
                return Err(in_file(folder, DataError::SeveralSets { sets }));
            }
        };
        let mut pair = |is_training: bool| {
            let mut file = |is_images: bool| {
                names.remove(&Name {
                    prefix: prefix.clone(),
                    is_training,
                    is_images,
                })
            };
            match (file(true), file(false)) {
                (None, None) => Ok(None),
                (Some(images), Some(labels)) => Ok(Some(Pair { images, labels })),
                (Some(file), None) => Err(in_file(&file, DataError::NoPartner("labels"))),
                (None, Some(file)) => Err(in_file(&file, DataError::NoPartner("images"))),
            }
        };
        Ok(Self {
            training: pair(true)?,
            test: pair(false)?,
        })
    }
}

/// The idx files of a folder, those for testing if there are some; with as many classes as the
/// largest label says, from 0. Files that are `known` are checked, and all of them must be there.
pub(in crate::data) fn idx_folder(
    name: &str,
    folder: &Path,
    known: &[RemoteFile],
) -> Result<DataSet, DataError> {
    let mut remarks = Vec::new();
    let files = Files::find(folder)?;
    let mut read = |pair: Pair| Contents::read(&pair, name, known, &mut remarks);
    let training = files.training.map(&mut read).transpose()?;
    let test = files.test.map(&mut read).transpose()?;
    let (training, test) = match training {
        Some(training) => (training, test),
        None => {
            let test = test.ok_or_else(|| in_file(folder, DataError::Empty))?;
            remarks.push(format!(
                "{folder:?} has files for testing only: they are what the bound is about"
            ));
            (test, None)
        }
    };
    let labels = test.iter().flat_map(|test| &test.labels);
    let classes = classes_of(training.labels.iter().chain(labels));
    Ok(DataSet {
        name: name.to_string(),
        remarks,
        train: training.labelled(classes)?,
        test: test.map(|test| test.labelled(classes)).transpose()?,
    })
}

/// What is in a pair of files.
struct Contents {
    images: IdxImages,
    labels: Vec<u8>,
    /// Of the labels.
    path: PathBuf,
}

impl Contents {
    fn read(
        pair: &Pair,
        name: &str,
        known: &[RemoteFile],
        remarks: &mut Vec<String>,
    ) -> Result<Self, DataError> {
        let images = checked(&pair.images, name, known, remarks)?;
        let labels = checked(&pair.labels, name, known, remarks)?;
        Ok(Self {
            images: read_images(&images).map_err(|error| in_file(&pair.images, error))?,
            labels: read_labels(&labels).map_err(|error| in_file(&pair.labels, error))?,
            path: pair.labels.clone(),
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

/// The contents of a file, after checking them if they are known.
fn checked(
    path: &Path,
    name: &str,
    known: &[RemoteFile],
    remarks: &mut Vec<String>,
) -> Result<Vec<u8>, DataError> {
    let bytes = read(path, remarks)?;
    let file = Name::parse(&name_of(path));
    let is_same = |known: &&RemoteFile| Name::parse(known.name) == file;
    if let Some(known) = known.iter().find(is_same) {
        check(name, known.contents, sha256(&bytes)).map_err(|error| in_file(path, error))?;
    }
    Ok(bytes)
}
