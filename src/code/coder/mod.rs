//! From numbers to bits: the arithmetic coder, what it believes, and universal codes for integers.

pub mod distribution;
pub mod integer;
pub(super) mod range_coder;
