//! Which weight takes which value of its codebook.

pub(super) mod geometry;
mod logistic;
mod mixed;
mod mixture;
mod pass;
pub(super) mod symbol_code;
pub(super) mod tensor;
