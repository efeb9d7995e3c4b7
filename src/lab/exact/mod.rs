//! The exact laboratory: on a finite law nothing needs to be sampled.
//!
//! A [`FiniteLaw`] gives whole-number weights to finitely many examples, a [`HypothesisClass`] says
//! which hypothesis errs on which example, a [`Learner`] maps samples to whole-number weights of
//! hypotheses. So the probability of every sample and every message is a quotient of two integers
//! that are summed exactly, in 128 bits: a [`Chain`] rounds only in its logarithms, and
//! [`Instance::probability`] only in its last division.

mod chain;
mod class;
mod instance;
mod law;
mod learner;
mod messages;
mod prefix_code;

pub use chain::{Chain, CHAIN_TOLERANCE};
pub use class::HypothesisClass;
pub use instance::{Instance, InstanceError};
pub use law::{FiniteLaw, WeightedSample};
pub use learner::{
    EmpiricalRiskMinimiser, FirstExample, Gibbs, Learner, Memoriser, Posterior, RandomMap, Ties,
    POSTERIOR_TOTAL,
};
pub use messages::Messages;
pub use prefix_code::{huffman_total, PrefixCode};
