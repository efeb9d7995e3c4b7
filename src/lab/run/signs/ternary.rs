//! Perceptrons with zeros among their weights.

use rand_chacha::ChaCha8Rng;
use serde::Deserialize;

use super::learner::{Learner, Pupil, Told};
use super::method::MethodKeys;
use super::sample::{domain, Labels, SampleKeys};
use super::sent::counted;
use crate::lab::run::error::{DrawError, RunError};
use crate::lab::run::subject::{Ranges, Subject};
use crate::lab::signs::{
    ternary_perceptron, ternary_weights_of, SignLaw, SignSample, StochasticBeliefPropagation,
    MAX_INPUTS,
};

/// The table `[ternary]`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::lab::run) struct TernaryTable {
    attempts: u64,
    inputs: usize,
    labels: Labels,
    load: f64,
    noise: f64,
    passes: u64,
    reinforcement: f64,
    /// Below it in magnitude, the integer behind a weight stands for 0.
    threshold: u32,
}

impl TernaryTable {
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
        if self.threshold == 0 {
            return domain("threshold", self.threshold, "1 or more");
        }
        let method = MethodKeys {
            attempts: self.attempts,
            passes: self.passes,
            reinforcement: self.reinforcement,
        };
        let pupil = Ternary {
            law,
            threshold: self.threshold,
            method: method.checked()?,
        };
        Ok(Box::new(Learner { examples, pupil }))
    }
}

#[derive(Debug)]
struct Ternary {
    law: SignLaw,
    threshold: u32,
    method: StochasticBeliefPropagation,
}

impl Pupil for Ternary {
    const RESULTS: &'static [&'static str] = &[
        "examples",
        "attempts_made",
        "passes_made",
        "zeros",
        "errors",
        "test_error",
        "bits",
    ];

    fn sample(&self, examples: usize, random: &mut ChaCha8Rng) -> SignSample {
        self.law.sample(examples, random)
    }

    fn learn(&self, sample: &SignSample, random: &mut ChaCha8Rng) -> Result<Told, DrawError> {
        let learnt = self.method.learn_with_zeros(sample, self.threshold, random);
        let model = ternary_perceptron(&learnt.weights)?.ok_or(DrawError::NoCodeWord)?;
        let counted = counted(&model, sample)?;
        let weights = ternary_weights_of(&counted.received);
        Ok(Told {
            attempts: learnt.attempts,
            passes: learnt.passes,
            more: vec![weights.zeros().to_string()],
            sent: counted.sent(weights.population_error(&self.law)),
        })
    }

    fn ranges(&self) -> Ranges {
        // A header, and two adaptive bits a weight whose counts begin at a half.
        let most_bits = 3f64.log2() * self.law.inputs() as f64 + 160.0;
        Ranges {
            train_error: (0.0, 1.0),
            // A sum of 0 is an error for either label.
            test_error: match &self.law {
                SignLaw::Teacher { noise, .. } => (noise.get(), 1.0),
                _ => (0.5, 1.0),
            },
            bits: (0.0, most_bits),
        }
    }
}
