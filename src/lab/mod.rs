//! The theorems, checked: exactly on finite laws, and on networks trained again and again.
//!
//! - [`exact`]: finite laws, classes and learners, and everything about them by enumeration,
//!   without statistical doubt;
//! - [`random_codebook`]: the learner that attains the limit, drawn exactly and searched for in
//!   earnest;
//! - [`check`]: every theorem, with the number of instances and the one that is closest to breaking
//!   it;
//! - [`edges`]: laws on which bounds fail nearly as often as they may;
//! - [`run`]: experiments as independent draws that can be stopped, resumed and spread over
//!   machines;
//! - [`confidence`]: what means of draws prove;
//! - [`goodness_of_fit`]: whether draws are from the law that they should be from;
//! - [`signs`]: perceptrons with weights in {-1, +1}, which come near the limit;
//! - `squeeze`: the code words that a trained network may send.

pub mod check;
pub mod confidence;
pub mod edges;
pub mod exact;
pub mod goodness_of_fit;
pub mod random_codebook;
pub mod run;
pub mod signs;
#[cfg(feature = "train")]
pub mod squeeze;
