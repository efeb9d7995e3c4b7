//! Fixed layers, which belong to the format and whose weights cost nothing.

pub mod oriented;
pub mod upright;
