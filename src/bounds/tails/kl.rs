//! The binary Kullback-Leibler divergence and its two inverses.
//!
//! # The inversion, and why it is on the safe side
//! In `t = -ln(1 - p)` the divergence is `f(t) = -q ln(1 - exp(-t)) + (1 - q) t - h(q)`. Beyond `q`
//! its derivatives alternate: `f' > 0`, `f'' > 0`, `f''' < 0`, `f'''' > 0`. So by Taylor's formula,
//! for a step `s` from any point there,
//!
//! - `f(t + s) >= f + f' s + f'' s^2/2` if `s <= 0`, and
//! - `f(t + s) >= f + f' s + f'' s^2/2 + f''' s^3/6` if `s >= 0`.
//!
//! With the Newton step `v = (c - f)/f'` and `a = f''/(2 f')`, `b = f'''/(6 f')`, the step
//! `s = v - a v^2 + (2 a^2 - b) max(v, 0)^3` makes the right sides at least `c`: for `v < 0`,
//! `|s| >= |v|` and so `s + a s^2 >= v`; for `v > 0`, as long as `(2 a - b/a) v <= 1`, which makes
//! `s <= v`, expanding gives `s + a s^2 + b s^3 >= v`. So **the step ends at or above the root** of
//! `kl(q || p) = c`, whatever came before it. What comes before is a start that is within a tenth
//! of `p - q` or of `1 - p` and usually within a thousandth, and if that is not close enough a
//! Householder step, whose error is of the fourth order but may be to either side. The last step is
//! at most `2e-4` of `p - q` and of `1 - p`, so that the parts of third order, by which it exceeds
//! the root, are at most `1e-11` of `p`. It takes an upper bound on what is missing to `c` and is
//! moved outward by its rounding errors. Its end is `1 - (1 - p) exp(-s)`, and
//! `1 - exp(-s) <= s - s^2/2 + s^3/6` for either sign.
//!
//! The error of the computed divergence is that of [`deviance`]: a relative `2e-14` of itself,
//! which moves the root by at most as much relatively, since `d ln kl / d ln p >= 1` beyond `q`;
//! and a relative `1e-15` in `p`.
//!
//! The lower inverse of `(q, c)` is 1 less the upper inverse of `(1 - q, c)`; both are kept as a
//! pair whose smaller part has full precision.
//!
//! [`deviance`]: mod@super::deviance

use super::deviance::{deviance, half_deviance, Split, DEVIANCE_ERROR};
use crate::bounds::quantities::bits_and_nats::Nats;
use crate::bounds::quantities::probability::Probability;
use crate::bounds::quantities::risk::GibbsRisk;
use crate::bounds::quantities::rounding::{down, up};

/// Householder steps at most. None or one is used; the bound makes endless loops impossible.
const MOST_STEPS: u32 = 100;

/// The last step is at most this long, relative to `p - q` and to `1 - p`.
const LAST_STEP: f64 = 2e-4;

/// Steps shorter than this, relative to `p` and `1 - p`, are rounding errors.
const ROUNDING: f64 = 1e-14;

/// Budgets for one example that are positive but smaller are taken for it, so that no product
/// underflows.
const LEAST_BUDGET: f64 = 1e-280;

/// Positive rates below this are taken for it, or for 0, whichever is outward.
const LEAST_RATE: f64 = 1e-290;

/// `kl(q || p) = q ln(q/p) + (1 - q) ln((1 - q)/(1 - p))`, in nats, to a relative `3e-14`, also
/// where `p` is close to `q`.
///
/// `0 ln 0 = 0`; infinite where `p` is 0 or 1 and `q` is not.
///
/// ```
/// use nonvacuous::bounds::{kl, Probability};
/// let (q, p) = (Probability::new(0.0)?, Probability::new(0.5)?);
/// assert!((kl(q, p) - std::f64::consts::LN_2).abs() < 1e-15);
/// # Ok::<(), nonvacuous::bounds::BoundError>(())
/// ```
#[must_use]
pub fn kl(q: Probability, p: Probability) -> f64 {
    let difference = q.minus(p);
    half_deviance(q.get(), p.get(), difference)
        + half_deviance(q.complement(), p.complement(), -difference)
}

/// An upper bound on `max { p : kl(q || p) <= c }`, at most a relative `1e-10` above it:
/// `kl(q || p) >= c` unless `p` is 1.
///
/// Above it by more only for a `q` below `1e-290` or a `c` below `1e-280` that is not 0, which are
/// taken for these limits.
///
/// ```
/// use nonvacuous::bounds::{kl, kl_inverse_upper, Nats, Probability};
/// let q = Probability::new(0.1)?;
/// let p = kl_inverse_upper(q, Nats::new(0.05)?);
/// assert!((kl(q, Probability::new(p)?) / 0.05 - 1.0).abs() < 1e-12);
/// # Ok::<(), nonvacuous::bounds::BoundError>(())
/// ```
#[must_use]
pub fn kl_inverse_upper(q: Probability, c: Nats) -> f64 {
    let rate = if q.get() == 0.0 {
        0.0
    } else {
        q.get().max(LEAST_RATE)
    };
    upper_inverse(rate, q.complement(), c.get()).p
}

/// A lower bound on `min { p : kl(q || p) <= c }`, at most a relative `1e-10` below it:
/// `kl(q || p) >= c` unless `p` is 0.
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
#[must_use]
pub fn kl_inverse_lower(q: Probability, c: Nats) -> f64 {
    if q.get() < LEAST_RATE {
        return 0.0;
    }
    lower_inverse(q.get(), q.complement(), c.get()).p
}

/// An upper bound on `max { p : n kl(e || p) <= budget }`, at most a relative `1e-10` above it,
/// where `e` is the risk of a randomised predictor or, exactly, `k/n`.
///
/// For `e = 0` this is `1 - exp(-budget/n)`, for `e = 1` it is 1.
pub fn kl_inverse(risk: impl Into<GibbsRisk>, budget: Nats) -> f64 {
    let risk = risk.into();
    upper_inverse(risk.errors(), risk.successes(), budget.get()).p
}

/// `1 - exp(-budget/n)`, rounded up: the inverse for no errors.
pub(in crate::bounds) fn without_errors(n: f64, budget: Nats) -> f64 {
    upper_inverse(0.0, n, budget.get()).p
}

/// [`kl_inverse_lower`] for real `errors` and `successes`, with the budget for all.
pub(in crate::bounds) fn lower_inverse(errors: f64, successes: f64, budget: f64) -> Split {
    upper_inverse(successes, errors, budget).mirrored()
}

/// A `p` above the root of `n kl(errors/n || p) = budget`, `n = errors + successes`, and a `1 - p`
/// below its complement.
fn upper_inverse(errors: f64, successes: f64, budget: f64) -> Split {
    if successes == 0.0 {
        return Split { p: 1.0, q: 0.0 };
    }
    let examples = errors + successes;
    let rate = Split {
        p: errors / examples,
        q: successes / examples,
    };
    if budget == 0.0 {
        return if errors == 0.0 {
            rate
        } else {
            Split {
                p: up(rate.p, 4).min(1.0),
                q: down(rate.q, 4),
            }
        };
    }
    let budget = budget.max(LEAST_BUDGET * examples);
    // A sum and a quotient, each to half a unit in the last place.
    let budget_each = up(budget / examples, 2);
    if errors == 0.0 {
        return Split {
            p: up(-(-budget_each).exp_m1(), 2).min(1.0),
            q: down((-budget_each).exp(), 2).max(0.0),
        };
    }
    let most = largest_distance(rate, budget_each);
    if most <= 1e-11 * rate.p.min(rate.q) {
        return Split {
            p: up(rate.p + most, 4).min(1.0),
            q: down(rate.q - most, 4),
        };
    }
    let mut at = start(rate, budget_each);
    for _ in 0..MOST_STEPS {
        if at.q <= f64::MIN_POSITIVE {
            break;
        }
        let distance = at.distance_beyond(rate);
        let divergence = deviance(errors, successes, at);
        // 1/f' for one example is p/(p - q).
        let per_slope = at.p / distance / examples;
        let newton = (budget - divergence) * per_slope;
        let taylor = Taylor::new(rate, at, distance);
        if (newton * at.q).abs() <= LAST_STEP * distance.min(at.q) + ROUNDING * at.p.min(at.q) {
            let missing =
                newton + (DEVIANCE_ERROR * divergence + f64::EPSILON * budget) * per_slope;
            return outward(at, taylor.safe_step(missing));
        }
        let next = at.advance(taylor.householder_step(newton));
        at = if next.distance_beyond(rate) > 0.0 {
            next
        } else {
            at.halfway_to(rate)
        };
    }
    Split { p: 1.0, q: 0.0 }
}

/// The derivatives of the divergence in `t = -ln(1 - p)`, as multiples of the first.
struct Taylor {
    /// `a = f''/(2 f') = q (1 - p) / (2 p (p - q))`.
    second: f64,
    /// `-b/a = -f'''/(3 f'') = (2 - p)/(3 p)`.
    third: f64,
}

impl Taylor {
    fn new(rate: Split, at: Split, distance: f64) -> Self {
        let second = rate.p / at.p * (at.q / distance) / 2.0;
        Self {
            second,
            third: (1.0 + at.q) / at.p / 3.0,
        }
    }

    /// The step that the module's documentation shows not to end below the root, from a Newton
    /// step.
    fn safe_step(&self, newton: f64) -> f64 {
        let (bend, turn) = (self.second * newton, self.third * newton);
        newton * (1.0 - bend) + newton.max(0.0) * (bend * (2.0 * bend + turn))
    }

    /// The step of fourth order of Householder (1970).
    fn householder_step(&self, newton: f64) -> f64 {
        let (bend, turn) = (self.second * newton, self.third * newton);
        newton * (1.0 + bend) / (1.0 + bend * (2.0 - turn))
    }
}

/// The end of a step in `-ln(1 - p)`, rounded outward.
fn outward(at: Split, step: f64) -> Split {
    let moved = at.q * (step * (1.0 - step * (0.5 - step / 6.0)));
    let p = (at.p + moved) * (1.0 + ROUNDING);
    let q = (at.q - moved) * (1.0 - ROUNDING);
    Split {
        p: p.min(1.0),
        q: q.max(0.0),
    }
}

/// An upper bound on `p - q` where `kl(q || p) <= c`: by Taylor's formula
/// `kl >= (p - q)^2 / (2 v)`, where `v` is the largest variance between `q` and `p`, which is at
/// most `p` and at most `1 - q`.
fn largest_distance(rate: Split, c: f64) -> f64 {
    // Two roots where one would underflow.
    let by_mean = c + c.sqrt() * (c + 2.0 * rate.p).sqrt();
    by_mean.min((2.0 * c).sqrt() * rate.q.sqrt())
}

/// A guess at the root. With `v = q (1 - q)` and `d = sqrt(2 c v)`,
///
/// `-ln(1 - p) ~ -ln(1 - q) + (c + d/(1 + ((1 + q) d/v + c/(1 - q))/6)) / (1 - q)`,
///
/// which has the first three terms of the root's expansion in `d`, and its growth for large `c`.
fn start(rate: Split, c: f64) -> Split {
    let variance = rate.p * rate.q;
    // Two roots where one would underflow.
    let deviation = (2.0 * c).sqrt() * variance.sqrt();
    let damping = 1.0 + ((1.0 + rate.p) * (deviation / variance) + c / rate.q) / 6.0;
    rate.advance((c + deviation / damping) / rate.q)
}
