//! Upper bounds on the error on new examples: pure functions of counts, bits and a failure probability.
//!
//! # The safe side
//! Every bound returned is at least its exact real value for the arguments given, and at most a relative `1e-10` above
//! it. There is no interval arithmetic: each computed quantity comes with an a-priori bound on its error, written
//! where it is computed, and the last step of each function moves outward by that much. An inverse ends with a Newton step
//! on a convex or concave function, which cannot end on the wrong side of the root, whatever came before it.
//!
//! # Units
//! [`Bits`] and [`Nats`] are different types, converted in one place, upward.

mod binomial_tail;
mod catalogue;
mod deviance;
mod error;
mod incomplete_beta;
mod kl;
mod occam;
mod rounding;
mod stirling;
mod units;

pub use binomial_tail::binomial_tail_inverse;
pub use catalogue::{Bound, BOUNDS};
pub use error::BoundError;
pub use kl::{kl, kl_inverse, kl_inverse_lower, kl_inverse_upper};
pub use occam::{held_out, occam_binomial, occam_hoeffding, occam_kl};
pub use rounding::round_up_decimals;
pub use units::{Bits, EmpiricalRisk, FailureProbability, Nats, Probability};
