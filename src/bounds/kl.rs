//! The binary Kullback-Leibler divergence and its two inverses.
//!
//! # The inversion, and why it is on the safe side
//! `kl(q || p) = -q ln(1 - exp(-t)) + (1 - q) t - h(q)` is convex in `t = -ln(1 - p)`. A convex function lies above its
//! tangents, so **a Newton step from any point ends at or above the root** of `kl(q || p) = c` beyond `q`: where the tangent
//! has risen to `c`, the divergence has too. Halley steps, which converge faster but may end on either side,
//! lead close to the root. A last Newton step, at most `1e-6` of the distance `p - q`, with an upper bound on
//! what is missing to `c` and moved outward by its rounding errors, ends above it.
//!
//! The error of the computed divergence is that of [`deviance`]: a relative `2e-14` of itself, which moves the root by at
//! most as much relatively, since `d ln kl / d ln p >= 1` beyond `q`; and a relative `1e-15` in `p`.
//!
//! The lower inverse of `(q, c)` is 1 less the upper inverse of `(1 - q, c)`; both are kept as a pair whose smaller part has
//! full precision.

use super::deviance::{deviance, half_deviance, Split, DEVIANCE_ERROR};
use super::rounding::{down, up};
use super::{GibbsRisk, Nats, Probability};

/// Halley steps at most. Two or three are used; the bound makes endless loops impossible.
const MOST_STEPS: u32 = 100;

/// The last Newton step is at most this long, relative to `p - q` and to `1 - p`.
const LAST_STEP: f64 = 1e-6;

/// Newton steps shorter than this, relative to `p` and `1 - p`, are rounding errors.
const ROUNDING: f64 = 1e-14;

/// Budgets for one example that are positive but smaller are taken for it, so that no product underflows.
const LEAST_BUDGET: f64 = 1e-280;

/// Positive rates below this are taken for it, or for 0, whichever is outward.
const LEAST_RATE: f64 = 1e-290;

/// `kl(q || p) = q ln(q/p) + (1 - q) ln((1 - q)/(1 - p))`, in nats, to a relative `3e-14`, also where `p` is close to `q`.
///
/// `0 ln 0 = 0`; infinite where `p` is 0 or 1 and `q` is not.
///
/// ```
/// use nonvacuous::bounds::{kl, Probability};
/// let (q, p) = (Probability::new(0.0)?, Probability::new(0.5)?);
/// assert!((kl(q, p) - std::f64::consts::LN_2).abs() < 1e-15);
/// # Ok::<(), nonvacuous::bounds::BoundError>(())
/// ```
pub fn kl(q: Probability, p: Probability) -> f64 {
    let difference = q.minus(p);
    half_deviance(q.get(), p.get(), difference) + half_deviance(q.complement(), p.complement(), -difference)
}

/// An upper bound on `max { p : kl(q || p) <= c }`, at most a relative `1e-10` above it: `kl(q || p) >= c` unless `p` is 1.
///
/// Above it by more only for a `q` below `1e-290` or a `c` below `1e-280` that is not 0, which are taken for these limits.
///
/// ```
/// use nonvacuous::bounds::{kl, kl_inverse_upper, Nats, Probability};
/// let q = Probability::new(0.1)?;
/// let p = kl_inverse_upper(q, Nats::new(0.05)?);
/// assert!((kl(q, Probability::new(p)?) / 0.05 - 1.0).abs() < 1e-12);
/// # Ok::<(), nonvacuous::bounds::BoundError>(())
/// ```
pub fn kl_inverse_upper(q: Probability, c: Nats) -> f64 {
    let rate = if q.get() == 0.0 { 0.0 } else { q.get().max(LEAST_RATE) };
    upper_inverse(rate, q.complement(), c.get()).p
}

/// A lower bound on `min { p : kl(q || p) <= c }`, at most a relative `1e-10` below it: `kl(q || p) >= c` unless `p` is 0.
///
/// With the same limits as [`kl_inverse_upper`], and where the result is a normal number.
///
/// ```
/// use nonvacuous::bounds::{kl_inverse_lower, Nats, Probability};
/// // kl(1 || p) = -ln p.
/// let p = kl_inverse_lower(Probability::new(1.0)?, Nats::new(2.0)?);
/// assert!((p / (-2.0f64).exp() - 1.0).abs() < 1e-12);
/// # Ok::<(), nonvacuous::bounds::BoundError>(())
/// ```
pub fn kl_inverse_lower(q: Probability, c: Nats) -> f64 {
    if q.get() < LEAST_RATE {
        return 0.0;
    }
    lower_inverse(q.get(), q.complement(), c.get()).p
}

/// An upper bound on `max { p : n kl(e || p) <= budget }`, at most a relative `1e-10` above it, where `e` is the risk of
/// a randomised predictor or, exactly, `k/n`.
///
/// For `e = 0` this is `1 - exp(-budget/n)`, for `e = 1` it is 1.
pub fn kl_inverse(risk: impl Into<GibbsRisk>, budget: Nats) -> f64 {
    let risk = risk.into();
    upper_inverse(risk.errors(), risk.successes(), budget.get()).p
}

/// `1 - exp(-budget/n)`, rounded up: the inverse for no errors.
pub(super) fn without_errors(n: f64, budget: Nats) -> f64 {
    upper_inverse(0.0, n, budget.get()).p
}

/// [`kl_inverse_lower`] for real `errors` and `successes`, with the budget for all.
pub(super) fn lower_inverse(errors: f64, successes: f64, budget: f64) -> Split {
    upper_inverse(successes, errors, budget).mirrored()
}

/// A `p` above the root of `n kl(errors/n || p) = budget`, `n = errors + successes`, and a `1 - p` below its complement.
fn upper_inverse(errors: f64, successes: f64, budget: f64) -> Split {
    if successes == 0.0 {
        return Split { p: 1.0, q: 0.0 };
    }
    let examples = errors + successes;
    let rate = Split { p: errors / examples, q: successes / examples };
    if budget == 0.0 {
        return if errors == 0.0 { rate } else { Split { p: up(rate.p, 4).min(1.0), q: down(rate.q, 4) } };
    }
    let budget = budget.max(LEAST_BUDGET * examples);
    // A sum and a quotient, each to half a unit in the last place.
    let budget_each = up(budget / examples, 2);
    if errors == 0.0 {
        return Split { p: up(-(-budget_each).exp_m1(), 2).min(1.0), q: down((-budget_each).exp(), 2).max(0.0) };
    }
    let most = largest_distance(rate, budget_each);
    if most <= 1e-11 * rate.p.min(rate.q) {
        return Split { p: up(rate.p + most, 4).min(1.0), q: down(rate.q - most, 4) };
    }
    let mut at = start(rate, budget_each);
    for _ in 0..MOST_STEPS {
        if at.q <= f64::MIN_POSITIVE {
            break;
        }
        let distance = at.distance_beyond(rate);
        let divergence = deviance(errors, successes, at);
        let slope = examples * distance / at.p;
        let newton = (budget - divergence) / slope;
        if (newton * at.q).abs() <= LAST_STEP * distance.min(at.q) + ROUNDING * at.p.min(at.q) {
            return outward(at, newton + (DEVIANCE_ERROR * divergence + f64::EPSILON * budget) / slope);
        }
        let curvature = errors * at.q / (at.p * at.p);
        let next = at.advance(newton / (1.0 + newton * curvature / (2.0 * slope)));
        at = if next.distance_beyond(rate) > 0.0 { next } else { at.halfway_to(rate) };
    }
    Split { p: 1.0, q: 0.0 }
}

/// The last Newton step in `-ln(1 - p)`, as a step outward: `(1 - p) (1 - exp(-s)) <= (1 - p) s` for either sign of `s`.
fn outward(at: Split, step: f64) -> Split {
    let p = (at.p + at.q * step) * (1.0 + ROUNDING);
    let q = (at.q - at.q * step) * (1.0 - ROUNDING);
    Split { p: p.min(1.0), q: q.max(0.0) }
}

/// An upper bound on `p - q` where `kl(q || p) <= c`: by Taylor's formula `kl >= (p - q)^2 / (2 v)`, where `v` is the largest
/// variance between `q` and `p`, which is at most `p` and at most `1 - q`.
fn largest_distance(rate: Split, c: f64) -> f64 {
    // Two roots where one would underflow.
    let by_mean = c + c.sqrt() * (c + 2.0 * rate.p).sqrt();
    by_mean.min((2.0 * c).sqrt() * rate.q.sqrt())
}

/// A guess at the root: three terms of its expansion in `sqrt(c)`, or the solution for `p` close to 1 in the `ln p` term, which
/// is never below the root.
fn start(rate: Split, c: f64) -> Split {
    let variance = rate.p * rate.q;
    let deviation = (2.0 * c * variance).sqrt();
    // Of the third term only its sign and size within the radius of convergence are of use.
    let third = if c < variance { deviation * c * (1.0 - 13.0 * variance) / (18.0 * variance) } else { 0.0 };
    let near = rate.p + deviation + c * (rate.q - rate.p) * (2.0 / 3.0) + third;
    // For small rates, one step of the fixed-point iteration for Poisson's law, p = q + c + q ln(p/q).
    let near = if c > rate.p && near <= 0.3 { rate.p + c + rate.p * (near / rate.p).ln() } else { near };
    // The expansion is of no use, and may not even be beyond the rate, unless it is a small part of the way to 1.
    let near_is_beyond = near > rate.p;
    if near_is_beyond && near <= 0.3 {
        return Split::at(near);
    }
    let entropy = -rate.p * rate.p.ln() - rate.q * rate.q.ln();
    let far = (-(c + entropy) / rate.q).exp();
    let q = if near_is_beyond { far.max(1.0 - near) } else { far };
    let q = if q < rate.q { q } else { far };
    Split { p: 1.0 - q, q }
}
