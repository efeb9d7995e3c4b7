//! The divergence of Gaussian noise around codewords from a mixture over the codebook (Zhou et al.
//! 2019, theorem 4.3).
//!
//! `KL(f || g_1 + ... + g_r)` for `f = N(a, sigma^2)`, `g_j = N(c_j, tau^2)` and the unnormalised
//! sum. It may be negative: where the noise hides which codeword it was, the bits that say so are
//! given back.
//!
//! # The closed form
//! By the log-sum inequality the divergence is at most `-ln sum_j exp(-KL(f || g_j))`. With the
//! nearest codeword `b` in front this is `KL(f || g_b) - ln(1 + S)`,
//! `S = sum_{j != b} exp(KL(f || g_b) - KL(f || g_j))`, in which equal parts have cancelled
//! exactly. The three terms `(r^2 - 1 - ln r^2)/2` with `r = sigma/tau`, `(a - c_b)^2/(2 tau^2)`
//! and `ln(1 + S)` are not negative; the first two are computed to a relative `1e-13`, the last to
//! `5e-13`, and each is moved outward by that.
//!
//! # The quadrature
//! Exactly, the divergence is `KL(f || g_b) - E phi(Z)`, where
//! `phi(z) = ln(1 + sum_{j != b} exp(u_j(z)))`, `u_j` is linear with a slope of at most
//! `s = sigma max|c_j - c_b|/tau^2`, and `Z` is standard normal. The trapezoidal rule with step `h`
//! on the whole line gives `E phi` with an error of at most `2 M/(exp(2 pi d/h) - 1)`, if the
//! integrand is analytic for `|Im z| < d` with integrals of its magnitude along horizontal lines at
//! most `M` (Trefethen and Weideman 2014, theorem 5.1). For `d = pi/(2 s)` the exponentials have
//! arguments of at most `pi/2` in magnitude, so that the sum in `phi` has a real part of at least
//! 1, the logarithm is analytic, and its magnitude is at most `phi(Re z) + pi/2`; the normal
//! density grows by `exp(d^2/2)`. So `M <= exp(d^2/2) (E phi + pi/2)`. Leaving out nodes makes the
//! divergence larger, since `phi >= 0`. What is returned is moved up by these errors and those of
//! rounding, and is never above the closed form.

use std::f64::consts::PI;

use super::error::inside;
use super::error::BoundError;
use crate::bounds::quantities::rounding::{lower, raise};
use crate::bounds::tails::deviance::half_deviance;

/// Bound on the relative error of `ln(1 + S)`: exponents of up to 745, each to five roundings.
const LOG_SUM_ERROR: f64 = 5e-13;

/// Nodes beyond this many standard deviations have no weight in doubles.
const REACH: f64 = 39.0;

/// `2 pi d/h`: the quadrature's error is a part `e^-60` of `2 M`.
const DECAY: f64 = 60.0;

/// Steeper functions would take more than half a million nodes; the closed form stands for them.
const STEEPEST: f64 = 1000.0;

/// Half the width of the strip, at most, so that the density does not grow much.
const WIDEST: f64 = 3.0;

/// A codebook, the posterior's standard deviation `sigma` and the mixture's `tau`.
#[derive(Debug, Clone, PartialEq)]
pub struct GaussianNoise {
    codebook: Vec<f64>,
    sigma: f64,
    tau: f64,
}

impl GaussianNoise {
    /// Checks the parameters. `sigma` and `tau` are fixed before the data, or their code is paid
    /// for.
    ///
    /// # Errors
    /// [`BoundError::Codebook`] if there is no codeword or one is not finite;
    /// [`BoundError::Parameter`] if a standard deviation is not between `1e-100` and `1e100`.
    pub fn new(codebook: &[f64], sigma: f64, tau: f64) -> Result<Self, BoundError> {
        let wrong = codebook
            .iter()
            .filter(|codeword| !codeword.is_finite())
            .count();
        if codebook.is_empty() || wrong > 0 {
            return Err(BoundError::Codebook(codebook.len(), wrong));
        }
        let sigma = inside("sigma", sigma, 1e-100, 1e100)?;
        let tau = inside("tau", tau, 1e-100, 1e100)?;
        Ok(Self {
            codebook: codebook.to_vec(),
            sigma,
            tau,
        })
    }

    /// The closed-form upper bound on the divergence, in nats, for a weight `a`; a relative `1e-12`
    /// of its largest term above it at most.
    ///
    /// ```
    /// use nonvacuous::bounds::GaussianNoise;
    /// // One codeword: ln(tau/sigma) + sigma^2/(2 tau^2) - 1/2.
    /// let noise = GaussianNoise::new(&[0.25], 1.0, 2.0)?;
    /// assert!((noise.closed_form(0.25) - (2f64.ln() + 0.125 - 0.5)).abs() < 1e-12);
    /// # Ok::<(), nonvacuous::bounds::BoundError>(())
    /// ```
    #[must_use]
    pub fn closed_form(&self, weight: f64) -> f64 {
        let nearest = self.nearest(weight);
        let others = self.others(nearest).map(|distance| {
            let offset = weight - nearest;
            // (a - c_b)^2 - (a - c_j)^2, without cancellation.
            (distance / self.tau * ((2.0 * offset - distance) / self.tau) / 2.0)
                .min(0.0)
                .exp()
        });
        self.to_nearest(weight, nearest) - lower(others.sum::<f64>().ln_1p(), LOG_SUM_ERROR)
    }

    /// An upper bound on the divergence itself, in nats, by quadrature; a relative `1e-10` of its
    /// largest term above it at most.
    ///
    /// Where the noise is so narrow that its overlap with other codewords cannot be resolved, this
    /// is the [closed form](Self::closed_form).
    #[must_use]
    pub fn quadrature(&self, weight: f64) -> f64 {
        let closed_form = self.closed_form(weight);
        let nearest = self.nearest(weight);
        let distances: Vec<f64> = self.others(nearest).collect();
        let farthest = distances
            .iter()
            .fold(0.0, |most: f64, distance| most.max(distance.abs()));
        let steepest = self.sigma / self.tau * (farthest / self.tau);
        if steepest == 0.0 || steepest > STEEPEST {
            return closed_form;
        }
        let offset = weight - nearest;
        let strip = (PI / (2.0 * steepest)).min(WIDEST);
        let step = 2.0 * PI * strip / DECAY;
        let nodes = (REACH / step).ceil() as i32;
        let mean: f64 = (-nodes..=nodes)
            .map(|node| {
                let z = step * f64::from(node);
                let linear = |distance: &f64| {
                    distance / self.tau * ((2.0 * (offset + self.sigma * z) - distance) / self.tau)
                        / 2.0
                };
                (-z * z / 2.0).exp() * ln_one_plus_exponentials(distances.iter().map(linear))
            })
            .sum::<f64>()
            * (step / (2.0 * PI).sqrt());
        // Rounding: of the sum, of the density, and of the linear functions, a relative error of
        // phi each.
        let largest = farthest / self.tau
            * ((2.0 * (offset.abs() + REACH * self.sigma) + farthest) / self.tau);
        let rounding = (2e-16 * f64::from(2 * nodes + 1) + 5e-13 + 1e-15 * largest).min(1.0);
        let truncation =
            2.1 * (-DECAY).exp() * (strip * strip / 2.0).exp() * (1.01 * mean + PI / 2.0);
        (self.to_nearest(weight, nearest) - lower(mean, rounding) + truncation).min(closed_form)
    }

    /// Sum of [`closed_form`](Self::closed_form) over a network's weights, of which `counts[j]` are
    /// coded as codeword `j`; rounded up.
    ///
    /// # Errors
    /// [`BoundError::Codebook`] if there are not as many counts as codewords.
    pub fn closed_form_total(&self, counts: &[u64]) -> Result<f64, BoundError> {
        self.total(counts, Self::closed_form)
    }

    /// Sum of [`quadrature`](Self::quadrature) over a network's weights; rounded up.
    ///
    /// # Errors
    /// [`BoundError::Codebook`] if there are not as many counts as codewords.
    pub fn quadrature_total(&self, counts: &[u64]) -> Result<f64, BoundError> {
        self.total(counts, Self::quadrature)
    }

    fn total(
        &self,
        counts: &[u64],
        divergence: impl Fn(&Self, f64) -> f64,
    ) -> Result<f64, BoundError> {
        if counts.len() != self.codebook.len() {
            return Err(BoundError::Codebook(counts.len(), 0));
        }
        let terms: Vec<f64> = self
            .codebook
            .iter()
            .zip(counts)
            .filter(|(_, &count)| count > 0)
            .map(|(&codeword, &count)| count as f64 * divergence(self, codeword))
            .collect();
        let magnitude: f64 = terms.iter().map(|term| term.abs()).sum();
        Ok(terms.iter().sum::<f64>() + 1e-15 * (terms.len() + 1) as f64 * magnitude)
    }

    fn nearest(&self, weight: f64) -> f64 {
        let distance = |codeword: &&f64| (*codeword - weight).abs();
        let nearest = self
            .codebook
            .iter()
            .min_by(|one, other| distance(one).total_cmp(&distance(other)));
        nearest.copied().unwrap_or(weight)
    }

    /// `c_j - c_b` for all codewords but one that is `nearest`.
    fn others(&self, nearest: f64) -> impl Iterator<Item = f64> + '_ {
        let place = self
            .codebook
            .iter()
            .position(|&codeword| codeword == nearest);
        let others = self
            .codebook
            .iter()
            .enumerate()
            .filter(move |&(j, _)| Some(j) != place);
        others.map(move |(_, codeword)| codeword - nearest)
    }

    /// `KL(N(a, sigma^2) || N(c_b, tau^2))`, rounded up.
    fn to_nearest(&self, weight: f64, nearest: f64) -> f64 {
        let ratio = self.sigma / self.tau;
        let difference = (self.tau - self.sigma) / self.tau * (1.0 + ratio);
        let offset = (weight - nearest) / self.tau;
        raise(
            half_deviance(1.0, ratio * ratio, difference) / 2.0 + offset * offset / 2.0,
            1e-13,
        )
    }
}

/// `ln(1 + sum_j exp(u_j))`.
fn ln_one_plus_exponentials(exponents: impl Iterator<Item = f64> + Clone) -> f64 {
    let largest = exponents.clone().fold(0.0, f64::max);
    if largest == 0.0 {
        return exponents.map(f64::exp).sum::<f64>().ln_1p();
    }
    largest
        + ((-largest).exp()
            + exponents
                .map(|exponent| (exponent - largest).exp())
                .sum::<f64>())
        .ln()
}
