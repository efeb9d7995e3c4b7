//! The bounds of a certificate, as they are published.

use super::claim::{Bounds, DECIMALS};
use crate::bounds::{
    held_out, occam_binomial, occam_hoeffding, occam_kl, round_up_decimals, Bits, BoundError,
    EmpiricalRisk, FailureProbability,
};

/// The bounds as they are published.
pub(super) fn published_bounds(
    n: u64,
    k: u64,
    bits: u64,
    delta: FailureProbability,
) -> Result<Bounds, BoundError> {
    let exact = occam_bounds(n, k, bits, delta)?;
    Ok(Bounds {
        occam_binomial: publish(exact.occam_binomial),
        occam_kl: publish(exact.occam_kl),
        occam_hoeffding: publish(exact.occam_hoeffding),
    })
}

/// The bounds before they are rounded for publication.
pub(super) fn occam_bounds(
    n: u64,
    k: u64,
    bits: u64,
    delta: FailureProbability,
) -> Result<Bounds, BoundError> {
    let risk = EmpiricalRisk::new(k, n)?;
    let bits = Bits::new(bits as f64)?;
    Ok(Bounds {
        occam_binomial: occam_binomial(risk, bits, delta),
        occam_kl: occam_kl(risk, bits, delta),
        occam_hoeffding: occam_hoeffding(risk, bits, delta),
    })
}

/// The Clopper-Pearson bound from examples that were never used.
pub(super) fn held_out_bound(n: u64, k: u64, delta: FailureProbability) -> Result<f64, BoundError> {
    Ok(held_out(EmpiricalRisk::new(k, n)?, delta))
}

/// Another machine's mathematical library may give a bound that is larger by twice its relative
/// accuracy of `1e-10`; room for that makes a published bound one that every machine confirms.
const ROOM: f64 = 4e-10;

/// A bound rounded up to the decimals of a certificate, at most 1.
pub(super) fn publish(bound: f64) -> f64 {
    round_up_decimals(bound * (1.0 + ROOM), DECIMALS).min(1.0)
}
