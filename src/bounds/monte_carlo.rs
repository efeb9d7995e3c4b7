//! The training error of a randomised predictor, from draws of its posterior.
//!
//! The mean over `M` draws is an estimate; what may enter a bound is an upper confidence limit,
//! which fails with a probability `delta'` of its own. A bound at `delta` computed from it holds
//! with probability at least `1 - delta - delta'` (Langford and Caruana 2001);
//! [`FailureProbability::or`] adds the two.

use super::error::BoundError;
use crate::bounds::quantities::probability::{FailureProbability, Probability};
use crate::bounds::quantities::risk::{EmpiricalRisk, GibbsRisk, SampleSize};
use crate::bounds::tails::binomial_tail::binomial_tail_inverse;
use crate::bounds::tails::kl::kl_inverse;

/// From the mean, over `draws` independent hypotheses, of their errors on all `examples`:
/// `kl_inv(mean, ln(1/delta') / M)`, by the Chernoff bound for means of independent numbers in
/// `[0, 1]`.
///
/// # Errors
/// None: the limit is a probability. The error type is that of its check.
pub fn monte_carlo_risk(
    mean: Probability,
    draws: SampleSize,
    examples: SampleSize,
    failure: FailureProbability,
) -> Result<GibbsRisk, BoundError> {
    let limit = kl_inverse(GibbsRisk::new(mean, draws), failure.nats());
    Ok(GibbsRisk::new(Probability::new(limit)?, examples))
}

/// From `k` errors in `M` draws of a pair of a hypothesis and a training example, all independent:
/// the exact binomial tail.
///
/// # Errors
/// As for [`monte_carlo_risk`].
pub fn monte_carlo_risk_of_pairs(
    draws: EmpiricalRisk,
    examples: SampleSize,
    failure: FailureProbability,
) -> Result<GibbsRisk, BoundError> {
    let limit = binomial_tail_inverse(draws, failure.nats());
    Ok(GibbsRisk::new(Probability::new(limit)?, examples))
}
