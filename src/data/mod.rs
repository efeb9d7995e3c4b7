//! Real data sets: what is known about them, where they are found, how they are read and fetched.
//!
//! A [`DataSet`] comes from [`load`], which takes a name (`digits`, `mnist`, `fashion-mnist`,
//! `cifar10`) or a folder of idx files, looks through a [`SearchPath`], and checks the contents of
//! the sets that it knows. [`fetch`] downloads them. A [`Law`] is a population of which everything
//! is known: a cube with a target, or a data set itself.

mod catalogue;
mod cifar;
mod dataset;
mod digits;
#[cfg(feature = "download")]
mod download;
mod error;
#[cfg(feature = "download")]
mod fetch;
mod file;
mod flat_labels;
mod idx;
mod image_folder;
mod laws;
mod load;
mod photograph;
mod pixel_cache;
mod search_path;

pub use catalogue::{known_set, Format, KnownSet, RemoteArchive, RemoteFile, KNOWN_SETS};
pub use cifar::read_cifar10;
pub use dataset::{DataSet, LabelledImages};
pub use digits::digits;
#[cfg(feature = "download")]
pub use download::{download, Transfer};
pub use error::DataError;
#[cfg(feature = "download")]
pub use fetch::fetch;
pub use idx::{read_images, read_labels, IdxImages};
pub use image_folder::{ImageFolder, Photograph, PhotographSet};
pub use laws::{Law, Target, MOST_DIMENSIONS};
pub use load::{load, path, photographs, IMAGENET};
pub use photograph::Framing;
pub use pixel_cache::PixelCache;
pub use search_path::SearchPath;
