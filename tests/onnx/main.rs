//! Networks as ONNX: what exporters write, what they leave out, and what strangers forge.
#![allow(clippy::unwrap_used)]

#[path = "../any_graph/mod.rs"]
mod any_graph;
#[allow(dead_code)]
#[path = "../code/any_model.rs"]
mod any_model;
mod architectures;
mod exported;
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
mod resizing;
mod small;
