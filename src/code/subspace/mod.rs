//! Tensors as images of a few coordinates.

mod code;
pub(super) mod kronecker;
pub(super) mod map;
mod splitmix;
