//! Maurer's `xi(n)`, the constant of the PAC-Bayes-kl bound.
//!
//! `xi(n) = sum_{k=0}^{n} C(n, k) (k/n)^k (1 - k/n)^(n-k)` is `1 + Q(n)`, where
//! `Q(n) = 1 + (n-1)/n + (n-1)(n-2)/n^2 + ...` is Ramanujan's function: with the tree function `T`,
//! the generating function of `k^k/k!` is `1/(1 - T)`, that of `xi(n) n^n/n!` is its square, and
//! that of `Q(n) n^n/n!` is `T/(1 - T)^2` (Knuth 1998, section 1.2.11.3). All terms of `Q(n)` are
//! positive and some `9 sqrt(n)` of them matter.
//!
//! For large `n` a theorem takes their place. With `R(n) = n! e^n/n^n - Q(n)`, Flajolet, Grabner,
//! Kirschenhofer and Prodinger (1995, "On Ramanujan's Q-function", theorem 5) proved
//! `R(n) - Q(n) = 2/3 + 8/(135 (n + c))` with some `c` between 2/21 and 8/45. So
//!
//! `xi(n) <= 1 + (sqrt(2 pi n) e^s(n) - 2/3 - 8/(135 (n + 8/45))) / 2`,
//!
//! `s` being the error of Stirling's formula, and this is too large by `1/(400 n^2)` at most.

use std::f64::consts::PI;

use super::stirling::stirling_error;
use crate::bounds::quantities::bits_and_nats::Nats;
use crate::bounds::quantities::risk::SampleSize;
use crate::bounds::quantities::rounding::raise;

/// Above this `n` the expansion is within a relative `2e-12`.
const LARGEST_SUM: u64 = 4096;

/// `ln xi(n)`, rounded up: at most a relative `1e-11` above the exact value.
///
/// ```
/// use nonvacuous::bounds::{ln_xi, SampleSize};
/// // xi(2) = 1 + 1/2 + 1.
/// assert!((ln_xi(SampleSize::new(2)?).get() - 2.5f64.ln()).abs() < 1e-11);
/// # Ok::<(), nonvacuous::bounds::BoundError>(())
/// ```
#[must_use]
pub fn ln_xi(examples: SampleSize) -> Nats {
    let n = examples.real();
    let xi = if examples.get() <= LARGEST_SUM {
        1.0 + ramanujan_sum(n)
    } else {
        by_theorem(n)
    };
    // At most 600 terms of two roundings each, or four roundings; xi >= 2.
    Nats::above(raise(xi, 3e-13).ln())
}

/// `Q(n)`, all but a relative `1e-14`.
fn ramanujan_sum(n: f64) -> f64 {
    let (mut sum, mut term, mut left) = (0.0, 1.0, n);
    // The terms left out are fewer than n and each smaller than the last.
    while term > 1e-18 {
        sum += term;
        left -= 1.0;
        term *= left / n;
    }
    sum
}

fn by_theorem(n: f64) -> f64 {
    let stirling = (2.0 * PI * n).sqrt() * stirling_error(n).exp();
    1.0 + (stirling - 2.0 / 3.0 - 8.0 / (135.0 * (n + 8.0 / 45.0))) / 2.0
}

/// `ln(2 sqrt(n))`, rounded up: the bound on `ln xi(n)` that is commonly used (Maurer 2004).
#[must_use]
pub fn ln_two_sqrt(examples: SampleSize) -> Nats {
    Nats::above((4.0 * examples.real()).ln() / 2.0)
}
