//! How photographs of a training set and of held-out ones are laid out in folders.

use std::path::Path;

use super::examples::Photographs;
use super::folder::{is_photograph, sorted, ImageFolder};
use super::framing::Framing;
use super::pixel_cache::PixelCache;
use crate::data::dataset::DataSet;
use crate::data::error::DataError;
use crate::data::formats::file::in_file;
use crate::shape::ImageSize;

/// Names of files with the labels of a flat validation set, in it or beside it.
const LABEL_FILES: [&str; 5] = [
    "labels.txt",
    "val.txt",
    "imagenet_2012_validation_synset_labels.txt",
    "ILSVRC2012_validation_ground_truth.txt",
    "validation_ground_truth.txt",
];

impl DataSet<ImageFolder> {
    /// The photographs in a folder: `train/CLASS/*.jpg` with `val/CLASS/*.jpg`, or with `val/*.jpg`
    /// and a file of labels in or beside it; or only `CLASS/*.jpg`. Nothing if it has neither.
    ///
    /// # Errors
    /// If something of it cannot be read.
    pub fn open(name: &str, folder: &Path) -> Result<Option<Self>, DataError> {
        if !folder.join("train").is_dir() {
            if !has_class_folders(folder)? {
                return Ok(None);
            }
            return Ok(Some(Self {
                name: name.to_string(),
                train: ImageFolder::open(folder)?,
                test: None,
            }));
        }
        if !has_class_folders(&folder.join("train"))? {
            return Ok(None);
        }
        let train = ImageFolder::open(&folder.join("train"))?;
        let held_out = match folder.join("val") {
            val if !val.is_dir() => None,
            val if has_class_folders(&val)? => {
                let held_out = ImageFolder::open(&val)?;
                if held_out.classes() != train.classes() {
                    return Err(in_file(&val, DataError::OtherClasses));
                }
                Some(held_out)
            }
            val => {
                let mut places = LABEL_FILES
                    .iter()
                    .flat_map(|name| [val.join(name), folder.join(name)]);
                let labels = places.find(|path| path.is_file());
                let labels = labels
                    .ok_or_else(|| in_file(&val, DataError::NoLabels(LABEL_FILES.join(", "))))?;
                Some(ImageFolder::open_flat(&val, &labels, train.classes())?)
            }
        };
        Ok(Some(Self {
            name: name.to_string(),
            train,
            test: held_out,
        }))
    }

    /// The photographs as a network reads them that reads images of this size (see
    /// [`Framing::usual`]).
    ///
    /// # Errors
    /// [`DataError::Framing`] if a network of this input does not read photographs.
    pub fn read_at(
        self,
        input: ImageSize,
        cache: Option<&PixelCache>,
    ) -> Result<DataSet<Photographs>, DataError> {
        let framing = Framing::usual(input)?;
        let read = |folder| Photographs::new(folder, framing, cache.cloned());
        Ok(DataSet {
            name: self.name,
            train: read(self.train),
            test: self.test.map(read),
        })
    }
}

/// Whether a subfolder has a photograph.
fn has_class_folders(folder: &Path) -> Result<bool, DataError> {
    for path in sorted(folder)?.into_iter().filter(|path| path.is_dir()) {
        if sorted(&path)?.iter().any(|path| is_photograph(path)) {
            return Ok(true);
        }
    }
    Ok(false)
}
