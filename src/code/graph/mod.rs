//! Networks as graphs of operators: version 3 of the file.

pub(super) mod dimensions;
mod inference;
pub(super) mod misfit;
pub(super) mod nodes;
pub(super) mod operator;
mod text;
mod weights;
