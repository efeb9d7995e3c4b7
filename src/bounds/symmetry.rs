//! What interchangeable hidden units give back.

use std::f64::consts::PI;

use crate::bounds::quantities::bits_and_nats::Nats;
use crate::bounds::tails::stirling::stirling_error;

/// Factorials up to this one's are exact in doubles.
const LARGEST_EXACT: u64 = 18;

/// `ln u!`, rounded down: by how much the divergence of a function from the prior drops if all `u!`
/// orders of `u` hidden units are code words of it, of one length.
///
/// Claim it only where the code's length provably does not depend on the order of the units;
/// `proofs/symmetry.md` says why.
///
/// ```
/// use nonvacuous::bounds::symmetry_gain;
/// assert!((symmetry_gain(5).get() - 120f64.ln()).abs() < 1e-12);
/// assert_eq!(symmetry_gain(1).get(), 0.0);
/// ```
#[must_use]
pub fn symmetry_gain(units: u64) -> Nats {
    if units <= LARGEST_EXACT {
        return Nats::below(((1..=units).product::<u64>() as f64).ln());
    }
    let u = units as f64;
    // Nothing cancels: u (ln u - 1), two thirds of u ln u at least, and two smaller positive terms.
    Nats::below(u * (u.ln() - 1.0) + (2.0 * PI * u).ln() / 2.0 + stirling_error(u))
}
