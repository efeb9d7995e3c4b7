//! Real data sets: what is known about them, where they are found, how they are read and fetched.
//!
//! A [`DataSet`] comes from [`load`], which takes a name (`digits`, `mnist`, `fashion-mnist`,
//! `cifar10`) or a folder of idx files, looks through a [`SearchPath`], and checks the contents of
//! the sets that it knows. [`fetch`] downloads them. A [`Law`] is a population of which everything
//! is known: a cube with a target, or a data set itself.

mod catalogue;
mod class_map;
#[cfg(feature = "photographs")]
mod class_order;
mod dataset;
mod error;
#[cfg(feature = "download")]
mod fetch;
mod formats;
mod found;
mod groups;
mod laws;
mod layouts;
mod load;
#[cfg(feature = "photographs")]
mod photographs;
mod search_path;

pub use catalogue::{known_set, Format, KnownSet, RemoteArchive, RemoteFile, KNOWN_SETS};
pub use class_map::{parse_class_map, read_class_map};
pub use dataset::{DataSet, LabelledImages};
pub use error::DataError;
#[cfg(feature = "download")]
pub use fetch::{download, fetch, Transfer};
pub use formats::array::Array;
pub use formats::cifar::read_cifar10;
pub use formats::digits::digits;
pub use formats::idx::{read_images, read_labels, IdxImages};
pub use found::{find, Found, Readable};
pub use groups::Groups;
pub use laws::{Law, Target, MOST_DIMENSIONS};
pub use layouts::LAYOUTS;
pub use load::{load, path, IMAGENET};
#[cfg(feature = "photographs")]
pub use photographs::{Framing, ImageFolder, Photograph, Photographs, PixelCache};
pub use search_path::SearchPath;
