//! Networks relative to a base: version 4 of the file.

pub(super) mod base;
pub(super) mod change;
pub(super) mod error;
pub(super) mod spliced;
