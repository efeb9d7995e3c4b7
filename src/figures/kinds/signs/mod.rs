//! Perceptrons with weights +1 and -1, near the limit and through the transitions of their learner.

pub(in crate::figures) mod bits;
mod draws;
pub(in crate::figures) mod errors;
pub(in crate::figures) mod remembered;
pub(in crate::figures) mod solutions;
mod transitions;
