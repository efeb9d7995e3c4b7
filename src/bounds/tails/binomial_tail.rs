//! The tails of the binomial distribution, in logarithms, and the inversion of the lower one.
//!
//! # The tails
//! With `q = 1 - p`, `F = Pr[Bin(n, p) <= k] = I_q(n - k, k + 1)` and `1 - F = I_p(k + 1, n - k)`
//! are regularised incomplete beta functions with the same leading factor
//! `W = p^(k+1) q^(n-k) n! / (k! (n-k-1)!)`. In logarithms, with Stirling's formula and its error
//! `s` (Loader 2000),
//!
//! `ln W = -n kl(k/n || p) + s(n) - s(k) - s(n - k) + ln p + (1/2) ln(n (n - k) / (2 pi k))`.
//!
//! The smaller tail is `W` times a continued fraction, the other its complement. The slope is
//! `dF/dp = -W/(p q)`.
//!
//! # The inversion, and why it is on the safe side
//! `ln F` is concave in `t = -ln(1 - p)`, because the density of `t` is log-concave. A concave
//! function lies below its tangents, so **a Newton step from any point ends at or above the root**
//! of `ln F = -D`: where the tangent has fallen to `-D`, `ln F` has too. The value returned is the
//! end of a last Newton step in which `ln F` is replaced by an upper bound on it, and which is then
//! moved outward by the rounding errors of the step itself. How the starting point was found does
//! not matter for safety, only for tightness: the excess of a Newton step is quadratic in its
//! length, and the last one is at most `1e-6` standard deviations long, and at most `1e-6` of `p`.
//!
//! # The error of `ln F`
//! [`deviance`] contributes a relative `2e-14` of itself, and moves `p` by a relative `1e-15`; the
//! other parts of `ln W` are at most 45 in absolute value, each to a few units in the last place,
//! together `4e-14`; the continued fraction a relative `5e-13`. Together at most
//! `1e-12 + 3e-14 n kl(k/n || p)` in the logarithm of the smaller tail, called `alpha` below. In
//! `p` that is little: where the lower tail is the smaller, `d ln F / d ln p` is at least 1 and at
//! least `n kl(k/n || p)`, so `alpha` costs a relative `1.1e-12` at most.
//!
//! [`deviance`]: mod@super::deviance

use std::f64::consts::{LN_2, PI};

use super::deviance::{deviance, Split};
use super::incomplete_beta::fraction;
use super::kl::{kl_inverse, lower_inverse, without_errors};
use super::stirling::stirling_error;
use crate::bounds::quantities::bits_and_nats::Nats;
use crate::bounds::quantities::probability::Probability;
use crate::bounds::quantities::risk::EmpiricalRisk;
use crate::bounds::quantities::rounding::up;

/// Steps at most. One or two are used, more for budgets below `ln 2`; the bound makes endless loops
/// impossible.
const MOST_STEPS: u32 = 100;

/// The last Newton step is at most this long, in standard deviations of `k/n` and relative to `p`.
const LAST_STEP: f64 = 1e-6;

/// `0 < k < n` errors, and what the tails at any `p` have in common.
struct Binomial {
    errors: f64,
    successes: f64,
    /// `ln W + n kl(k/n || p) - ln p`.
    constant: f64,
}

/// Both tails at one `p`.
struct Tails {
    /// `ln W`.
    ln_leading: f64,
    /// `ln Pr[Bin(n, p) <= k]`.
    ln_lower: f64,
    /// `ln Pr[Bin(n, p) > k]`.
    ln_upper: f64,
    /// Bound on the absolute error of `ln_lower`.
    error: f64,
}

impl Binomial {
    fn new(risk: EmpiricalRisk) -> Self {
        let (errors, examples) = (risk.errors(), risk.examples());
        let successes = examples - errors;
        let stirling =
            stirling_error(examples) - stirling_error(errors) - stirling_error(successes);
        let spread = (examples / errors * (successes / (2.0 * PI))).ln() / 2.0;
        Self {
            errors,
            successes,
            constant: stirling + spread,
        }
    }

    fn examples(&self) -> f64 {
        self.errors + self.successes
    }

    fn tails(&self, at: Split) -> Tails {
        let deviance = deviance(self.errors, self.successes, at);
        let ln_leading = self.constant + at.p.ln() - deviance;
        let alpha = 1e-12 + 3e-14 * deviance;
        let (a, b) = (self.successes, self.errors + 1.0);
        if a * at.p >= b * at.q {
            let ln_lower = ln_leading + fraction(a, b, at.mirrored()).ln();
            Tails {
                ln_leading,
                ln_lower,
                ln_upper: ln_complement(ln_lower),
                error: alpha,
            }
        } else {
            let ln_upper = ln_leading + fraction(b, a, at).ln();
            let ln_lower = ln_complement(ln_upper);
            Tails {
                ln_leading,
                ln_lower,
                ln_upper,
                error: alpha * (ln_upper - ln_lower).exp(),
            }
        }
    }

    /// The step in `t = -ln(1 - p)` towards `ln F = -budget` of fourth order (Householder 1970).
    ///
    /// With `g = -d ln F/dt = W/(p F)`, the derivative of `ln g` is
    /// `m = g + k (1 - p)/p - (n - k)`, and that of `m` is `g m - k (1 - p)/p^2`.
    fn lower_step(&self, tails: &Tails, at: Split, budget: f64) -> f64 {
        let slope = (tails.ln_leading - tails.ln_lower).exp() / at.p;
        let newton = (tails.ln_lower + budget) / slope;
        let odds = self.errors * (at.q / at.p);
        let m = slope + odds - self.successes;
        let (bend, turn) = (
            m * newton / 2.0,
            (m * m + slope * m - odds / at.p) / 6.0 * newton * newton,
        );
        // Far from the root, between half the Newton step and twice.
        newton * ((1.0 + bend) / (1.0 + 2.0 * bend + turn)).clamp(0.5, 2.0)
    }

    /// The Newton step in `-ln(1 - p)` towards `ln(1 - F) = ln(1 - exp(-budget))`, taken in `ln p`.
    ///
    /// For budgets below `ln 2`, for which the upper tail is the smaller one and its logarithm
    /// closer to a straight line.
    fn upper_step(tails: &Tails, at: Split, budget: f64) -> f64 {
        let target = (-(-budget).exp_m1()).ln();
        (target - tails.ln_upper) * at.q * (tails.ln_upper - tails.ln_leading).exp()
    }

    /// A number above the root of `ln F = -budget`: from `start`, close to the root, and then above
    /// it.
    fn inverse(&self, start: Split, budget: f64) -> f64 {
        let mut at = start;
        let mut tails = self.tails(at);
        for _ in 0..MOST_STEPS {
            let next = if budget >= LN_2 {
                let step = self.lower_step(&tails, at, budget);
                (step * at.q, at.advance(step))
            } else {
                let step = Self::upper_step(&tails, at, budget);
                (step * at.p, at.mirrored().advance(-step).mirrored())
            };
            if !self.is_long(at, next.0) {
                break;
            }
            at = next.1;
            tails = self.tails(at);
        }
        Self::above(&tails, at, budget)
    }

    /// A number above the root, from any point: a Newton step with every rounding error against it.
    ///
    /// A step of `s` in `-ln(1 - p)` moves `p` by `(1 - p) (1 - exp(-s))`, which is at most
    /// `(1 - p) s` for either sign. The slope is known to a relative `2e-12 + 6e-14 n kl`, which
    /// matters in proportion to the length of the step.
    fn above(tails: &Tails, at: Split, budget: f64) -> f64 {
        let gap = tails.ln_lower + budget;
        let slack = tails.error + 1e-15 * budget;
        let step = (gap + slack + gap.abs() * (2.0 * slack).min(1.0))
            * at.p
            * (tails.ln_lower - tails.ln_leading).exp();
        up(at.p + at.q * step, 1) * (1.0 + 4e-15)
    }

    fn is_long(&self, at: Split, step: f64) -> bool {
        step.abs() > LAST_STEP * (at.p * at.q / self.examples()).sqrt().min(at.p)
    }
}

/// `ln(1 - exp(x))` for `x <= 0`.
fn ln_complement(x: f64) -> f64 {
    if x > -LN_2 {
        (-x.exp_m1()).ln()
    } else {
        (-x.exp()).ln_1p()
    }
}

/// `ln Pr[Bin(n, p) <= k]`, to an absolute `1e-12` and a relative `1e-13`: not a bound but a value.
///
/// ```
/// use nonvacuous::bounds::{ln_lower_tail, EmpiricalRisk, Probability};
/// let tail = ln_lower_tail(EmpiricalRisk::new(1, 2)?, Probability::new(0.5)?);
/// assert!((tail - 0.75f64.ln()).abs() < 1e-12);
/// # Ok::<(), nonvacuous::bounds::BoundError>(())
/// ```
#[must_use]
pub fn ln_lower_tail(risk: EmpiricalRisk, p: Probability) -> f64 {
    let at = Split {
        p: p.get(),
        q: p.complement(),
    };
    if risk.successes() == 0.0 || at.p == 0.0 {
        0.0
    } else if at.q == 0.0 {
        f64::NEG_INFINITY
    } else if risk.errors() == 0.0 {
        risk.examples() * ln_complement_of(at)
    } else {
        Binomial::new(risk).tails(at).ln_lower
    }
}

/// `ln(1 - p)`.
fn ln_complement_of(at: Split) -> f64 {
    if at.p <= 0.5 {
        (-at.p).ln_1p()
    } else {
        at.q.ln()
    }
}

/// Budgets below this are taken for it.
const LEAST_BUDGET: f64 = 1e-100;

/// An upper bound on `max { p : ln Pr[Bin(n, p) <= k] >= -budget }`, at most a relative `1e-10`
/// above it.
///
/// For `k = 0` this is `1 - exp(-budget/n)`, for `k = n` it is 1. It is at least `k/n` if the
/// budget is at least `ln 2`; smaller budgets, which are failure probabilities above one half, may
/// give less. Budgets from `1e-100` nats are exact in this sense, smaller ones are taken for
/// `1e-100`.
///
/// ```
/// use nonvacuous::bounds::{binomial_tail_inverse, EmpiricalRisk, Nats};
/// // Pr[Bin(2, p) <= 1] = 1 - p^2 is 3/4 at p = 1/2.
/// let p = binomial_tail_inverse(EmpiricalRisk::new(1, 2)?, Nats::new(-0.75f64.ln())?);
/// assert!((p - 0.5).abs() < 1e-11);
/// # Ok::<(), nonvacuous::bounds::BoundError>(())
/// ```
#[must_use]
pub fn binomial_tail_inverse(risk: EmpiricalRisk, budget: Nats) -> f64 {
    let (k, n) = (risk.errors(), risk.examples());
    if k == n {
        return 1.0;
    }
    if k == 0.0 {
        return without_errors(n, budget);
    }
    // Chernoff's inequality: the kl inverse is an upper bound as well, and the point to start from.
    let chernoff = kl_inverse(risk, budget);
    if chernoff == 1.0 {
        return 1.0;
    }
    let budget = budget.get().max(LEAST_BUDGET);
    let binomial = Binomial::new(risk);
    let start = if budget >= LN_2 {
        Split::at(chernoff)
    } else {
        lower_inverse(k, n - k, -(-(-budget).exp_m1()).ln())
    };
    binomial.inverse(start, budget).min(chernoff)
}
