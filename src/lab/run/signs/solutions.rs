//! Draws of perceptrons of a few signs, all of which are tried.

use serde::Deserialize;

use super::sample::{Labels, SampleKeys};
use super::sent::{ranges, sent};
use crate::bounds::{BoundError, FailureProbability, SampleSize};
use crate::lab::run::error::{DrawError, RunError};
use crate::lab::run::links::Links;
use crate::lab::run::mean::{share_of, Mean};
use crate::lab::run::subject::{one_by_one, Origin, Outcome, Ranges, Subject};
use crate::lab::signs::{information_limits, BestSigns, SignChain, SignLaw, MOST_ENUMERATED};

/// The table `[solutions]`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::lab::run) struct SolutionsTable {
    inputs: usize,
    labels: Labels,
    load: f64,
    noise: f64,
}

impl SolutionsTable {
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
        let odd = "odd numbers from 1 to 25";
        let (law, examples) = sample.checked(MOST_ENUMERATED, odd, name, seed)?;
        Ok(Box::new(Solutions { examples, law }))
    }
}

/// The learner that draws one of the best, each as likely as the others.
#[derive(Debug)]
struct Solutions {
    examples: u64,
    law: SignLaw,
}

impl Solutions {
    /// Tries all, draws one of the best, writes its file, and says what comes out of it.
    fn one(&self, origin: &Origin, draw: u64) -> Result<Vec<String>, DrawError> {
        let mut random = origin.stream(draw, "sample");
        let sample = self.law.sample(self.examples as usize, &mut random);
        // No more inputs are accepted than can be enumerated.
        let best = BestSigns::of(&sample).ok_or(DrawError::NoCodeWord)?;
        let drawn = best.draw(&mut origin.stream(draw, "learner"));
        let sent = sent(&self.law, &sample, &drawn)?;
        let agreements = best.agreements_with(&sample).into_iter();
        let agreements: Vec<String> = agreements.map(|count| count.to_string()).collect();
        Ok(vec![
            self.examples.to_string(),
            best.count().to_string(),
            sent.errors.to_string(),
            sent.test_error.to_string(),
            sent.bits.to_string(),
            agreements.join(" "),
        ])
    }
}

/// The logarithm of the number of best perceptrons, and the law of the places in which one of them
/// agrees with an example times its label; nothing, where a row says no numbers.
fn solutions(row: &[&str]) -> Option<(f64, Vec<f64>)> {
    let [_, best, _, _, _, agreements] = row else {
        return None;
    };
    let counts = agreements.split(' ').map(|count| count.parse().ok());
    let counts = counts.collect::<Option<Vec<u64>>>()?;
    let all = counts.iter().sum::<u64>() as f64;
    let law = counts.iter().map(|&count| count as f64 / all).collect();
    Some((best.parse::<f64>().ok()?.log2(), law))
}

impl Subject for Solutions {
    fn results(&self) -> &'static [&'static str] {
        &[
            "examples",
            "best",
            "errors",
            "test_error",
            "bits",
            "agreements",
        ]
    }

    fn draw(&self, origin: &Origin, draws: &[u64]) -> Result<Vec<Vec<String>>, RunError> {
        one_by_one(draws, |draw| self.one(origin, draw))
    }

    fn outcome(&self, results: &[&str]) -> Option<Outcome> {
        let [_, _, errors, test_error, bits, _] = results else {
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

    /// With coin flips; with a teacher the weights that are sent are not uniform.
    fn links(&self, rows: &[Vec<&str>]) -> Result<Option<Links>, BoundError> {
        /// Errors, solutions and bits, each with two limits.
        const LIMITS: f64 = 6.0;
        let SignLaw::CoinFlips { inputs } = self.law else {
            return Ok(None);
        };
        let (size, entropy) = (SampleSize::new(self.examples)?, inputs as f64);
        let n = self.examples as f64;
        let failure = share_of(LIMITS)?;
        let outcomes: Vec<Outcome> = rows.iter().filter_map(|row| self.outcome(row)).collect();
        let bits: Vec<f64> = outcomes.iter().map(|outcome| outcome.bits).collect();
        let bits = Mean::of(&bits, self.ranges().bits, failure)?;
        let half = Mean::exactly(0.5);
        if let Some(chain) = SignChain::exact(inputs, self.examples as usize) {
            return Ok(Some(Links {
                draws: outcomes.len() as u64,
                is_exact: true,
                limit: Mean::limit(size, Mean::exactly(chain.train), half)?,
                examplewise: Mean::exactly(chain.examplewise),
                information: Mean::exactly(chain.information),
                entropy,
                bits,
            }));
        }
        let errors = outcomes.iter().map(|outcome| outcome.errors as f64 / n);
        let train = Mean::of(&errors.collect::<Vec<f64>>(), (0.0, 1.0), failure)?;
        let (logarithms, laws): (Vec<f64>, Vec<Vec<f64>>) =
            rows.iter().filter_map(|row| solutions(row)).unzip();
        let logarithm = Mean::of(&logarithms, (0.0, entropy), failure)?;
        let (lower, mean, upper) = information_limits(&laws);
        Ok(Some(Links {
            draws: outcomes.len() as u64,
            is_exact: false,
            limit: Mean::limit(size, train, half)?,
            examplewise: Mean {
                lower: n * lower,
                mean: n * mean,
                upper: n * upper,
            },
            information: Mean {
                lower: entropy - logarithm.upper,
                mean: entropy - logarithm.mean,
                upper: entropy - logarithm.lower,
            },
            entropy,
            bits,
        }))
    }
}
