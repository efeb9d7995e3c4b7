//! A network as its file decodes, the file, and where its bits go.

pub(super) mod allocation;
mod base;
pub(super) mod demand;
pub(super) mod error;
pub(super) mod file;
pub(super) mod invariants;
mod raw;
