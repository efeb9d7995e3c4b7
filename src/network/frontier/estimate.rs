//! What is to be expected of all examples, where errors were counted on some of them.

use crate::bounds::{occam_binomial, Bits, BoundError, EmpiricalRisk, FailureProbability};

/// The errors among all examples, if they are as frequent as among the examined ones; rounded up.
pub fn among_all(errors: u64, examined: u64, all: u64) -> u64 {
    let scaled = u128::from(errors) * u128::from(all);
    scaled.div_ceil(u128::from(examined.max(1))) as u64
}

/// Occam's bound for so many bits, if that is so: an estimate, unless all were examined.
///
/// # Errors
/// If there are more errors than examples, or no examples.
pub fn estimated_bound(
    [errors, examined]: [u64; 2],
    all: u64,
    bits: Bits,
    delta: FailureProbability,
) -> Result<f64, BoundError> {
    let risk = EmpiricalRisk::new(among_all(errors, examined, all), all)?;
    Ok(occam_binomial(risk, bits, delta))
}
