//! The layers of a network: a small grammar, its words, and its code.

pub(super) mod chain;
mod code;
pub(super) mod error;
pub(super) mod layer;
pub(super) mod misfit;
mod named;
pub(super) mod numbers;
pub(super) mod tensors;
mod text;
