//! Tensors as images of a few coordinates.

pub(super) mod hashed;
pub(super) mod kronecker;
