//! From numbers to bits: the arithmetic coder, what it believes, and universal codes for integers.

pub(super) mod decoder;
pub mod distribution;
pub(super) mod encoder;
pub mod integer;
pub(super) mod length;
