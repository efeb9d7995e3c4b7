//! Which weight takes which value of its codebook.

pub(super) mod alphabet;
pub(super) mod geometry;
mod logistic;
mod mixed;
mod mixture;
mod neighbours;
mod pass;
mod plain;
pub(super) mod symbol_code;
pub(super) mod tensor;
