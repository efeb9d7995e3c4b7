//! Codes and the model file: what is written is what is read, to the bit, and nothing else is
//! accepted.
#![allow(clippy::unwrap_used)]

mod any_graph;
mod any_model;
mod any_relative;
mod architecture;
mod coder;
mod fixed_layers;
mod graph;
mod model;
mod networks;
#[path = "../nodes/mod.rs"]
mod nodes;
#[path = "../any_graph/mod.rs"]
mod random_graph;
mod relative;
mod subspace;
