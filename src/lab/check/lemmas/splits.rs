//! Two steps that share delta: a bound from errors that are themselves only bounded.
//!
//! `2^b` hypotheses err independently, so that a learner may choose one whose errors are just few
//! enough; then comes the step that bounds these errors, from a subsample or from draws. Where the
//! thresholds of both steps are just above what happens, the union bound over them is all that
//! separates the failure from `delta + delta'`.

use rand::{Rng, RngExt};

use crate::bounds::{
    kl_inverse, occam_binomial, population_errors, Bits, BoundError, EmpiricalRisk,
    FailureProbability, SampleSize,
};
use crate::lab::check::laws::{binomial, hypergeometric, mass};
use crate::lab::check::tally::Inequality;
use crate::lab::check::theory::Theory;
use crate::random::stream;

/// What sums and products of probabilities, some hundred roundings, may be off by.
const TOLERANCE: f64 = 1e-12;

/// Thresholds are beyond what happens by more than the rounding of bounds.
const BEYOND: f64 = 1.0 + 1e-6;

pub(super) fn inequalities(
    seed: u64,
    number: u64,
    theory: Theory,
) -> Result<Vec<Inequality>, BoundError> {
    let mut random = stream(seed, "check", number, "splits");
    let hypotheses = Hypotheses {
        n: random.random_range(2..=60),
        truth: f64::from(random.random_range(1..16u32)) / 16.0,
        bits: random.random_range(0..=16),
    };
    let mut all = Vec::new();
    all.extend(of_subsample(&mut random, hypotheses, theory)?);
    all.extend(of_pairs(&mut random, hypotheses, theory)?);
    all.extend(of_tries(&mut random, hypotheses.n, theory)?);
    Ok(all)
}

/// `2^bits` of them, each with a code word of `bits` bits, erring independently on each of `n`
/// examples with probability `truth`.
#[derive(Clone, Copy)]
struct Hypotheses {
    n: u64,
    truth: f64,
    bits: u32,
}

impl Hypotheses {
    /// `Pr[Bin(n, truth) <= k]` for all `k`.
    fn tails(&self) -> Vec<f64> {
        cumulated(&binomial(self.n, self.truth, 1.0 - self.truth))
    }

    /// The probability that the one with the fewest errors misleads, which with `k` errors does
    /// with probability `misled(k)`.
    fn fewest_mislead(
        &self,
        misled: impl Fn(u64) -> Result<f64, BoundError>,
    ) -> Result<f64, BoundError> {
        let none_below = |tail: f64| (f64::from(self.bits).exp2() * (-tail).ln_1p()).exp();
        let mut probability = 0.0;
        let mut before = 1.0;
        for (k, tail) in (0..).zip(self.tails()) {
            let after = none_below(tail.min(1.0));
            probability += (before - after) * misled(k)?;
            before = after;
        }
        Ok(probability)
    }

    /// A delta at which all of them together just fail with `k` errors.
    fn edge(&self, k: u64) -> Option<FailureProbability> {
        let tail = *self.tails().get(k as usize)?;
        beyond(tail * f64::from(self.bits).exp2())
    }
}

fn cumulated(weights: &[f64]) -> Vec<f64> {
    let add = |sum: &mut f64, weight: &f64| {
        *sum += weight;
        Some(*sum)
    };
    weights.iter().scan(0.0, add).collect()
}

/// A failure probability just above that of something that happens, if it is a usual one.
fn beyond(happens: f64) -> Option<FailureProbability> {
    let delta = happens * BEYOND;
    FailureProbability::new(delta)
        .ok()
        .filter(|_| (1e-6..0.5).contains(&delta))
}

/// The errors from a subsample without replacement.
fn of_subsample(
    random: &mut impl Rng,
    hypotheses: Hypotheses,
    theory: Theory,
) -> Result<Option<Inequality>, BoundError> {
    let Hypotheses { n, truth, bits } = hypotheses;
    let few = random.random_range(0..4.min(n));
    let s = random.random_range(1..n);
    let seen = random.random_range(0..=few.min(s));
    let tail: f64 = hypergeometric(n, few + 1, s)[..=seen as usize].iter().sum();
    let (Some(own), Some(other)) = (hypotheses.edge(few), beyond(tail)) else {
        return Ok(None);
    };
    let Ok(both) = own.or(other) else {
        return Ok(None);
    };
    let of_bound = theory.share(own, both)?;
    let of_subsample = theory.share(other, both)?;
    let bits = Bits::new(theory.charged(bits.into()))?;
    let size = SampleSize::new(n)?;
    let fails = |k: u64| -> Result<bool, BoundError> {
        let all = population_errors(EmpiricalRisk::new(k, s)?, size, of_subsample)?;
        Ok(occam_binomial(all, bits, of_bound) < truth)
    };
    let failure = hypotheses.fewest_mislead(|errors| mass(&hypergeometric(n, errors, s), fails))?;
    Ok(Some(Inequality::comparison(
        "subsample_split",
        failure,
        both.get(),
        TOLERANCE,
    )))
}

/// The errors from draws of an example each, with replacement, against Occam's bound in its kl
/// form, which takes any risk.
fn of_pairs(
    random: &mut impl Rng,
    hypotheses: Hypotheses,
    theory: Theory,
) -> Result<Option<Inequality>, BoundError> {
    let Hypotheses { n, truth, bits } = hypotheses;
    let few = random.random_range(0..4.min(n));
    let draws = random.random_range(1..=60u64);
    let other = FailureProbability::new(10f64.powf(random.random_range(-2.0..-0.4)))?;
    let Some(own) = hypotheses.edge(few) else {
        return Ok(None);
    };
    let Ok(both) = own.or(other) else {
        return Ok(None);
    };
    let of_bound = theory.share(own, both)?;
    let of_draws = theory.share(other, both)?;
    let budget = Bits::new(theory.charged(bits.into()))?
        .to_nats()
        .plus(of_bound.nats());
    let size = SampleSize::new(n)?;
    let fails = |k: u64| -> Result<bool, BoundError> {
        let risk = theory.risk_of_pairs(EmpiricalRisk::new(k, draws)?, size, of_draws)?;
        Ok(kl_inverse(risk, budget) < truth)
    };
    let failure = hypotheses.fewest_mislead(|errors| {
        let rate = errors as f64 / n as f64;
        mass(
            &binomial(draws, rate, (n - errors) as f64 / n as f64),
            fails,
        )
    })?;
    Ok(Some(Inequality::comparison(
        "monte_carlo_split",
        failure,
        both.get(),
        TOLERANCE,
    )))
}

/// `2^bits` subsamples of which the one with the fewest errors is shown, as a maker can who tries
/// files or seeds.
fn of_tries(
    random: &mut impl Rng,
    n: u64,
    theory: Theory,
) -> Result<Option<Inequality>, BoundError> {
    let bits = random.random_range(0..=20u32);
    let (s, errors) = (random.random_range(1..n), random.random_range(1..n));
    let weights = hypergeometric(n, errors, s);
    let seen = random.random_range(0..=s.min(errors));
    let tail: f64 = weights[..=seen as usize].iter().sum();
    let Some(delta) = beyond(tail * f64::from(bits).exp2()) else {
        return Ok(None);
    };
    let each = theory.of_each_try(delta, bits)?;
    let size = SampleSize::new(n)?;
    let misleads = mass(&weights, |k| {
        Ok(population_errors(EmpiricalRisk::new(k, s)?, size, each)?.count() < errors)
    })?;
    let any = -(f64::from(bits).exp2() * (-misleads).ln_1p()).exp_m1();
    Ok(Some(Inequality::comparison(
        "subsample_tries",
        any,
        delta.get(),
        TOLERANCE,
    )))
}
