//! Data sets of any kind, by name or folder.

#[cfg(feature = "photographs")]
use std::path::Path;

#[cfg(feature = "photographs")]
use super::catalogue::known_set;
use super::dataset::DataSet;
use super::error::DataError;
#[cfg(feature = "photographs")]
use super::formats::table::read_tables;
#[cfg(feature = "photographs")]
use super::layouts::not_understood;
use super::load::load;
#[cfg(feature = "photographs")]
use super::load::{arrays_at, IMAGENET};
#[cfg(feature = "photographs")]
use super::photographs::{read_parquet, ImageFolder, Photographs, PixelCache, KAGGLE};
use super::search_path::SearchPath;
use crate::evaluate::Sample;
#[cfg(feature = "photographs")]
use crate::shape::ImageSize;

/// A data set that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// Images in memory.
    Images(DataSet),
    /// Photographs in folders.
    #[cfg(feature = "photographs")]
    Photographs(DataSet<ImageFolder>),
}

/// A data set whose examples a network can read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Readable {
    /// Images in memory.
    Images(DataSet),
    /// Photographs, framed for the network.
    #[cfg(feature = "photographs")]
    Photographs(DataSet<Photographs>),
}

/// Finds the data set of that name, or in that folder or file ([`LAYOUTS`](super::LAYOUTS)).
///
/// # Errors
/// If it is unknown, missing, damaged, or not what it is known to be.
pub fn find(selector: &str, search: &SearchPath) -> Result<Found, DataError> {
    #[cfg(feature = "photographs")]
    if selector == IMAGENET {
        return imagenet(search).map(Found::Photographs);
    }
    #[cfg(feature = "photographs")]
    if known_set(selector).is_none() && Path::new(selector).exists() {
        return at_path(selector, Path::new(selector));
    }
    Ok(Found::Images(load(selector, search)?))
}

/// The data set in a folder or file.
#[cfg(feature = "photographs")]
fn at_path(name: &str, path: &Path) -> Result<Found, DataError> {
    if let Some(set) = read_parquet(name, path)? {
        return Ok(Found::Photographs(set));
    }
    if let Some(set) = arrays_at(name, path)? {
        return Ok(Found::Images(set));
    }
    if path.is_dir() {
        if let Some(set) = DataSet::<ImageFolder>::open(name, path)? {
            return Ok(Found::Photographs(set));
        }
        if let Some(set) = read_tables(name, path)? {
            return Ok(Found::Images(set));
        }
    }
    Err(not_understood(path))
}

impl Found {
    /// As `--data` takes it.
    pub fn name(&self) -> &str {
        match self {
            Self::Images(set) => &set.name,
            #[cfg(feature = "photographs")]
            Self::Photographs(set) => &set.name,
        }
    }

    /// What a person should know about how it was read.
    pub fn remarks(&self) -> &[String] {
        match self {
            Self::Images(set) => &set.remarks,
            #[cfg(feature = "photographs")]
            Self::Photographs(set) => &set.remarks,
        }
    }

    /// Number of training examples; at least one.
    #[allow(clippy::len_without_is_empty)]
    pub fn len(&self) -> usize {
        match self {
            Self::Images(set) => set.train.len(),
            #[cfg(feature = "photographs")]
            Self::Photographs(set) => set.train.len(),
        }
    }

    /// Number of classes.
    pub fn classes(&self) -> usize {
        match self {
            Self::Images(set) => set.train.classes(),
            #[cfg(feature = "photographs")]
            Self::Photographs(set) => set.train.classes().len(),
        }
    }

    /// Names of the classes, in their order: numbers, for images in memory.
    pub fn class_names(&self) -> Vec<String> {
        match self {
            Self::Images(set) => (0..set.train.classes()).map(|c| c.to_string()).collect(),
            #[cfg(feature = "photographs")]
            Self::Photographs(set) => set.train.classes().to_vec(),
        }
    }

    /// Names of the training examples, in their order: paths within the folder of the training set,
    /// with slashes; none for images in memory.
    pub fn example_names(&self) -> Vec<String> {
        match self {
            Self::Images(_) => Vec::new(),
            #[cfg(feature = "photographs")]
            Self::Photographs(set) => set.train.names(),
        }
    }

    /// Refuses a network of another number of outputs than there are classes.
    ///
    /// # Errors
    /// [`DataError::Outputs`], with the classes.
    pub fn check_outputs(&self, outputs: usize) -> Result<(), DataError> {
        let classes = self.classes();
        if outputs == classes {
            return Ok(());
        }
        let listed = match self {
            Self::Images(_) => format!("labels 0 to {}", classes.saturating_sub(1)),
            #[cfg(feature = "photographs")]
            Self::Photographs(set) => set.train.listed_classes(),
        };
        Err(DataError::Outputs {
            outputs,
            classes,
            listed,
        })
    }

    /// The examples as a network reads them that reads images of this size; decoded photographs are
    /// kept in the cache, if there is one.
    ///
    /// # Errors
    /// [`DataError::Framing`] if such a network does not read photographs.
    #[cfg(feature = "photographs")]
    pub fn read_at(
        self,
        input: ImageSize,
        cache: Option<&PixelCache>,
    ) -> Result<Readable, DataError> {
        match self {
            Self::Images(set) => Ok(Readable::Images(set)),
            Self::Photographs(set) => Ok(Readable::Photographs(set.read_at(input, cache)?)),
        }
    }
}

impl Readable {
    /// Its examples.
    pub fn sample(&self) -> Sample<'_> {
        match self {
            Self::Images(set) => set.into(),
            #[cfg(feature = "photographs")]
            Self::Photographs(set) => set.into(),
        }
    }
}

/// Where the photographs of ImageNet are, within the folders that are searched.
#[cfg(feature = "photographs")]
const IMAGENET_FOLDERS: [&str; 3] = [IMAGENET, KAGGLE, "."];

/// The photographs of ImageNet.
///
/// They are not checked: nobody may hand them out, and copies differ.
#[cfg(feature = "photographs")]
fn imagenet(search: &SearchPath) -> Result<DataSet<ImageFolder>, DataError> {
    let mut looked = Vec::new();
    for folder in search
        .folders
        .iter()
        .flat_map(|folder| IMAGENET_FOLDERS.map(|name| folder.join(name)))
    {
        if folder.is_dir() {
            if let Some(set) = DataSet::<ImageFolder>::open(IMAGENET, &folder)? {
                return Ok(set);
            }
        }
        looked.push(folder.display().to_string());
    }
    Err(DataError::NoPhotographs {
        looked: looked.join(", "),
    })
}
