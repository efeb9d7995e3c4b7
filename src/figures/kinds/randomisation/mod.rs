//! Labels replaced at random: what it takes to remember them (Zhou et al. 2019, section 6).

pub(in crate::figures) mod bits;
pub(in crate::figures) mod bound;
pub(in crate::figures) mod course;
mod draws;
pub(in crate::figures) mod sparsity;
