//! Networks as ONNX: what exporters write, what they leave out, and what strangers forge.
#![allow(clippy::unwrap_used)]

mod architectures;
mod reference;
