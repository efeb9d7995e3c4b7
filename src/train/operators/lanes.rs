//! How many images are computed together.

/// Images in a block: the numbers of a vector with AVX-512, two vectors with AVX2.
pub const LANES: usize = 16;
