//! How photographs of a training set and of held-out ones are laid out in folders.

use std::path::{Path, PathBuf};

use super::flat_labels::FlatLabels;
use super::folder::ImageFolder;
use super::left_out::{LeftOut, Reason};
use super::listing::{entries, Entry};
use super::recognition::{is_hidden_folder, kind, Kind};
use crate::data::class_order::sort_classes;
use crate::data::dataset::DataSet;
use crate::data::error::DataError;
use crate::data::formats::file::name_of;

/// Names of folders of training photographs.
const TRAINING: [&str; 2] = ["train", "training"];

/// Names of folders of photographs that are held out: the first that is there counts.
const HELD_OUT: [&str; 5] = ["val", "validation", "valid", "test", "testing"];

/// Where Kaggle's copy of ImageNet has the folders of photographs.
pub(in crate::data) const KAGGLE: &str = "ILSVRC/Data/CLS-LOC";

/// Where Tiny ImageNet has the photographs of a folder.
const TINY_IMAGES: &str = "images";

/// Names of files with the labels of a flat validation set: in it, beside it, or beside Kaggle's
/// `ILSVRC`.
const LABEL_FILES: [&str; 8] = [
    "labels.txt",
    "val.txt",
    "LOC_val_solution.csv",
    "val_annotations.txt",
    "labels.csv",
    "imagenet_2012_validation_synset_labels.txt",
    "ILSVRC2012_validation_ground_truth.txt",
    "validation_ground_truth.txt",
];

impl DataSet<ImageFolder> {
    /// The photographs in a folder: `train/CLASS/*.jpg` with `val/CLASS/*.jpg`, or with `val/*.jpg`
    /// and a file of labels in or beside it; or only `CLASS/*.jpg`. Nothing if it has none of that.
    ///
    /// # Errors
    /// If something of it cannot be read.
    pub fn open(name: &str, folder: &Path) -> Result<Option<Self>, DataError> {
        let kaggle = folder.join(KAGGLE);
        let folder = match kaggle.is_dir() {
            true => kaggle.as_path(),
            false => folder,
        };
        if let Some(set) = in_tables(name, folder)? {
            return Ok(Some(set));
        }
        let Some(training) = first_folder(folder, &TRAINING)? else {
            if !has_class_folders(folder)? {
                return Ok(None);
            }
            let train = ImageFolder::open(folder)?;
            return Ok(Some(Self {
                name: name.to_string(),
                remarks: train.remarks(),
                train,
                test: None,
            }));
        };
        let train = ImageFolder::open(&training)?;
        let mut remarks = train.remarks();
        let mut used = vec![training];
        let mut held_out = None;
        let folders = HELD_OUT.iter().map(|name| folder.join(name));
        if let Some(folder) = folders.into_iter().find(|folder| folder.is_dir()) {
            used.push(folder.clone());
            match held_out_in(&folder, train.classes(), &mut used)? {
                Some(examples) => {
                    remarks.extend(examples.remarks());
                    held_out = Some(examples);
                }
                None => remarks.push(format!(
                    "no held-out images: those of {folder:?} have no labels (looked for {})",
                    LABEL_FILES.join(", ")
                )),
            }
        }
        remarks.extend(beside(folder, &used)?.remarks(folder));
        Ok(Some(Self {
            name: name.to_string(),
            remarks,
            train,
            test: held_out,
        }))
    }
}

/// CSV with the labels of photographs.
const TABLES: [&str; 5] = [
    "labels.csv",
    "train.csv",
    "train_labels.csv",
    "trainLabels.csv",
    "metadata.csv",
];

/// Where the photographs of such a table are: the first that has some.
const BESIDE_TABLE: [&str; 3] = ["train", "images", ""];

/// Tables of held-out photographs, and their folders.
const HELD_OUT_TABLES: [[&str; 2]; 3] = [
    ["val.csv", "val"],
    ["validation.csv", "validation"],
    ["test.csv", "test"],
];

/// Photographs in one folder with a CSV of their labels; nothing if there is none.
fn in_tables(name: &str, folder: &Path) -> Result<Option<DataSet<ImageFolder>>, DataError> {
    let places = BESIDE_TABLE.map(|name| folder.join(name));
    let mut places = places.iter().filter(|place| has_flat_images(place));
    let mut tables = TABLES.iter().map(|name| folder.join(name));
    let (Some(images), Some(table)) = (places.next(), tables.find(|path| path.is_file())) else {
        return Ok(None);
    };
    let labels = match FlatLabels::read(&table) {
        Ok(labels) => labels,
        Err(_) => return Ok(None),
    };
    let mut classes = labels.distinct();
    sort_classes(&mut classes, String::clone);
    let train = ImageFolder::open_flat(images, &table, &classes)?;
    let mut remarks = train.remarks();
    let mut used = vec![table, images.clone()];
    let mut test = None;
    for [table, images] in HELD_OUT_TABLES.map(|names| names.map(|name| folder.join(name))) {
        if test.is_none() && table.is_file() && images.is_dir() {
            let held_out = ImageFolder::open_flat(&images, &table, &classes)?;
            remarks.extend(held_out.remarks());
            test = Some(held_out);
            used.extend([table, images]);
        }
    }
    if images != folder {
        remarks.extend(beside(folder, &used)?.remarks(folder));
    }
    Ok(Some(DataSet {
        name: name.to_string(),
        remarks,
        train,
        test,
    }))
}

/// Whether a photograph is in a folder, not in one inside it.
fn has_flat_images(folder: &Path) -> bool {
    let is_image = |entry: &Entry| !entry.is_folder && kind(&entry.path) == Kind::Image;
    entries(folder).is_ok_and(|entries| entries.iter().any(is_image))
}

/// The held-out photographs of a folder, in folders of some of the classes or flat with a file of
/// labels; nothing if there are no labels.
fn held_out_in(
    folder: &Path,
    classes: &[String],
    used: &mut Vec<PathBuf>,
) -> Result<Option<ImageFolder>, DataError> {
    let mut folders = visible_folders(folder)?;
    // With empty folders of classes it is as it is without.
    folders.retain(|folder| name_of(folder) != TINY_IMAGES);
    if !folders.is_empty() {
        return ImageFolder::open_classes(folder, classes).map(Some);
    }
    let Some(labels) = label_file(folder) else {
        return Ok(None);
    };
    used.push(labels.clone());
    let tiny = folder.join(TINY_IMAGES);
    let photographs = match tiny.is_dir() {
        true => tiny.as_path(),
        false => folder,
    };
    ImageFolder::open_flat(photographs, &labels, classes).map(Some)
}

/// The file with the labels of a flat folder.
fn label_file(folder: &Path) -> Option<PathBuf> {
    let parent = folder.parent()?;
    let mut places = vec![folder, parent];
    if parent.ends_with(KAGGLE) {
        places.extend(parent.ancestors().nth(Path::new(KAGGLE).iter().count()));
    }
    let mut files = LABEL_FILES
        .iter()
        .flat_map(|name| places.iter().map(move |place| place.join(name)));
    files.find(|path| path.is_file())
}

/// What is beside the folders and files that were used.
fn beside(folder: &Path, used: &[PathBuf]) -> Result<LeftOut, DataError> {
    let mut left_out = LeftOut::default();
    for Entry { path, .. } in entries(folder)? {
        if !used.contains(&path) {
            left_out.add(Reason::BesideSets, &path);
        }
    }
    Ok(left_out)
}

/// The first of these folders that has folders of classes.
fn first_folder(folder: &Path, names: &[&str]) -> Result<Option<PathBuf>, DataError> {
    for name in names {
        let candidate = folder.join(name);
        if candidate.is_dir() && has_class_folders(&candidate)? {
            return Ok(Some(candidate));
        }
    }
    Ok(None)
}

/// Whether a subfolder has a photograph.
fn has_class_folders(folder: &Path) -> Result<bool, DataError> {
    for folder in visible_folders(folder)? {
        if has_image(&folder, DEEPEST_IMAGE)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Photographs are looked for so deep, to know whether there are any.
const DEEPEST_IMAGE: usize = 3;

fn has_image(folder: &Path, depth: usize) -> Result<bool, DataError> {
    let entries = entries(folder)?;
    let is_image = |entry: &Entry| !entry.is_folder && kind(&entry.path) == Kind::Image;
    if entries.iter().any(is_image) {
        return Ok(true);
    }
    for Entry {
        path, is_folder, ..
    } in &entries
    {
        if *is_folder && depth > 0 && !is_hidden_folder(path) && has_image(path, depth - 1)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The folders in a folder that are not hidden.
fn visible_folders(folder: &Path) -> Result<Vec<PathBuf>, DataError> {
    let mut folders = Vec::new();
    for Entry {
        path, is_folder, ..
    } in entries(folder)?
    {
        if is_folder && !is_hidden_folder(&path) {
            folders.push(path);
        }
    }
    Ok(folders)
}
