//! What is between a tail of the binomial law, the kl divergence, and squares of differences.

use rand::RngExt;

use crate::bounds::{kl, ln_lower_tail, BoundError, EmpiricalRisk, Probability};
use crate::lab::check::tally::Inequality;
use crate::lab::check::theory::Theory;
use crate::random::stream;

/// Tails are known to an absolute `1e-12` and a relative `1e-13` in the logarithm, divergences
/// better.
const TOLERANCE: f64 = 2e-12;

pub(super) fn inequalities(
    seed: u64,
    number: u64,
    theory: Theory,
) -> Result<Vec<Inequality>, BoundError> {
    let mut random = stream(seed, "check", number, "divergences");
    let n = 10f64.powf(random.random_range(0.0..6.0)) as u64;
    let p: f64 = random.random_range(0.001..0.999);
    let most = (n as f64 * p) as u64;
    // Without errors Chernoff's inequality is an equality.
    let k = if random.random() {
        0
    } else {
        random.random_range(0..=most)
    };
    let risk = EmpiricalRisk::new(k, n)?;
    let truth = Probability::new(p)?;
    let chernoff = n as f64 * kl(Probability::new(risk.rate())?, truth);

    let difference = p * 10f64.powf(-random.random_range(0.0..2.5));
    let divergence = kl(Probability::new(p - difference)?, truth);
    let pinsker = 2.0 * difference * difference;
    let refined = difference * difference / (2.0 * p);
    Ok(vec![
        Inequality::comparison(
            "chernoff",
            theory.against_budget(chernoff),
            -ln_lower_tail(risk, truth),
            TOLERANCE,
        ),
        Inequality::comparison(
            "pinsker",
            theory.against_budget(pinsker),
            divergence,
            TOLERANCE,
        ),
        Inequality::comparison(
            "pinsker_refined",
            theory.against_budget(refined),
            divergence,
            TOLERANCE,
        ),
    ])
}
