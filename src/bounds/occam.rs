//! Bounds for one hypothesis with a code word, whatever the data made it be.

use crate::bounds::quantities::bits_and_nats::{Bits, Nats};
use crate::bounds::quantities::probability::FailureProbability;
use crate::bounds::quantities::risk::{EmpiricalRisk, GibbsRisk};
use crate::bounds::quantities::rounding::up;
use crate::bounds::tails::binomial_tail::binomial_tail_inverse;
use crate::bounds::tails::kl::kl_inverse;

/// `bits ln 2 + ln(1/delta)`: what a hypothesis pays for being chosen, in nats, rounded up.
fn budget(bits: Bits, delta: FailureProbability) -> Nats {
    bits.to_nats().plus(delta.nats())
}

/// Occam's bound by the exact binomial tail: `max { p : Pr[Bin(n, p) <= k] >= delta 2^-bits }`
/// (Langford 2005).
///
/// With probability at least `1 - delta` over `n` independent examples it holds for all hypotheses
/// of a uniquely decodable code at once; `proofs/occam.md` has the proof. Never below the exact
/// value, at most a relative `1e-10` above it.
///
/// ```
/// use nonvacuous::bounds::{occam_binomial, Bits, EmpiricalRisk, FailureProbability};
/// let bound = occam_binomial(
///     EmpiricalRisk::new(900, 60_000)?,
///     Bits::new(2000.0)?,
///     FailureProbability::new(0.05)?,
/// );
/// assert!((bound - 0.057244).abs() < 1e-6);
/// # Ok::<(), nonvacuous::bounds::BoundError>(())
/// ```
#[must_use]
pub fn occam_binomial(risk: EmpiricalRisk, bits: Bits, delta: FailureProbability) -> f64 {
    binomial_tail_inverse(risk, budget(bits, delta))
}

/// Occam's bound by the kl divergence: `max { p : n kl(k/n || p) <= bits ln 2 + ln(1/delta) }`.
///
/// Implied by [`occam_binomial`] through Chernoff's inequality, never below it.
#[must_use]
pub fn occam_kl(risk: EmpiricalRisk, bits: Bits, delta: FailureProbability) -> f64 {
    kl_inverse(risk, budget(bits, delta))
}

/// Occam's bound by Hoeffding's inequality: `k/n + sqrt((bits ln 2 + ln(1/delta)) / (2 n))`, cut to
/// 1.
///
/// Implied by [`occam_kl`] through Pinsker's inequality, never below it.
#[must_use]
pub fn occam_hoeffding(risk: EmpiricalRisk, bits: Bits, delta: FailureProbability) -> f64 {
    hoeffding_inverse(risk, budget(bits, delta))
}

/// `e + sqrt(budget / (2 n))`, rounded up and cut to 1: `max { p : 2 n (p - e)^2 <= budget }`.
pub(super) fn hoeffding_inverse(risk: impl Into<GibbsRisk>, budget: Nats) -> f64 {
    let risk = risk.into();
    let root = (budget.get() / (2.0 * risk.examples())).sqrt();
    // A quotient, a root, a quotient and a sum, each to half a unit in the last place, and two
    // units in the risk.
    up(risk.rate() + root, 6).min(1.0)
}

/// The bound from examples that were never used (Clopper and Pearson 1934):
/// `max { p : Pr[Bin(n, p) <= k] >= delta }`.
#[must_use]
pub fn held_out(risk: EmpiricalRisk, delta: FailureProbability) -> f64 {
    binomial_tail_inverse(risk, delta.nats())
}
