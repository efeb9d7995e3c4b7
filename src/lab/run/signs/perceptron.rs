//! Perceptrons of signs that learn by counting.

use rand_chacha::ChaCha8Rng;
use serde::Deserialize;

use super::learner::{Learner, Pupil, Told};
use super::method::MethodKeys;
use super::sample::{Labels, SampleKeys};
use super::sent::{ranges, sent};
use crate::lab::run::error::{DrawError, RunError};
use crate::lab::run::subject::{Ranges, Subject};
use crate::lab::signs::{SignLaw, SignSample, StochasticBeliefPropagation, MAX_INPUTS};

/// The table `[signs]`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::lab::run) struct SignsTable {
    attempts: u64,
    inputs: usize,
    labels: Labels,
    load: f64,
    noise: f64,
    passes: u64,
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
        let method = MethodKeys {
            attempts: self.attempts,
            passes: self.passes,
            reinforcement: self.reinforcement,
        };
        let method = method.checked()?;
        let pupil = Perceptron { law, method };
        Ok(Box::new(Learner { examples, pupil }))
    }
}

#[derive(Debug)]
struct Perceptron {
    law: SignLaw,
    method: StochasticBeliefPropagation,
}

impl Pupil for Perceptron {
    fn sample(&self, examples: usize, random: &mut ChaCha8Rng) -> SignSample {
        self.law.sample(examples, random)
    }

    fn learn(&self, sample: &SignSample, random: &mut ChaCha8Rng) -> Result<Told, DrawError> {
        let learnt = self.method.learn(sample, random);
        Ok(Told {
            attempts: learnt.attempts,
            passes: learnt.passes,
            more: Vec::new(),
            sent: sent(&self.law, sample, &learnt.weights)?,
        })
    }

    fn ranges(&self) -> Ranges {
        ranges(&self.law)
    }
}
