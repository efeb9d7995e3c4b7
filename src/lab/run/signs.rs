//! Draws of a perceptron with weights in {-1, +1}, which remembers coin flips or learns from a
//! teacher.

use rayon::prelude::*;
use serde::Deserialize;

use super::error::{DrawError, RunError};
use super::subject::{Origin, Outcome, Ranges, Subject};
use crate::bounds::{FailureProbability, Probability, SampleSize};
use crate::code::Model;
use crate::evaluate::Evaluator;
use crate::lab::signs::{
    images, perceptron, signs_of, SignLaw, Signs, StochasticBeliefPropagation, MAX_INPUTS,
};
use crate::random::stream;

/// The table `[signs]`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SignsTable {
    /// How often the learner begins anew where an example is left wrong.
    attempts: u64,
    /// `N`, odd.
    inputs: usize,
    labels: Labels,
    /// `n/N`: there are `n = round(load N)` examples.
    load: f64,
    /// `q`, the probability of the other label than the teacher's.
    noise: f64,
    /// Passes of an attempt.
    passes: u64,
    /// The probability of an update on an example that is barely right.
    reinforcement: f64,
}

/// Where labels come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Labels {
    CoinFlips,
    Teacher,
}

impl SignsTable {
    /// Whether all values are in their domains.
    pub(super) fn checked(self, name: &str, seed: u64) -> Result<Box<dyn Subject>, RunError> {
        let domain = |key, value: String, accepted| {
            Err(RunError::Domain {
                key,
                value,
                accepted,
            })
        };
        if self.inputs.is_multiple_of(2) || self.inputs > MAX_INPUTS {
            let accepted = "odd numbers from 1 to 65535";
            return domain("inputs", self.inputs.to_string(), accepted);
        }
        if !(self.load > 0.0 && self.load <= 100.0) {
            return domain("load", self.load.to_string(), "numbers above 0, up to 100");
        }
        let examples = (self.load * self.inputs as f64).round() as u64;
        SampleSize::new(examples)?;
        for (key, count) in [("attempts", self.attempts), ("passes", self.passes)] {
            if count == 0 {
                return domain(key, count.to_string(), "1 or more");
            }
        }
        let reinforcement = Probability::new(self.reinforcement)?;
        if !(0.0..=0.5).contains(&self.noise) {
            return domain("noise", self.noise.to_string(), "numbers from 0 to 0.5");
        }
        let law = match self.labels {
            Labels::CoinFlips if self.noise > 0.0 => {
                return domain(
                    "noise",
                    self.noise.to_string(),
                    "0 with labels by coin flips",
                );
            }
            Labels::CoinFlips => SignLaw::CoinFlips {
                inputs: self.inputs,
            },
            // Fixed before all draws, and the same whatever else is in the experiment.
            Labels::Teacher => SignLaw::Teacher {
                weights: Signs::random(
                    self.inputs,
                    &mut stream(seed, name, 0, &format!("teacher of {} signs", self.inputs)),
                ),
                noise: Probability::new(self.noise)?,
            },
        };
        Ok(Box::new(Learner {
            examples,
            law,
            method: StochasticBeliefPropagation {
                reinforcement,
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
        let model = perceptron(&learnt.signs)?.ok_or(DrawError::NoCodeWord)?;
        let file = model.encode()?;
        let received = Model::decode(&file)?;
        let evaluator = Evaluator::new(&received);
        let mut errors = 0;
        for images in images(&sample, IMAGES_AT_ONCE) {
            errors += evaluator.errors(&images?)?;
        }
        let test_error = self.law.population_error(&signs_of(&received));
        Ok(vec![
            self.examples.to_string(),
            learnt.attempts.to_string(),
            learnt.passes.to_string(),
            errors.to_string(),
            test_error.to_string(),
            (8 * file.len()).to_string(),
        ])
    }
}

/// Images in memory at a time, whose pixels take a byte each.
const IMAGES_AT_ONCE: usize = 256;

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
        let one = |&draw: &u64| self.one(origin, draw).map_err(DrawError::of_draw(draw));
        draws.par_iter().with_max_len(1).map(one).collect()
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
        let test_error = match self.law {
            SignLaw::Teacher { noise, .. } => (noise.get(), 1.0 - noise.get()),
            _ => (0.5, 0.5),
        };
        Ranges {
            train_error: (0.0, 1.0),
            test_error,
            // A header, and two adaptive bits whose counts begin at a half.
            bits: (0.0, self.law.inputs() as f64 + 128.0),
        }
    }

    fn delta(&self) -> Option<FailureProbability> {
        None
    }
}
