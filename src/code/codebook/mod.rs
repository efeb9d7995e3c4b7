//! The few values that the weights of a tensor take, and their code.

pub(super) mod code;
pub(super) mod error;
pub(super) mod grid;
pub(super) mod values;
