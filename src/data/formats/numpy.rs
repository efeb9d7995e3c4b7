//! Data sets in numpy's files: one `.npz`, or several `.npy` in a folder.

use std::collections::BTreeMap;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};

use zip::ZipArchive;

use super::array::{Array, Pair};
use super::file::{in_file, io, open, paths_in};
use crate::data::dataset::DataSet;
use crate::data::error::DataError;
use crate::storage::memory_limit::MemoryLimit;

/// Names of arrays: images and labels for training, and those that are held out, the first that are
/// there. Those of Keras, MedMNIST and scikit-learn are among them.
const NAMES: [[&str; 4]; 9] = [
    ["x_train", "y_train", "x_test", "y_test"],
    ["X_train", "y_train", "X_test", "y_test"],
    ["train_images", "train_labels", "test_images", "test_labels"],
    ["train_images", "train_labels", "val_images", "val_labels"],
    ["images", "labels", "test_images", "test_labels"],
    ["x", "y", "x_test", "y_test"],
    ["X", "y", "X_test", "y_test"],
    ["data", "labels", "test_data", "test_labels"],
    ["image", "label", "test_image", "test_label"],
];

/// The names that are there, of arrays for training and of held-out ones.
fn names_of(there: &[String]) -> Option<([&'static str; 2], Option<[&'static str; 2]>)> {
    let has = |name: &str| there.iter().any(|other| other == name);
    let sets = NAMES
        .iter()
        .filter(|[images, labels, ..]| has(images) && has(labels));
    // With held-out ones first.
    let mut sets: Vec<_> = sets.collect();
    sets.sort_by_key(|[_, _, images, labels]| !(has(images) && has(labels)));
    let [images, labels, test_images, test_labels] = *sets.first()?;
    let has_test = has(test_images) && has(test_labels);
    let test = has_test.then_some([*test_images, *test_labels]);
    Some(([*images, *labels], test))
}

/// The data set in an `.npz` file.
///
/// # Errors
/// If it is damaged, or its arrays have other names or shapes.
pub(in crate::data) fn read_npz(name: &str, path: &Path) -> Result<DataSet, DataError> {
    let about = |source: std::io::Error| in_file(path, DataError::Array { source });
    let file = open(path)?;
    let length = file.metadata().map_err(|error| io(path, error))?.len();
    let limit = MemoryLimit::of_file(length as usize).bytes();
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(|error| about(error.into()))?;
    let mut there = Vec::new();
    for name in archive.file_names() {
        let name = name.map_err(|error| about(error.into()))?;
        there.extend(name.strip_suffix(".npy").map(str::to_string));
    }
    let mut read = |name: &str| {
        let file = archive.by_name(&format!("{name}.npy"));
        let mut bytes = Vec::new();
        file.map_err(|error| about(error.into()))?
            .take(limit + 1)
            .read_to_end(&mut bytes)
            .map_err(about)?;
        if bytes.len() as u64 > limit {
            return Err(in_file(path, DataError::TooLong { limit }));
        }
        Array::read(&bytes[..], limit).map_err(|error| in_file(path, error))
    };
    assembled(name, path, &there, &mut read)
}

/// The data set in the `.npy` files of a folder; nothing if they are called otherwise.
///
/// # Errors
/// If they are damaged, or of other shapes.
pub(in crate::data) fn read_npy_files(
    name: &str,
    folder: &Path,
) -> Result<Option<DataSet>, DataError> {
    let mut files: BTreeMap<String, PathBuf> = BTreeMap::new();
    for path in paths_in(folder)? {
        if path.extension().is_some_and(|extension| extension == "npy") {
            let stem = path.file_stem().unwrap_or_default().to_string_lossy();
            files.insert(stem.into_owned(), path);
        }
    }
    let there: Vec<String> = files.keys().cloned().collect();
    if names_of(&there).is_none() {
        return Ok(None);
    }
    let mut read = |name: &str| {
        let path = files.get(name).map_or(folder, PathBuf::as_path);
        let file = open(path)?;
        let length = file.metadata().map_err(|error| io(path, error))?.len();
        // What a header says is never more than what follows it.
        Array::read(BufReader::new(file), length).map_err(|error| in_file(path, error))
    };
    assembled(name, folder, &there, &mut read).map(Some)
}

/// The data set of arrays that are read by name.
fn assembled(
    name: &str,
    path: &Path,
    there: &[String],
    read: &mut dyn FnMut(&str) -> Result<Array, DataError>,
) -> Result<DataSet, DataError> {
    let Some((training, test)) = names_of(there) else {
        let found = there.join(", ");
        return Err(in_file(path, DataError::ArrayNames { found }));
    };
    let mut used: Vec<&str> = training.to_vec();
    used.extend(test.iter().flatten());
    let mut pair = |[images, labels]: [&str; 2]| {
        Pair::new(&read(images)?, &read(labels)?).map_err(|error| in_file(path, error))
    };
    let train = pair(training)?;
    let test = test.map(&mut pair).transpose()?;
    let mut others = Vec::new();
    for name in there {
        if !used.contains(&name.as_str()) {
            others.push(format!("{name:?}"));
        }
    }
    let mut remarks = Vec::new();
    if !others.is_empty() {
        remarks.push(format!(
            "arrays of {path:?} that are not read: {}",
            others.join(", ")
        ));
    }
    Pair::data_set(name, remarks, train, test).map_err(|error| in_file(path, error))
}
