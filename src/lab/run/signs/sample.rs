//! What perceptrons of signs see.

use serde::Deserialize;

use crate::bounds::{Probability, SampleSize};
use crate::lab::run::error::RunError;
use crate::lab::signs::{SignLaw, Signs};
use crate::random::stream;

/// Where labels come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Labels {
    CoinFlips,
    Teacher,
}

/// The keys that say what is seen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct SampleKeys {
    /// `N`, odd.
    pub inputs: usize,
    pub labels: Labels,
    /// `n/N`: there are `n = round(load N)` examples.
    pub load: f64,
    /// `q`, the probability of the other label than the teacher's.
    pub noise: f64,
}

impl SampleKeys {
    /// The law, and the number of examples: where all values are in their domains, that of
    /// `inputs`, up to so many, being `odd`.
    pub(super) fn checked(
        self,
        most_inputs: usize,
        odd: &'static str,
        name: &str,
        seed: u64,
    ) -> Result<(SignLaw, u64), RunError> {
        if self.inputs.is_multiple_of(2) || self.inputs > most_inputs {
            return domain("inputs", self.inputs, odd);
        }
        if !(self.load > 0.0 && self.load <= 100.0) {
            return domain("load", self.load, "numbers above 0, up to 100");
        }
        let examples = (self.load * self.inputs as f64).round() as u64;
        SampleSize::new(examples)?;
        if !(0.0..=0.5).contains(&self.noise) {
            return domain("noise", self.noise, "numbers from 0 to 0.5");
        }
        let law = match self.labels {
            Labels::CoinFlips if self.noise > 0.0 => {
                return domain("noise", self.noise, "0 with labels by coin flips");
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
        Ok((law, examples))
    }
}

/// The error about a value outside its domain.
pub(super) fn domain<T>(
    key: &'static str,
    value: impl ToString,
    accepted: &'static str,
) -> Result<T, RunError> {
    Err(RunError::Domain {
        key,
        value: value.to_string(),
        accepted,
    })
}
