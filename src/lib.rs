//! Compression-based generalization bounds.

pub mod bounds;
#[cfg(feature = "command")]
pub mod certificate;
#[cfg(feature = "command")]
pub mod cli;
pub mod code;
#[cfg(feature = "train")]
pub mod compress;
#[cfg(feature = "command")]
pub mod data;
#[cfg(feature = "command")]
pub mod nets;
#[cfg(feature = "train")]
pub mod random;
