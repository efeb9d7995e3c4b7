//! Files of images and labels: how each format is read, and what in it is refused.

pub(super) mod cifar;
pub(super) mod digits;
pub(super) mod file;
pub(super) mod idx;
