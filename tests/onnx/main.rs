//! Networks as ONNX: what exporters write, what they leave out, and what strangers forge.
#![allow(clippy::unwrap_used)]

mod architectures;
mod forged;
mod hostile;
#[allow(dead_code)]
#[path = "../models/mod.rs"]
mod models;
mod mutated;
#[allow(dead_code)]
#[path = "../mutations/mod.rs"]
mod mutations;
mod reference;
mod small;
