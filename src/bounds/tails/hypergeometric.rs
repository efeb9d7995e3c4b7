//! The number of errors on all training examples, from a subsample without replacement.
//!
//! # The safe side
//! `Pr[Hyp(n, K, s) <= k]` decreases in `K`. The number returned is the last that a bisection could
//! not exclude, and a number is excluded only if its tail is below `delta'` by more than the error
//! of the computation. So the exact number is never above it.
//!
//! # The tail
//! `ln Pr[Hyp = k]` is that of three binomials with `p = s/n` (Loader 2000): `k` of `K`, `s - k` of
//! `n - K`, and `s` of `n`. From there the smaller of the two tails is a sum of terms with
//! decreasing ratios, at most some 9 standard deviations long. The error in the logarithm is at
//! most `1e-12 + 3e-14` of the deviance, `4e-16` a term of the sum, and `2e-15 |k - K s/n|` for the
//! rounding of the means, which is the same as moving `K` by a relative `1e-14`.

use std::f64::consts::PI;

use super::deviance::half_deviance;
use super::stirling::stirling_error;
use crate::bounds::error::BoundError;
use crate::bounds::quantities::probability::FailureProbability;
use crate::bounds::quantities::risk::{EmpiricalRisk, SampleSize};

/// The largest `K` for which `Pr[Hyp(n, K, s) <= k] >= delta'`: the errors among all `n` training
/// examples, of which `s` were drawn uniformly without replacement and `k` were errors, are more
/// with probability at most `delta'`.
///
/// Exact, but that a `K` whose tail is below `delta'` by less than some `1e-11` of it (`1e-9` for
/// `n = 1e12`) is taken for one that is not.
///
/// # Errors
/// [`BoundError::Part`] if the sample is larger than the population.
///
/// ```
/// use nonvacuous::bounds::{population_errors, EmpiricalRisk, FailureProbability, SampleSize};
/// // 20 errors in 10,000 of ImageNet's training images.
/// let all = population_errors(
///     EmpiricalRisk::new(20, 10_000)?,
///     SampleSize::new(1_281_167)?,
///     FailureProbability::new(0.01)?,
/// )?;
/// assert_eq!(all.count(), 4231);
/// # Ok::<(), nonvacuous::bounds::BoundError>(())
/// ```
pub fn population_errors(
    sample: EmpiricalRisk,
    population: SampleSize,
    failure: FailureProbability,
) -> Result<EmpiricalRisk, BoundError> {
    let (k, s, n) = (sample.count(), sample.sample_size().get(), population.get());
    if s > n {
        return Err(BoundError::Part {
            part: s,
            purpose: "in the sample",
            examples: n,
            most: n,
        });
    }
    // k errors and s - k successes have been seen, so that the tail is 1 at the lower end.
    let (mut included, mut excluded) = (k, n - (s - k) + 1);
    while excluded - included > 1 {
        let middle = included + (excluded - included) / 2;
        if (Hypergeometric {
            n,
            errors: middle,
            s,
            k,
        })
        .tail_is_below(-failure.get().ln())
        {
            excluded = middle;
        } else {
            included = middle;
        }
    }
    EmpiricalRisk::new(included, n)
}

/// `k` errors among `s` of `n` examples, `errors` of which are errors, with both `k` and `s - k`
/// possible.
struct Hypergeometric {
    n: u64,
    errors: u64,
    s: u64,
    k: u64,
}

impl Hypergeometric {
    /// Whether `ln Pr[Hyp <= k] < -budget`, for certain.
    fn tail_is_below(&self, budget: f64) -> bool {
        let (ln_term, slack) = self.ln_term();
        let mean = self.errors as f64 * (self.s as f64 / self.n as f64);
        if self.k as f64 >= mean {
            let (sum, terms) = self.sum_above();
            let upper = (ln_term + sum.ln() - slack - 4e-16 * terms).exp();
            // The lower tail is at most 1 less this.
            (-upper).ln_1p() * (1.0 - 1e-15) + 1e-15 < -budget
        } else {
            let (sum, terms) = self.sum_below();
            ln_term + sum.ln() + slack + 4e-16 * terms < -budget
        }
    }

    /// `ln Pr[Hyp = k]` and a bound on its error.
    fn ln_term(&self) -> (f64, f64) {
        let (n, errors, s, k) = (
            self.n as f64,
            self.errors as f64,
            self.s as f64,
            self.k as f64,
        );
        let (p, q) = (s / n, (self.n - self.s) as f64 / n);
        if self.s == self.n {
            // Everything has been seen: the outcome is certain, and k is it.
            return (0.0, 0.0);
        }
        let (of_errors, slack) = deviance_and_spread(k, errors - k, p, q);
        let (of_successes, other_slack) = deviance_and_spread(s - k, n - errors - (s - k), p, q);
        let (of_all, _) = deviance_and_spread(s, n - s, p, q);
        let term = of_errors + of_successes - of_all;
        (term, 1e-12 + slack + other_slack)
    }

    /// `Pr[Hyp <= k] / Pr[Hyp = k]` from below the mean, with a bound on what is left out; and the
    /// number of terms.
    fn sum_below(&self) -> (f64, f64) {
        let successes = self.n - self.errors;
        let ratio = |j: u64| {
            // Pr[j - 1] / Pr[j].
            let up = j as f64 * (successes + j - self.s) as f64;
            up / ((self.errors - j + 1) as f64 * (self.s - j + 1) as f64)
        };
        let least = self.s.saturating_sub(successes);
        sum_of_terms(1.0, (least + 1..=self.k).rev().map(ratio))
    }

    /// `Pr[Hyp > k] / Pr[Hyp = k]` from above the mean, without what is left out; and the number of
    /// terms.
    fn sum_above(&self) -> (f64, f64) {
        let successes = self.n - self.errors;
        let ratio = |j: u64| {
            // Pr[j + 1] / Pr[j].
            let up = (self.errors - j) as f64 * (self.s - j) as f64;
            up / ((j + 1) as f64 * (successes + j + 1 - self.s) as f64)
        };
        let (sum, terms) = sum_of_terms(1.0, (self.k..self.s.min(self.errors)).map(ratio));
        (sum - 1.0, terms)
    }
}

/// Sum of terms with decreasing ratios, from the first on, until no more than a part `1e-17` is
/// left; and their number.
fn sum_of_terms(first: f64, ratios: impl Iterator<Item = f64>) -> (f64, f64) {
    let (mut sum, mut term, mut terms) = (first, first, 1.0);
    for ratio in ratios {
        term *= ratio;
        sum += term;
        terms += 1.0;
        // The rest is at most a geometric series.
        if ratio < 1.0 && term * ratio <= 1e-17 * sum * (1.0 - ratio) {
            break;
        }
    }
    (sum, terms)
}

/// `ln(C(m, x) p^x q^(m-x))` for `m = x + rest`, and a bound on the error beyond `1e-13`.
fn deviance_and_spread(x: f64, rest: f64, p: f64, q: f64) -> (f64, f64) {
    let m = x + rest;
    if m == 0.0 {
        return (0.0, 0.0);
    }
    let deviance = half_deviance(x, m * p, x - m * p) + half_deviance(rest, m * q, rest - m * q);
    let slack = 3e-14 * deviance + 2e-15 * (x - m * p).abs();
    if x == 0.0 || rest == 0.0 {
        return (-deviance, slack);
    }
    let stirling = stirling_error(m) - stirling_error(x) - stirling_error(rest);
    (
        stirling - deviance + (m / x / (2.0 * PI * rest)).ln() / 2.0,
        slack,
    )
}
