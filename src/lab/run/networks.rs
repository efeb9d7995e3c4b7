//! Draws of a learner that trains a network, compresses it, and sends a real code word.

use std::sync::Arc;

use rayon::prelude::*;
use serde::Deserialize;

use super::error::{DrawError, RunError};
use super::laws::Laws;
use super::subject::{Origin, Outcome, Ranges, Subject};
use crate::bounds::{FailureProbability, SampleSize};
use crate::code::Architecture;
use crate::data::{LabelledImages, Law};
use crate::evaluate::Evaluator;
use crate::lab::squeeze::{coded, constants, prune, shared, Coded};
use crate::train::stacked::{train_stacked, Member, StackedError, Trained, Variables};
use crate::train::{Network, Schedule, Training};

/// The table `[networks]`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Networks {
    /// The failure probability of the bounds whose coverage is counted.
    delta: FailureProbability,
    /// `n`.
    examples: u64,
    /// The part of the weights that pruning keeps, the largest; biases are always kept.
    kept: f64,
    /// As `Laws` takes it.
    law: String,
    /// As [`Architecture::parse`] takes them: a chain of dense, relu and norm.
    layers: String,
    /// Largest learning rate of Adam, after a warm-up of a tenth; then down along a cosine.
    learning_rate: f64,
    /// Label noise.
    noise: f64,
    /// What a bit of the code word is worth in bits that correct the labels: of several code words
    /// the one with the least sum is sent.
    price: f64,
    /// Steps of training, each over all examples.
    steps: u64,
    /// Steps of further training after pruning, and again with shared values.
    tuning: u64,
}

impl Networks {
    /// Whether all values are in their domains.
    pub(super) fn checked(self, laws: &mut Laws) -> Result<Box<dyn Subject>, RunError> {
        let domain = |key, value: f64, accepted| {
            Err(RunError::Domain {
                key,
                value: value.to_string(),
                accepted,
            })
        };
        SampleSize::new(self.examples)?;
        if !(self.kept > 0.0 && self.kept <= 1.0) {
            return domain("kept", self.kept, "numbers above 0, up to 1");
        }
        if !(self.learning_rate > 0.0 && self.learning_rate.is_finite()) {
            return domain(
                "learning_rate",
                self.learning_rate,
                "finite numbers above 0",
            );
        }
        if !(self.price >= 0.0 && self.price.is_finite()) {
            return domain("price", self.price, "finite numbers from 0");
        }
        let law = laws.get(&self.law, self.noise)?;
        let layers = || self.layers.clone();
        let points = law.points();
        let architecture =
            Architecture::from_name_or_layers(&self.layers, points.shape(), points.classes())
                .map_err(|source| RunError::Layers {
                    layers: layers(),
                    source,
                })?;
        let network = Network::new(architecture);
        train_stacked(&network, Vec::new(), &training(1, 1, 0.1)).map_err(|source| {
            RunError::Stack {
                layers: layers(),
                source,
            }
        })?;
        Ok(Box::new(Learner {
            settings: self,
            law,
            network,
        }))
    }
}

/// Steps over all examples.
fn training(steps: u64, examples: u64, learning_rate: f64) -> Training {
    Schedule {
        epochs: steps as usize,
        batch: examples as usize,
        learning_rate,
    }
    .into()
}

#[derive(Debug)]
struct Learner {
    settings: Networks,
    law: Arc<Law>,
    network: Network,
}

/// A draw's training set, as the evaluator and as the trainer read it.
struct Sample {
    draw: u64,
    images: LabelledImages,
    features: Vec<f32>,
    labels: Vec<u32>,
}

impl Learner {
    fn sample(&self, origin: &Origin, draw: u64) -> Result<Sample, RunError> {
        let images = self.law.sample(
            self.settings.examples as usize,
            &mut origin.stream(draw, "sample"),
        )?;
        let scale = f32::from(images.levels() - 1);
        let features = images
            .images()
            .iter()
            .map(|&level| f32::from(level) / scale)
            .collect();
        let labels = images
            .labels()
            .iter()
            .map(|&label| u32::from(label))
            .collect();
        Ok(Sample {
            draw,
            images,
            features,
            labels,
        })
    }

    /// Trains from each of `beginnings`, one or more a sample. Where the loss is no longer a
    /// number, training ends where it began.
    fn train(
        &self,
        origin: &Origin,
        samples: &[Sample],
        beginnings: Vec<Variables>,
        steps: u64,
    ) -> Result<Vec<Variables>, RunError> {
        if steps == 0 {
            return Ok(beginnings);
        }
        let each = (beginnings.len() / samples.len().max(1)).max(1);
        let members = beginnings
            .iter()
            .enumerate()
            .filter_map(|(place, variables)| {
                let sample = samples.get(place / each)?;
                let order = origin.stream(sample.draw, "order");
                Some(Member {
                    features: &sample.features,
                    labels: &sample.labels,
                    variables: variables.clone(),
                    order,
                })
            });
        let training = training(steps, self.settings.examples, self.settings.learning_rate);
        let trained = train_stacked(&self.network, members.collect(), &training)?;
        let end = |(result, beginning): (Result<Trained, StackedError>, Variables)| match result {
            Ok(trained) => Ok(trained.variables),
            Err(StackedError::Diverged(_)) => Ok(beginning),
            Err(error) => Err(error.into()),
        };
        trained.into_iter().zip(beginnings).map(end).collect()
    }

    /// The code word with the least cost, decoded again and counted.
    fn send(&self, sample: &Sample, candidates: &[Variables]) -> Result<Vec<String>, DrawError> {
        let architecture = self.network.architecture();
        let mut words = constants(architecture)?;
        for candidate in candidates {
            words.extend(coded(architecture, candidate)?);
        }
        let mut best: Option<(f64, Coded)> = None;
        for word in words {
            let errors = Evaluator::new(word.model()).errors(&sample.images)?;
            let correction =
                correction_bits(errors, self.settings.examples, self.law.points().classes());
            let cost = self.settings.price * word.bits() as f64 + correction;
            if best.as_ref().is_none_or(|(least, _)| cost < *least) {
                best = Some((cost, word));
            }
        }
        let (_, sent) = best.ok_or(DrawError::NoCodeWord)?;
        let received = sent.decoded()?;
        let evaluator = Evaluator::new(&received);
        let errors = evaluator.errors(&sample.images)?;
        let decisions = evaluator.decisions(self.law.points())?;
        let kept: usize = received
            .tensors()
            .iter()
            .map(crate::code::CodedTensor::nonzeros)
            .sum();
        let codewords: usize = received
            .codebooks()
            .iter()
            .map(crate::code::Codebook::len)
            .sum();
        Ok(vec![
            errors.to_string(),
            self.law.error(&decisions).to_string(),
            sent.bits().to_string(),
            kept.to_string(),
            codewords.to_string(),
        ])
    }
}

/// What it takes to correct `k` errors in `n` labels of `K` classes, in bits:
/// `n h(k/n) + k log2(K - 1)`, where the entropy stays at its maximum from `n/2` on.
fn correction_bits(errors: u64, examples: u64, classes: usize) -> f64 {
    let (errors, examples) = (errors as f64, examples as f64);
    let unlikely = errors.min(examples / 2.0);
    let part = |count: f64| {
        if count == 0.0 {
            0.0
        } else {
            count * (examples / count).log2()
        }
    };
    part(unlikely) + part(examples - unlikely) + errors * ((classes - 1) as f64).log2()
}

impl Subject for Learner {
    fn results(&self) -> &'static [&'static str] {
        &["errors", "test_error", "bits", "weights_kept", "codewords"]
    }

    fn draw(&self, origin: &Origin, draws: &[u64]) -> Result<Vec<Vec<String>>, RunError> {
        let Networks {
            steps,
            tuning,
            kept,
            ..
        } = self.settings;
        let samples: Vec<Sample> = draws
            .iter()
            .map(|&draw| self.sample(origin, draw))
            .collect::<Result<_, _>>()?;
        let initial = |sample: &Sample| {
            Variables::Weights(
                self.network
                    .initial_weights(&mut origin.stream(sample.draw, "initial weights")),
            )
        };
        let trained = self.train(
            origin,
            &samples,
            samples.iter().map(initial).collect(),
            steps,
        )?;
        let pruned = trained
            .iter()
            .map(|variables| prune(&variables.weights(), self.network.deviations(), kept));
        let pruned = self.train(
            origin,
            &samples,
            pruned.collect(),
            if kept < 1.0 { tuning } else { 0 },
        )?;
        let candidates: Vec<Variables> = pruned
            .iter()
            .flat_map(|variables| shared(&variables.weights()))
            .collect();
        let candidates = self.train(origin, &samples, candidates, tuning)?;
        let each = (candidates.len() / samples.len().max(1)).max(1);
        samples
            .par_iter()
            .zip(candidates.par_chunks(each))
            .map(|(sample, own)| {
                self.send(sample, own)
                    .map_err(DrawError::of_draw(sample.draw))
            })
            .collect()
    }

    fn outcome(&self, results: &[&str]) -> Option<Outcome> {
        let [errors, test_error, bits, ..] = results else {
            return None;
        };
        Outcome::parse(errors, test_error, bits)
    }

    fn data(&self) -> Option<&LabelledImages> {
        Some(self.law.points())
    }

    fn examples(&self) -> u64 {
        self.settings.examples
    }

    fn ranges(&self) -> Ranges {
        // Sixteen codewords of a few bytes, and for each weight a symbol of five bits.
        let bits = (
            0.0,
            1024.0 + 5.0 * self.network.architecture().weights().unwrap_or(0) as f64,
        );
        Ranges {
            train_error: (0.0, 1.0),
            test_error: (self.law.least_error(), 1.0),
            bits,
        }
    }

    fn delta(&self) -> Option<FailureProbability> {
        Some(self.settings.delta)
    }
}
