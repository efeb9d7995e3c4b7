//! The layers of a network: a small grammar, its words, and its code.

pub(super) mod code;
pub(super) mod layers;
mod named;
mod text;
