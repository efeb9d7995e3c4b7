//! `n kl(k/n || p)` without cancellation, and the pair `(p, 1 - p)` that it is a function of.

/// A probability together with its complement, so that neither loses digits where it is small.
#[derive(Debug, Clone, Copy)]
pub(in crate::bounds) struct Split {
    /// `p`.
    pub p: f64,
    /// `1 - p`.
    pub q: f64,
}

impl Split {
    /// `p` and `1 - p` for a probability `p`.
    pub(in crate::bounds) fn at(p: f64) -> Self {
        Self { p, q: 1.0 - p }
    }

    /// The pair where `-ln(1 - p)` is larger by about `step`; the smaller of the two decides what
    /// the other is.
    ///
    /// Short steps take `1 - exp(-s)` for `s/(1 + s/2 + s^2/12)`, which is off by a part `s^4/720`:
    /// they lead from one point of an iteration to the next.
    pub(in crate::bounds) fn advance(self, step: f64) -> Self {
        const SHORT: f64 = 0.5;
        if step.abs() < SHORT {
            let moved = self.q * (step / (1.0 + step * (0.5 + step / 12.0)));
            return if self.p <= 0.5 {
                Self::at(self.p + moved)
            } else {
                Self::at(self.q - moved).mirrored()
            };
        }
        let q = self.q * (-step).exp();
        if q >= 0.5 {
            Self::at(self.p + (self.q - q))
        } else {
            Self::at(q).mirrored()
        }
    }

    /// `p` less that of `rate`, from the side on which the difference does not cancel.
    pub(in crate::bounds) fn distance_beyond(self, rate: Split) -> f64 {
        if self.p <= 0.5 {
            self.p - rate.p
        } else {
            rate.q - self.q
        }
    }

    /// The middle between this and `rate`.
    pub(in crate::bounds) fn halfway_to(self, rate: Split) -> Self {
        if self.p <= 0.5 {
            return Self::at((self.p + rate.p) / 2.0);
        }
        let q = (self.q + rate.q) / 2.0;
        Self { p: 1.0 - q, q }
    }

    /// `p` and `1 - p` exchanged.
    pub(in crate::bounds) fn mirrored(self) -> Self {
        Self {
            p: self.q,
            q: self.p,
        }
    }
}

/// `x ln(x/m) + m - x >= 0`, for `x >= 0` and `m > 0`, given `difference = x - m`: half the Poisson
/// deviance (Loader 2000).
///
/// Near `x = m`, where the terms cancel, with `v = (x - m)/(x + m)` it is
/// `(x - m) v + 2 x (v^3/3 + v^5/5 + ...)`, whose terms do not. Relative error at most `2e-14` for
/// a `difference` that is exact to a unit in the last place: from `|v| = 0.1` on, the terms are at
/// most fifty times their sum; below, nothing cancels.
pub(in crate::bounds) fn half_deviance(x: f64, m: f64, difference: f64) -> f64 {
    if x == 0.0 {
        return m;
    }
    if difference.abs() >= 0.1 * (x + m) {
        return x * ln_ratio(x, m) - difference;
    }
    let v = difference / (x + m);
    let square = v * v;
    // v^2 < 0.01, so that eight terms leave less than 1e-18 of the first. In pairs, which the
    // processor computes side by side.
    let fourth = square * square;
    let pair = |i: usize| ODD_RECIPROCALS[i] + ODD_RECIPROCALS[i + 1] * square;
    let series = (pair(0) + pair(2) * fourth) + (pair(4) + pair(6) * fourth) * (fourth * fourth);
    difference * v + 2.0 * x * v * square * series
}

/// `ln(x/m)`, also where the quotient is beyond the range of doubles.
fn ln_ratio(x: f64, m: f64) -> f64 {
    let ratio = x / m;
    if ratio.is_normal() {
        ratio.ln()
    } else {
        x.ln() - m.ln()
    }
}

/// `1/3, 1/5, ..., 1/17`.
const ODD_RECIPROCALS: [f64; 8] = [
    1.0 / 3.0,
    1.0 / 5.0,
    1.0 / 7.0,
    1.0 / 9.0,
    1.0 / 11.0,
    1.0 / 13.0,
    1.0 / 15.0,
    1.0 / 17.0,
];

/// `n kl(k/n || p)` for `k` errors and `n - k` successes, `0 < p < 1`: the sum of the half
/// deviances of both, neither of which is negative.
///
/// The result is the exact one, to a relative `2e-14`, at a `p` that differs from the given one by
/// a relative `1e-15`: rounding `1 - p` by a relative `u` is the same as moving `p` by
/// `u p (1 - p)`.
pub(in crate::bounds) fn deviance(errors: f64, successes: f64, at: Split) -> f64 {
    let examples = errors + successes;
    let (mean, complement) = (examples * at.p, examples * at.q);
    half_deviance(errors, mean, errors - mean)
        + half_deviance(successes, complement, successes - complement)
}

/// Bound on the relative error of [`deviance`] beside that of its argument.
pub(in crate::bounds) const DEVIANCE_ERROR: f64 = 2e-14;
