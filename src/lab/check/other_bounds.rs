//! Exact failure probabilities of the bounds that are not about code words: held-out examples,
//! subsamples, draws of a posterior, priors learnt on a part of the data.

use rand::{Rng, RngExt};

use super::laws::{self, hypergeometric, mass, sums};
use super::tally::Inequality;
use super::theory::Theory;
use crate::bounds::{
    held_out, occam_binomial, population_errors, Bits, BoundError, EmpiricalRisk,
    FailureProbability, PriorSplit, Probability, SampleSize,
};
use crate::random::stream;

/// What sums and products of probabilities, a few dozen roundings, may be off by.
const TOLERANCE: f64 = 1e-13;

/// Errors have probabilities with this denominator.
const DENOMINATOR: u64 = 16;

/// One random instance of each.
pub(super) fn inequalities(
    seed: u64,
    number: u64,
    theory: Theory,
) -> Result<Vec<Inequality>, BoundError> {
    const USUAL: [f64; 5] = [0.5, 0.2, 0.1, 0.05, 0.01];
    let mut random = stream(seed, "check", number, "other bounds");
    let delta = FailureProbability::new(USUAL[random.random_range(0..USUAL.len())])?;
    let broken = theory.delta(delta)?;
    let claims = [
        ("held_out", of_held_out(&mut random, broken)?),
        ("subsample", of_subsample(&mut random, broken)?),
        ("monte_carlo_pairs", of_pairs(&mut random, broken, theory)?),
        ("monte_carlo_means", of_means(&mut random, broken, theory)?),
        ("prior_split", of_split(&mut random, broken, theory)?),
    ];
    let claim =
        |(theorem, smaller)| Inequality::comparison(theorem, smaller, delta.get(), TOLERANCE);
    Ok(claims.into_iter().map(claim).collect())
}

/// A numerator of an error probability, neither 0 nor 1.
fn error_rate(random: &mut impl Rng) -> u64 {
    random.random_range(1..DENOMINATOR)
}

fn rate(numerator: u64) -> f64 {
    numerator as f64 / DENOMINATOR as f64
}

/// `Pr[Bin(n, numerator/16) = k]` for all `k`.
fn binomial(n: u64, numerator: u64) -> Vec<f64> {
    laws::binomial(n, rate(numerator), rate(DENOMINATOR - numerator))
}

/// `n` examples that no one has used.
fn of_held_out(random: &mut impl Rng, delta: FailureProbability) -> Result<f64, BoundError> {
    let (n, truth) = (random.random_range(1..=60), error_rate(random));
    mass(&binomial(n, truth), |k| {
        Ok(held_out(EmpiricalRisk::new(k, n)?, delta) < rate(truth))
    })
}

/// `s` of `n` examples, without replacement.
fn of_subsample(random: &mut impl Rng, delta: FailureProbability) -> Result<f64, BoundError> {
    let n = random.random_range(2..=60u64);
    let (s, errors) = (random.random_range(1..n), random.random_range(1..n));
    mass(&hypergeometric(n, errors, s), |k| {
        Ok(
            population_errors(EmpiricalRisk::new(k, s)?, SampleSize::new(n)?, delta)?.count()
                < errors,
        )
    })
}

/// Draws of a hypothesis with an example each.
fn of_pairs(
    random: &mut impl Rng,
    delta: FailureProbability,
    theory: Theory,
) -> Result<f64, BoundError> {
    let (draws, truth, n) = (
        random.random_range(1..=60),
        error_rate(random),
        SampleSize::new(1000)?,
    );
    mass(&binomial(draws, truth), |k| {
        let limit = theory.risk_of_pairs(EmpiricalRisk::new(k, draws)?, n, delta)?;
        Ok(limit.rate() < rate(truth))
    })
}

/// Draws of a hypothesis of a posterior on five, with its errors on all of `n` examples.
fn of_means(
    random: &mut impl Rng,
    delta: FailureProbability,
    theory: Theory,
) -> Result<f64, BoundError> {
    let (draws, n) = (
        random.random_range(1..=12u64),
        random.random_range(1..=8usize),
    );
    let errors: [usize; 5] = std::array::from_fn(|_| random.random_range(0..=n));
    let weights: [f64; 5] = std::array::from_fn(|_| f64::from(random.random_range(1..=9u32)));
    let total: f64 = weights.iter().sum();
    let truth: f64 = errors
        .iter()
        .zip(weights)
        .map(|(&k, weight)| k as f64 / n as f64 * weight / total)
        .sum();
    let size = SampleSize::new(n as u64)?;
    mass(&sums(draws, &errors, &weights), |sum| {
        let mean = (sum as f64 / (draws as f64 * n as f64))
            .min(1.0)
            .next_up()
            .min(1.0);
        let mean = Probability::new(mean)?;
        let limit = theory.risk_of_means(mean, SampleSize::new(draws)?, size, delta)?;
        Ok(limit.rate() < truth * (1.0 - 1e-14))
    })
}

/// Three hypotheses that err independently. The first `m` examples order them by errors, and with
/// that the lengths of their code words: 1, 2 and 2. The bound holds for all three at once on the
/// others.
fn of_split(
    random: &mut impl Rng,
    delta: FailureProbability,
    theory: Theory,
) -> Result<f64, BoundError> {
    const LENGTHS: [f64; 3] = [1.0, 2.0, 2.0];
    let (m, rest) = (
        random.random_range(1..=6u64),
        random.random_range(1..=40u64),
    );
    let truths: [u64; 3] = std::array::from_fn(|_| error_rate(random));
    let split = PriorSplit::new(SampleSize::new(m + rest)?, m)?;
    // The probability that a hypothesis's bound fails on the rest, for each length.
    let mut fails = [[0.0; 3]; 3];
    for (row, &truth) in fails.iter_mut().zip(&truths) {
        let weights = binomial(split.bound_examples().get(), truth);
        for (cell, length) in row.iter_mut().zip(LENGTHS) {
            let bits = Bits::new(theory.charged(length))?;
            *cell = mass(&weights, |k| {
                Ok(occam_binomial(theory.risk_after_split(split, k)?, bits, delta) < rate(truth))
            })?;
        }
    }
    let first = truths.map(|truth| binomial(m, truth));
    let mut failure = 0.0;
    for (i, a) in first[0].iter().enumerate() {
        for (j, b) in first[1].iter().enumerate() {
            for (k, c) in first[2].iter().enumerate() {
                let errors = [i, j, k];
                let mut order = [0, 1, 2];
                order.sort_by_key(|&hypothesis| errors[hypothesis]);
                let holds: f64 = order
                    .iter()
                    .enumerate()
                    .map(|(place, &h)| 1.0 - fails[h][place])
                    .product();
                failure += a * b * c * (1.0 - holds);
            }
        }
    }
    Ok(failure)
}
