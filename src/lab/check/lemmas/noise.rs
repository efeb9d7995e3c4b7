//! The divergence of noise around a codeword from the mixture over a codebook, by integration of
//! its definition.

use std::f64::consts::PI;

use rand::RngExt;

use crate::bounds::BoundError;
use crate::lab::check::tally::Inequality;
use crate::lab::check::theory::Theory;
use crate::random::stream;

/// The bounds are raised by a part `1e-10` of their largest term, and the integral is cut where
/// the density is `e^-72`.
const TOLERANCE: f64 = 1e-9;

/// An integral takes as long as everything else about an instance.
const ONE_IN: u64 = 8;

/// As masses, `exp(-KL)`, which are positive whatever the sign of the divergence: no bound claims
/// more mass than there is.
pub(super) fn inequalities(
    seed: u64,
    number: u64,
    theory: Theory,
) -> Result<Vec<Inequality>, BoundError> {
    if !number.is_multiple_of(ONE_IN) {
        return Ok(Vec::new());
    }
    let mut random = stream(seed, "check", number, "noise");
    let sigma = 10f64.powf(random.random_range(-1.0..0.5));
    let tau = sigma * 10f64.powf(random.random_range(-0.4..0.4));
    let codewords = random.random_range(1..=6);
    let codebook: Vec<f64> = (0..codewords)
        .map(|_| random.random_range(-1.0..1.0))
        .collect();
    let weight = codebook[random.random_range(0..codewords)];
    let noise = theory.noise_around(&codebook, sigma, tau)?;
    let mass = (-divergence(weight, &codebook, sigma, tau)).exp();
    let claims = [noise.quadrature(weight), noise.closed_form(weight)];
    let claim = |claimed: f64| {
        Inequality::comparison("noise_divergence", (-claimed).exp(), mass, TOLERANCE)
    };
    Ok(claims.map(claim).into())
}

/// `KL(N(a, sigma^2) || sum_j N(c_j, tau^2))` by the trapezoidal rule, which for a function that is
/// analytic in a strip of half the width `w` is off by a part `exp(-2 pi w/h)`.
fn divergence(weight: f64, codebook: &[f64], sigma: f64, tau: f64) -> f64 {
    const REACH: f64 = 12.0;
    // The logarithm of the mixture is analytic until pi over its steepest slope.
    let steepest = 2.0 * sigma / (tau * tau);
    let step = (0.4 / steepest).min(0.1);
    let nodes = (REACH / step).ceil() as i32;
    let mut sum = 0.0;
    for node in -nodes..=nodes {
        let z = f64::from(node) * step;
        let x = weight + sigma * z;
        let ln_mixture = ln_sum_of_exponentials(codebook.iter().map(|codeword| {
            let distance = (x - codeword) / tau;
            -distance * distance / 2.0 - tau.ln()
        }));
        let ln_noise = -z * z / 2.0 - sigma.ln();
        sum += (-z * z / 2.0).exp() * (ln_noise - ln_mixture);
    }
    sum * step / (2.0 * PI).sqrt()
}

fn ln_sum_of_exponentials(exponents: impl Iterator<Item = f64> + Clone) -> f64 {
    let largest = exponents.clone().fold(f64::NEG_INFINITY, f64::max);
    largest
        + exponents
            .map(|exponent| (exponent - largest).exp())
            .sum::<f64>()
            .ln()
}
