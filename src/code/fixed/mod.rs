//! Fixed layers, which belong to the format and whose weights cost nothing.

pub mod deskew;
pub mod oriented;
