//! Tails of distributions and their inverses, each on the safe side, with the proof of that.

pub mod binomial_tail;
pub mod deviance;
pub mod hypergeometric;
pub mod incomplete_beta;
pub mod kl;
pub mod stirling;
pub mod xi;
