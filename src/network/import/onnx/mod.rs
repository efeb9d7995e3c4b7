//! Networks as ONNX: any classifier of images that an exporter writes.
//!
//! 1. [`protobuf`] and [`file`] read the messages, [`tensors`] and [`external`] the numbers.
//! 2. [`translation`] goes through the nodes. What does not depend on the image is computed at
//!    once ([`folding`]), what does becomes operators of a graph ([`lowering`]), with shapes for
//!    one image.
//! 3. [`rewriting`] makes it shorter without another function.
//! 4. [`network`] puts it together.

mod attributes;
mod call;
mod commuting;
mod constant;
mod draft;
pub(super) mod error;
mod external;
mod file;
mod folding;
mod image;
mod ledger;
mod lowering;
pub(super) mod network;
pub(super) mod options;
pub(super) mod protobuf;
mod rewriting;
mod shapes;
mod tensors;
mod translation;
