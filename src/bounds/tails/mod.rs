//! Tails of distributions and their inverses, each on the safe side, with the proof of that.

pub mod binomial_tail;
pub(super) mod deviance;
pub mod hypergeometric;
pub(super) mod incomplete_beta;
pub mod kl;
pub(super) mod stirling;
pub mod xi;
