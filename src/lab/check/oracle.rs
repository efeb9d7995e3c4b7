//! Our tails against those of an independent implementation, the crate statrs.
//!
//! statrs rounds to nearest at best, so that its numbers are no bounds; but its formulas and ours
//! have nothing in common, so that both will hardly be wrong by the same amount.

use rand::RngExt;
use statrs::distribution::{Beta, Binomial, ContinuousCDF, DiscreteCDF, Hypergeometric};

use super::tally::Inequality;
use super::theory::Theory;
use crate::bounds::{
    held_out, ln_lower_tail, population_errors, BoundError, EmpiricalRisk, FailureProbability,
    Probability, SampleSize,
};
use crate::random::stream;

/// The relative accuracy of statrs for a thousand examples, with a margin: logarithms of
/// factorials of some thousands, each to a few units in the last place.
const ACCURACY: f64 = 1e-9;

/// The absolute accuracy of quantiles of statrs: one of 0.0018 was off by 4e-12, as 60 digits say,
/// where ours was off by 4e-17.
const QUANTILE_ACCURACY: f64 = 1e-11;

/// Examples at most.
const MOST_EXAMPLES: u64 = 1000;

/// One random tail of each kind.
pub(super) fn inequalities(
    seed: u64,
    number: u64,
    theory: Theory,
) -> Result<Vec<Inequality>, BoundError> {
    let mut random = stream(seed, "check", number, "tails of statrs");
    let n = random.random_range(2..=MOST_EXAMPLES);
    let k = random.random_range(0..n);
    let p = random.random_range(0.001..0.999);
    let delta = FailureProbability::new(10f64.powf(random.random_range(-6.0..-0.1)))?;
    let sample = random.random_range(2..=n);
    let sample_errors = random.random_range(0..sample);

    let mut all = vec![
        binomial(k, n, p, theory)?,
        clopper_pearson(k, n, delta, theory)?,
    ];
    all.extend(hypergeometric(sample_errors, sample, n, delta, theory)?);
    Ok(all)
}

/// Two numbers that should be the same, to within what statrs may be off by.
fn agreement(theorem: &'static str, ours: f64, theirs: f64) -> Inequality {
    Inequality::agreement(theorem, ours, theirs, ACCURACY * theirs + f64::MIN_POSITIVE)
}

/// `Pr[Bin(n, p) <= k]`, as far as statrs can tell it from 0.
fn binomial(k: u64, n: u64, p: f64, theory: Theory) -> Result<Inequality, BoundError> {
    let risk = EmpiricalRisk::new(theory.errors(k), n)?;
    let ours = ln_lower_tail(risk, Probability::new(p)?).exp();
    let theirs = Binomial::new(p, n).map_or(f64::NAN, |law| law.cdf(k));
    Ok(agreement("oracle_binomial_tail", ours, theirs))
}

/// The upper confidence limit of Clopper and Pearson (1934).
fn clopper_pearson(
    k: u64,
    n: u64,
    delta: FailureProbability,
    theory: Theory,
) -> Result<Inequality, BoundError> {
    let ours = held_out(EmpiricalRisk::new(theory.errors(k), n)?, delta);
    let theirs = Beta::new((k + 1) as f64, (n - k) as f64)
        .map_or(f64::NAN, |law| law.inverse_cdf(1.0 - delta.get()));
    Ok(Inequality::agreement(
        "oracle_clopper_pearson",
        ours,
        theirs,
        ACCURACY * theirs + QUANTILE_ACCURACY,
    ))
}

/// The largest number of errors `K` among `n` that `k` errors in a sample of `s` do not exclude:
/// with `K` the tail is at least `delta`, with `K + 1` it is less.
fn hypergeometric(
    k: u64,
    s: u64,
    n: u64,
    delta: FailureProbability,
    theory: Theory,
) -> Result<Vec<Inequality>, BoundError> {
    let theorem = "oracle_hypergeometric";
    let risk = EmpiricalRisk::new(theory.errors(k), s)?;
    let ours = population_errors(risk, SampleSize::new(n)?, delta)?.count();
    let tail = |errors| Hypergeometric::new(n, errors, s).map_or(f64::NAN, |law| law.cdf(k));
    let inequality =
        |smaller, larger| Inequality::comparison(theorem, smaller, larger, ACCURACY * delta.get());
    let mut all = vec![inequality(delta.get(), tail(ours))];
    // With so many errors some would be in any sample.
    let largest = n - (s - k);
    if ours < largest {
        all.push(inequality(tail(ours + 1), delta.get()));
    }
    Ok(all)
}
