//! Draws of perceptrons of signs that learn by counting.

use serde::Deserialize;

use super::sample::{domain, Labels, SampleKeys};
use super::sent::{ranges, sent};
use crate::bounds::{FailureProbability, Probability};
use crate::lab::run::error::{DrawError, RunError};
use crate::lab::run::subject::{one_by_one, Origin, Outcome, Ranges, Subject};
use crate::lab::signs::{SignLaw, StochasticBeliefPropagation, MAX_INPUTS};

/// The table `[signs]`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::lab::run) struct SignsTable {
    /// How often the learner begins anew where an example is left wrong.
    attempts: u64,
    inputs: usize,
    labels: Labels,
    load: f64,
    noise: f64,
    /// Passes of an attempt.
    passes: u64,
    /// The probability of an update on an example that is barely right.
    reinforcement: f64,
}

impl SignsTable {
    /// Whether all values are in their domains.
    pub(in crate::lab::run) fn checked(
        self,
        name: &str,
        seed: u64,
    ) -> Result<Box<dyn Subject>, RunError> {
        let sample = SampleKeys {
            inputs: self.inputs,
            labels: self.labels,
            load: self.load,
            noise: self.noise,
        };
        let odd = "odd numbers from 1 to 65535";
        let (law, examples) = sample.checked(MAX_INPUTS, odd, name, seed)?;
        for (key, count) in [("attempts", self.attempts), ("passes", self.passes)] {
            if count == 0 {
                return domain(key, count, "1 or more");
            }
        }
        Ok(Box::new(Learner {
            examples,
            law,
            method: StochasticBeliefPropagation {
                reinforcement: Probability::new(self.reinforcement)?,
                passes: self.passes,
                attempts: self.attempts,
            },
        }))
    }
}

#[derive(Debug)]
struct Learner {
    examples: u64,
    law: SignLaw,
    method: StochasticBeliefPropagation,
}

impl Learner {
    /// Learns, writes the file, and says what comes out of it.
    fn one(&self, origin: &Origin, draw: u64) -> Result<Vec<String>, DrawError> {
        let mut random = origin.stream(draw, "sample");
        let sample = self.law.sample(self.examples as usize, &mut random);
        let mut random = origin.stream(draw, "learner");
        let learnt = self.method.learn(&sample, &mut random);
        let sent = sent(&self.law, &sample, &learnt.signs)?;
        Ok(vec![
            self.examples.to_string(),
            learnt.attempts.to_string(),
            learnt.passes.to_string(),
            sent.errors.to_string(),
            sent.test_error.to_string(),
            sent.bits.to_string(),
        ])
    }
}

impl Subject for Learner {
    fn results(&self) -> &'static [&'static str] {
        &[
            "examples",
            "attempts_made",
            "passes_made",
            "errors",
            "test_error",
            "bits",
        ]
    }

    fn draw(&self, origin: &Origin, draws: &[u64]) -> Result<Vec<Vec<String>>, RunError> {
        one_by_one(draws, |draw| self.one(origin, draw))
    }

    fn outcome(&self, results: &[&str]) -> Option<Outcome> {
        let [_, _, _, errors, test_error, bits] = results else {
            return None;
        };
        Outcome::parse(errors, test_error, bits)
    }

    fn examples(&self) -> u64 {
        self.examples
    }

    fn ranges(&self) -> Ranges {
        ranges(&self.law)
    }

    fn delta(&self) -> Option<FailureProbability> {
        None
    }
}
