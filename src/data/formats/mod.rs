//! Files of images and labels: how each format is read, and what in it is refused.

pub(super) mod array;
pub(super) mod cifar;
pub(super) mod cifar_files;
pub(super) mod digits;
pub(super) mod file;
mod gzip;
pub(super) mod idx;
pub(super) mod idx_folder;
pub(super) mod numpy;
mod pickle;
pub(super) mod table;
