//! Arithmetic as an experiment: every bound from published counts and lengths, and the lengths that
//! it would take.

use serde::Deserialize;

use super::error::RunError;
use super::subject::{Origin, Outcome, Ranges, Subject};
use crate::bounds::{
    round_up_decimals, Bits, EmpiricalRisk, FailureProbability, GridRatio, InverseTemperature,
    Nats, Premises, Probability, TrainingError, BOUNDS,
};

/// Bounds are written with this many decimals, rounded up.
const DECIMALS: u32 = 6;

/// The table `[bounds]`: the columns are the upper bounds on the error of one hypothesis with such
/// a code word.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Bounds {
    /// `n`.
    examples: u64,
    /// `k`.
    errors: u64,
    /// Length of the code word.
    bits: u64,
    /// Failure probability.
    delta: FailureProbability,
}

/// The table `[bits]`: the columns are the longest code words with which the bounds are at most the
/// target, in bits; nothing where no code word is short enough.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MostBits {
    /// `n`.
    examples: u64,
    /// `k`.
    errors: u64,
    /// What is to be certified.
    target: f64,
    /// Failure probability.
    delta: FailureProbability,
}

impl Bounds {
    /// Whether all values are in their domains.
    pub(super) fn checked(self) -> Result<Box<dyn Subject>, RunError> {
        let divergence = Bits::new(self.bits as f64)?.to_nats();
        let premises = premises(self.examples, self.errors, divergence, self.delta)?;
        let cell = |bound: f64| {
            format!(
                "{:.*}",
                DECIMALS as usize,
                round_up_decimals(bound, DECIMALS).min(1.0)
            )
        };
        let results = BOUNDS.map(|bound| bound.value(&premises).map_or(String::new(), cell));
        Ok(Box::new(Computed {
            examples: self.examples,
            results: results.to_vec(),
        }))
    }
}

impl MostBits {
    /// Whether all values are in their domains.
    pub(super) fn checked(self) -> Result<Box<dyn Subject>, RunError> {
        let target = Probability::new(self.target)?;
        if self.target == 1.0 {
            let accepted = "numbers from 0 below 1: any number of bits certifies 1";
            return Err(RunError::Domain {
                key: "target",
                value: self.target.to_string(),
                accepted,
            });
        }
        let premises = premises(self.examples, self.errors, Nats::new(0.0)?, self.delta)?;
        let cell = |bits: Option<u64>| bits.map_or(String::new(), |bits| bits.to_string());
        let results = BOUNDS.map(|bound| cell(bound.most_bits(&premises, target)));
        Ok(Box::new(Computed {
            examples: self.examples,
            results: results.to_vec(),
        }))
    }
}

fn premises(
    examples: u64,
    errors: u64,
    divergence: Nats,
    delta: FailureProbability,
) -> Result<Premises, RunError> {
    let risk = EmpiricalRisk::new(errors, examples)?;
    Ok(Premises {
        training_error: TrainingError::Deterministic(risk),
        divergence,
        delta,
        lambda: InverseTemperature::sqrt(risk.into()),
        ratio: GridRatio::ZHOU,
    })
}

/// One cell for each of [`BOUNDS`]; nothing is drawn.
#[derive(Debug)]
struct Computed {
    examples: u64,
    results: Vec<String>,
}

/// The names of [`BOUNDS`].
const NAMES: [&str; BOUNDS.len()] = {
    let mut names = [""; BOUNDS.len()];
    let mut place = 0;
    while place < BOUNDS.len() {
        names[place] = BOUNDS[place].name;
        place += 1;
    }
    names
};

impl Subject for Computed {
    fn results(&self) -> &'static [&'static str] {
        &NAMES
    }

    fn draw(&self, _: &Origin, draws: &[u64]) -> Result<Vec<Vec<String>>, RunError> {
        Ok(draws.iter().map(|_| self.results.clone()).collect())
    }

    fn outcome(&self, _: &[&str]) -> Option<Outcome> {
        None
    }

    fn examples(&self) -> u64 {
        self.examples
    }

    fn ranges(&self) -> Ranges {
        Ranges {
            train_error: (0.0, 1.0),
            test_error: (0.0, 1.0),
            bits: (0.0, f64::INFINITY),
        }
    }

    fn delta(&self) -> Option<FailureProbability> {
        None
    }
}
