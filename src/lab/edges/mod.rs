//! Laws on which upper bounds fail nearly as often as they may.
//!
//! A bound that never fails on the laws of an experiment may be right, or far above the truth, or
//! the experiment may be unable to tell. Here the truth lies just above what a bound says of `k`
//! errors, its *edge*: with `k` errors or fewer it fails, and with what probability is known
//! exactly. `proofs/occam.md` and the chapters after it derive the edges.
//!
//! - [`Claim`]: an upper bound as a function of the errors, as certificates compute it;
//! - [`Edge`]: a law at its edge, the probability that it fails there, and draws;
//! - [`EdgeLaw`]: such a law as a text, for experiments.

mod claim;
mod edge;
mod law;

pub use claim::Claim;
pub use edge::Edge;
pub use law::{EdgeError, EdgeLaw};
