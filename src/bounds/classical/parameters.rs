//! Counting parameters.

use crate::bounds::error::BoundError;
use crate::bounds::occam::occam_binomial;
use crate::bounds::quantities::bits_and_nats::Bits;
use crate::bounds::quantities::probability::FailureProbability;
use crate::bounds::quantities::risk::EmpiricalRisk;

/// What a parameter takes in single precision, in bits.
pub const BITS_PER_PARAMETER: u64 = 32;

/// Occam's bound (Blumer et al. 1987; by the exact binomial tail, Langford 2005) for a network that
/// is sent as it lies in memory: [`BITS_PER_PARAMETER`] for each of its `parameters`, weights and
/// biases, zeros included, and nothing for its architecture.
///
/// Assumes independent examples and an architecture that was fixed before them. It is the one
/// classical bound that cannot exceed 1.
///
/// ```
/// use nonvacuous::bounds::classical::parameter_counting;
/// use nonvacuous::bounds::{occam_binomial, Bits, EmpiricalRisk, FailureProbability};
/// let (risk, delta) = (EmpiricalRisk::new(100, 1_000)?, FailureProbability::new(0.05)?);
/// let bound = parameter_counting(risk, 10, delta)?;
/// assert_eq!(bound, occam_binomial(risk, Bits::new(320.0)?, delta));
/// # Ok::<(), nonvacuous::bounds::BoundError>(())
/// ```
///
/// # Errors
/// None that can happen: so many bits are a length.
pub fn parameter_counting(
    risk: EmpiricalRisk,
    parameters: u64,
    delta: FailureProbability,
) -> Result<f64, BoundError> {
    let bits = Bits::new(parameters as f64 * BITS_PER_PARAMETER as f64)?;
    Ok(occam_binomial(risk, bits, delta))
}
