//! Committees of signs.

use rand_chacha::ChaCha8Rng;
use serde::Deserialize;

use super::learner::{Learner, Pupil, Told};
use super::method::MethodKeys;
use super::sample::{domain, Labels, SampleKeys};
use super::sent::counted;
use crate::lab::run::error::{DrawError, RunError};
use crate::lab::run::subject::{Ranges, Subject};
use crate::lab::signs::{
    committee_model, inputs_of_a_unit, signs_of, Committee, CommitteeLaw, SignLaw, SignSample,
    StochasticBeliefPropagation, MAX_INPUTS,
};

/// The table `[committee]`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::lab::run) struct CommitteeTable {
    attempts: u64,
    /// Of all units together.
    inputs: usize,
    labels: Labels,
    load: f64,
    /// The largest sum of weights times inputs of a unit that is barely right.
    margin: usize,
    noise: f64,
    passes: u64,
    reinforcement: f64,
    units: usize,
}

impl CommitteeTable {
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
        let law = match law {
            SignLaw::Teacher { weights, noise } => Committee::new(self.units, &weights)
                .map(|committee| CommitteeLaw::Teacher { committee, noise }),
            _ => inputs_of_a_unit(self.units, self.inputs).map(|_| CommitteeLaw::CoinFlips {
                inputs: self.inputs,
            }),
        };
        let Some(law) = law else {
            let accepted = "odd numbers up to 1023 that divide the inputs";
            return domain("units", self.units, accepted);
        };
        let method = MethodKeys {
            attempts: self.attempts,
            passes: self.passes,
            reinforcement: self.reinforcement,
        };
        let pupil = Units {
            law,
            units: self.units,
            margin: self.margin,
            method: method.checked()?,
        };
        Ok(Box::new(Learner { examples, pupil }))
    }
}

#[derive(Debug)]
struct Units {
    law: CommitteeLaw,
    units: usize,
    margin: usize,
    method: StochasticBeliefPropagation,
}

impl Pupil for Units {
    fn sample(&self, examples: usize, random: &mut ChaCha8Rng) -> SignSample {
        self.law.sample(examples, random)
    }

    fn learn(&self, sample: &SignSample, random: &mut ChaCha8Rng) -> Result<Told, DrawError> {
        // The units are those of a committee: nothing is missing.
        let learnt = self
            .method
            .learn_committee(sample, self.units, self.margin, random)
            .ok_or(DrawError::NoCodeWord)?;
        let model = committee_model(&learnt.weights)?;
        let counted = counted(&model, sample)?;
        let received = Committee::new(self.units, &signs_of(&counted.received));
        let received = received.ok_or(DrawError::NoCodeWord)?;
        Ok(Told {
            attempts: learnt.attempts,
            passes: learnt.passes,
            more: Vec::new(),
            sent: counted.sent(self.law.population_error(&received)),
        })
    }

    fn ranges(&self) -> Ranges {
        Ranges {
            train_error: (0.0, 1.0),
            test_error: match &self.law {
                CommitteeLaw::Teacher { noise, .. } => (noise.get(), 1.0 - noise.get()),
                _ => (0.5, 0.5),
            },
            // A header, and two adaptive bits whose counts begin at a half.
            bits: (0.0, self.law.inputs() as f64 + 192.0),
        }
    }
}
