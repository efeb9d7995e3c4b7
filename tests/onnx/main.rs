//! Networks as ONNX: what exporters write, what they leave out, and what strangers forge.
#![allow(clippy::unwrap_used)]

mod architectures;
mod forged;
mod hostile;
mod reference;
mod small;
