//! Learners: functions from samples to laws on hypotheses.

use rand::RngExt;

use super::class::HypothesisClass;
use crate::random::stream;

/// Posteriors are in units of one part in this many: divisible by every number up to 10, so that
/// ties are shared exactly.
pub const POSTERIOR_TOTAL: u64 = 5040;

/// Whole-number weights of hypotheses, with sum [`POSTERIOR_TOTAL`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Posterior(Vec<u64>);

impl Posterior {
    /// All the weight on one of `hypotheses`.
    #[must_use]
    pub fn point(hypotheses: usize, chosen: usize) -> Self {
        Self(
            (0..hypotheses)
                .map(|hypothesis| {
                    if hypothesis == chosen {
                        POSTERIOR_TOTAL
                    } else {
                        0
                    }
                })
                .collect(),
        )
    }

    /// In proportion to `weights`, rounded down; what is left goes to the first of the largest.
    #[must_use]
    pub fn in_proportion(weights: &[f64]) -> Self {
        let sum: f64 = weights.iter().sum();
        let mut units: Vec<u64> = weights
            .iter()
            .map(|weight| (weight / sum * POSTERIOR_TOTAL as f64) as u64)
            .collect();
        let spent: u64 = units.iter().sum();
        let largest = units.iter().max().copied().unwrap_or_default();
        if let Some(first) = units.iter_mut().find(|unit| **unit == largest) {
            // Rounding may have spent one unit too many at most.
            *first = (*first + POSTERIOR_TOTAL).saturating_sub(spent);
        }
        Self(units)
    }

    /// The weights.
    #[must_use]
    pub fn units(&self) -> &[u64] {
        &self.0
    }
}

/// A learner: any pure function from a sample to a posterior, from which the hypothesis that is
/// sent is drawn.
pub trait Learner: Sync {
    /// What tables call it.
    fn name(&self) -> String;

    /// Whether the order of the sample never matters, so that type classes may stand for sequences.
    fn is_symmetric(&self) -> bool {
        true
    }

    /// The law of the hypothesis that is sent.
    fn posterior(&self, class: &HypothesisClass, sample: &[usize]) -> Posterior;
}

/// What an empirical risk minimiser does with equally good hypotheses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ties {
    /// It takes the first.
    First,
    /// It takes the last.
    Last,
    /// It draws one.
    Uniform,
    /// It takes one that depends on the counts of the sample in an arbitrary way: this is the seed
    /// of the way.
    Arbitrary(u64),
}

/// A hypothesis with the fewest errors on the sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EmpiricalRiskMinimiser(pub Ties);

impl Learner for EmpiricalRiskMinimiser {
    fn name(&self) -> String {
        match self.0 {
            Ties::First => "ERM, first of ties",
            Ties::Last => "ERM, last of ties",
            Ties::Uniform => "ERM, ties drawn",
            Ties::Arbitrary(_) => "ERM, ties arbitrary",
        }
        .to_string()
    }

    fn posterior(&self, class: &HypothesisClass, sample: &[usize]) -> Posterior {
        let errors = class.errors(sample);
        let fewest = errors.iter().min().copied().unwrap_or_default();
        let best: Vec<usize> = (0..errors.len())
            .filter(|&hypothesis| errors[hypothesis] == fewest)
            .collect();
        let place = match self.0 {
            Ties::First => 0,
            Ties::Last => best.len() - 1,
            Ties::Arbitrary(seed) => {
                let mut counts = sample.to_vec();
                counts.sort_unstable();
                arbitrary(seed, &counts, best.len())
            }
            Ties::Uniform => {
                let share = |errors: &u64| if *errors == fewest { 1.0 } else { 0.0 };
                return Posterior::in_proportion(&errors.iter().map(share).collect::<Vec<f64>>());
            }
        };
        Posterior::point(class.len(), best[place])
    }
}

/// Sends the set of examples it has seen, as a hypothesis of [`HypothesisClass::memories`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Memoriser;

impl Learner for Memoriser {
    fn name(&self) -> String {
        "memoriser".to_string()
    }

    fn posterior(&self, class: &HypothesisClass, sample: &[usize]) -> Posterior {
        let set = sample
            .iter()
            .fold(0usize, |set, example| set | 1 << example);
        Posterior::point(class.len(), set)
    }
}

/// Draws hypothesis `h` with a probability in proportion to `exp(-beta k_h)`, for `k_h` errors. A
/// negative `beta` prefers bad ones.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gibbs {
    /// `beta`.
    pub inverse_temperature: f64,
}

impl Learner for Gibbs {
    fn name(&self) -> String {
        format!("Gibbs, beta {}", self.inverse_temperature)
    }

    fn posterior(&self, class: &HypothesisClass, sample: &[usize]) -> Posterior {
        let exponents: Vec<f64> = class
            .errors(sample)
            .iter()
            .map(|&errors| -self.inverse_temperature * errors as f64)
            .collect();
        let largest = exponents.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        Posterior::in_proportion(
            &exponents
                .iter()
                .map(|exponent| (exponent - largest).exp())
                .collect::<Vec<f64>>(),
        )
    }
}

/// An arbitrary function of the sequence, without sense or symmetry: this is its seed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RandomMap(pub u64);

impl Learner for RandomMap {
    fn name(&self) -> String {
        "random map".to_string()
    }

    fn is_symmetric(&self) -> bool {
        false
    }

    fn posterior(&self, class: &HypothesisClass, sample: &[usize]) -> Posterior {
        Posterior::point(class.len(), arbitrary(self.0, sample, class.len()))
    }
}

/// Looks at the first example only: the hypothesis with its number, modulo the size of the class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FirstExample;

impl Learner for FirstExample {
    fn name(&self) -> String {
        "first example".to_string()
    }

    fn is_symmetric(&self) -> bool {
        false
    }

    fn posterior(&self, class: &HypothesisClass, sample: &[usize]) -> Posterior {
        Posterior::point(
            class.len(),
            sample.first().map_or(0, |example| example % class.len()),
        )
    }
}

/// A number below `below` that depends on a seed and a sample.
fn arbitrary(seed: u64, sample: &[usize], below: usize) -> usize {
    let digits = sample.iter().fold(1u64, |digits, &example| {
        digits.wrapping_mul(1_000_003) ^ example as u64
    });
    stream(seed, "lab", digits, "arbitrary function").random_range(0..below)
}
