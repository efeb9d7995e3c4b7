//! The command as a user types it.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod bound;
mod budget;
mod certify;
mod check;
mod classical;
mod completions;
mod compress;
mod data_sets;
mod figures;
mod imagenet_certificates;
mod imagenet_experiments;
mod man;
#[path = "../../../../tests/needs/mod.rs"]
mod needs;
mod onnx;
mod options;
#[path = "../../../../tests/photographs/mod.rs"]
mod photographs;
mod place;
mod prove;
#[path = "../../../../tests/random_network/mod.rs"]
mod random_network;
mod recipes;
mod relative;
mod run;
mod strangers;
mod submit;
mod tuning;
