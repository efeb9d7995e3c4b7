//! The layouts that are read: the list that errors and `docs/data.md` have.

use std::fs;
use std::path::Path;

use super::error::DataError;

/// Layouts of data sets that are named by a folder or a file, a few words each.
pub const LAYOUTS: &[&str] = &[
    "idx files",
    "CIFAR in binary, for Python or as tar.gz",
    "images in CLASS/",
    "train/CLASS/ with val/",
    "ImageNet as Kaggle lays it out",
    "Tiny ImageNet",
    "images with labels.csv",
    ".npz or .npy arrays",
    "parquet of images",
    "CSV of pixels",
];

/// Says what was found in the place of a data set, and what is read.
pub(super) fn not_understood(path: &Path) -> DataError {
    DataError::NotUnderstood {
        path: path.to_path_buf(),
        found: what_is_at(path),
        layouts: LAYOUTS.join(", "),
    }
}

/// So many files are named.
const NAMED: usize = 5;

fn what_is_at(path: &Path) -> String {
    if path.is_file() {
        return "a file of another format".to_string();
    }
    let Ok(entries) = fs::read_dir(path) else {
        return "a folder that cannot be read".to_string();
    };
    let mut names = Vec::new();
    for entry in entries.flatten() {
        let slash = if entry.path().is_dir() { "/" } else { "" };
        names.push(format!("{:?}{slash}", entry.file_name()));
    }
    names.sort();
    let count = names.len();
    names.truncate(NAMED);
    match count {
        0 => "an empty folder".to_string(),
        _ if count > NAMED => format!("{} and {} others", names.join(", "), count - NAMED),
        _ => names.join(", "),
    }
}
