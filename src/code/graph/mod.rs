//! Networks as graphs of operators: version 3 of the file.

pub(super) mod as_chain;
pub(super) mod code;
pub(super) mod dimensions;
mod fields;
mod history;
mod inference;
pub(super) mod interpolation;
pub(super) mod misfit;
pub(super) mod nodes;
pub(super) mod operator;
mod primer;
mod record;
mod stream;
mod text;
mod weights;
mod work;
