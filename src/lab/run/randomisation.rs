//! Draws of a learner whose labels are partly random (Zhang et al. 2017; Zhou et al. 2019, section 6): how many bits it takes to remember.

use std::sync::Arc;

use candle_core::{Device, Tensor, D};
use rayon::prelude::*;
use serde::Deserialize;

use super::laws::Laws;
use super::{Origin, Outcome, Ranges, RunError, Subject};
use crate::bounds::{FailureProbability, SampleSize};
use crate::code::{Architecture, Model, MAX_CODEWORDS};
use crate::compress::{PrunedWeights, Pruning, PruningMethod, Quantisation, QuantisationMethod, QuantisedWeights};
use crate::data::{LabelledImages, Law};
use crate::nets::{train, Evaluator, Network, Schedule, TrainingSet};

/// The table `[randomisation]`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Randomisation {
    /// Images a step.
    batch: usize,
    /// Values that the weights of a file share.
    codewords: usize,
    /// The failure probability of the bounds whose coverage is counted.
    delta: f64,
    /// Passes over the training set, for the network and for each file.
    epochs: usize,
    /// `n`.
    examples: u64,
    /// Prices of a bit, from the cheapest file to the most expensive: numbers with spaces between them; none if no file is wanted.
    ladder: String,
    /// As `Laws` takes it.
    law: String,
    /// As [`Architecture::parse`] takes them.
    layers: String,
    /// Largest learning rate of Adam, after a warm-up of a tenth; then down along a cosine.
    learning_rate: f64,
    /// `r`: the probability that a label is replaced by one of all classes, each equally likely.
    randomised: f64,
    /// The part of the weights that is pruned while the network is trained.
    sparsity: f64,
    /// A file's training error may be that of the network and so much more.
    tolerance: f64,
}

impl Randomisation {
    /// Whether all values are in their domains.
    pub(super) fn checked(self, laws: &mut Laws) -> Result<Box<dyn Subject>, RunError> {
        let domain = |key, value: String, accepted| Err(RunError::Domain { key, value, accepted });
        FailureProbability::new(self.delta)?;
        SampleSize::new(self.examples)?;
        for (key, value) in [("randomised", self.randomised), ("tolerance", self.tolerance)] {
            if !(0.0..=1.0).contains(&value) {
                return domain(key, value.to_string(), "numbers from 0 to 1");
            }
        }
        if !(0.0..1.0).contains(&self.sparsity) {
            return domain("sparsity", self.sparsity.to_string(), "numbers from 0, below 1");
        }
        if !(self.learning_rate > 0.0 && self.learning_rate.is_finite()) {
            return domain("learning_rate", self.learning_rate.to_string(), "finite numbers above 0");
        }
        if !(1..=MAX_CODEWORDS).contains(&self.codewords) {
            return domain("codewords", self.codewords.to_string(), "numbers from 1 to 255");
        }
        for (key, value) in [("batch", self.batch), ("epochs", self.epochs)] {
            if value == 0 {
                return domain(key, value.to_string(), "1 or more");
            }
        }
        let rates: Result<Vec<f64>, _> = self.ladder.split_whitespace().map(str::parse).collect();
        let rates = match rates {
            Ok(rates) if rates.iter().all(|rate| *rate >= 0.0 && rate.is_finite()) => rates,
            _ => {
                return domain(
                    "ladder",
                    self.ladder,
                    "finite numbers from 0 with spaces between them, such as \"8 4 2 1\"",
                )
            }
        };
        let refused = |reason: String| RunError::Draw { draw: format!("layers = \"{}\"", self.layers), reason };
        let classes = laws.get(&self.law, 0.0)?.points().classes();
        // A label that is drawn from all classes is another one with this probability.
        let noise = self.randomised * (classes - 1) as f64 / classes as f64;
        let law = laws.get(&self.law, noise)?;
        let architecture = Architecture::parse(&self.layers, law.points().shape());
        let architecture = architecture.map_err(|error| refused(error.to_string()))?;
        if architecture.classes() != classes {
            return Err(refused(format!("{} outputs for {classes} classes", architecture.classes())));
        }
        Ok(Box::new(Learner { network: Network::new(architecture), rates, law, settings: self }))
    }
}

struct Learner {
    settings: Randomisation,
    law: Arc<Law>,
    network: Network,
    rates: Vec<f64>,
}

/// A file that has been tried.
struct Sent {
    rung: usize,
    errors: u64,
    bits: u64,
    received: Model,
}

impl Learner {
    fn one(&self, origin: &Origin, draw: u64) -> Result<Vec<String>, RunError> {
        let failed = |reason: String| RunError::Draw { draw: format!("draw {draw}"), reason };
        let images = self.law.sample(self.settings.examples as usize, &mut origin.stream(draw, "sample"))?;
        let (values, fit_errors) = self.fit(origin, draw, &images).map_err(failed)?;
        let kept = values.iter().flatten().filter(|value| **value != 0.0).count();
        let mut results = vec![fit_errors.to_string(), kept.to_string()];
        match self.send(origin, draw, &images, &values, fit_errors).map_err(failed)? {
            None => results.extend(std::iter::repeat_n(String::new(), 4)),
            Some(sent) => {
                let evaluator = Evaluator::new(&sent.received);
                let decisions = evaluator.decisions(self.law.points()).map_err(|error| failed(error.to_string()))?;
                let test_error = self.law.error(&decisions).to_string();
                results.extend([sent.rung.to_string(), sent.errors.to_string(), test_error, sent.bits.to_string()]);
            }
        }
        Ok(results)
    }

    fn schedule(&self) -> Schedule {
        let Randomisation { epochs, batch, learning_rate, .. } = self.settings;
        Schedule { epochs, batch, learning_rate }
    }

    /// Trains and prunes: the weights, and their training errors.
    fn fit(&self, origin: &Origin, draw: u64, images: &LabelledImages) -> Result<(Vec<Vec<f32>>, u64), String> {
        let text = |error: &dyn std::error::Error| error.to_string();
        let device = Device::cuda_if_available(0).map_err(|error| text(&error))?;
        let data = TrainingSet::new(images, &device).map_err(|error| text(&error))?;
        let random = origin.stream(draw, "initial weights");
        let pruning = Pruning { method: PruningMethod::Surgery, sparsity: self.settings.sparsity, width: 1.0 };
        let mut pruned = PrunedWeights::new(&self.network, pruning, random, &device);
        let pruned = pruned.as_mut().map_err(|error| text(error))?;
        train(&self.network, pruned, &data, self.schedule(), origin.stream(draw, "order"), |_| ())
            .map_err(|error| text(&error))?;
        let values = pruned.values().map_err(|error| text(&error))?;
        let errors = self.errors(&values, images).map_err(|error| text(&error))?;
        Ok((values, errors))
    }

    /// Training errors of weights as they are, before any file.
    fn errors(&self, values: &[Vec<f32>], images: &LabelledImages) -> candle_core::Result<u64> {
        let device = &Device::Cpu;
        let tensors = self.network.architecture().tensors();
        let pairs = tensors.iter().zip(values);
        let weights = pairs.map(|(tensor, values)| Tensor::from_slice(values, &tensor.dimensions[..], device));
        let weights = weights.collect::<candle_core::Result<Vec<Tensor>>>()?;
        let size = images.shape();
        let scale = f32::from(images.levels() - 1);
        let pixels: Vec<f32> = images.images().iter().map(|&level| f32::from(level) / scale).collect();
        let pixels = Tensor::from_vec(pixels, (images.len(), size.channels, size.height, size.width), device)?;
        let classes: Vec<u32> = self.network.forward(&weights, &pixels)?.argmax(D::Minus1)?.to_vec1()?;
        Ok(classes.iter().zip(images.labels()).filter(|(class, label)| **class != u32::from(**label)).count() as u64)
    }

    /// The first file of the ladder that is good enough, or its last one; counted after decoding.
    fn send(
        &self,
        origin: &Origin,
        draw: u64,
        images: &LabelledImages,
        values: &[Vec<f32>],
        fit_errors: u64,
    ) -> Result<Option<Sent>, String> {
        let text = |error: &dyn std::error::Error| error.to_string();
        let device = Device::cuda_if_available(0).map_err(|error| text(&error))?;
        let data = TrainingSet::new(images, &device).map_err(|error| text(&error))?;
        let examples = self.settings.examples as f64;
        let most = fit_errors as f64 + self.settings.tolerance * examples;
        let mut last = None;
        for (rung, rate) in self.rates.iter().enumerate() {
            let settings = Quantisation {
                method: QuantisationMethod::Kmeans,
                codewords: self.settings.codewords,
                digits: DIGITS,
                rate: *rate,
                subspace: None,
            };
            let quantised = QuantisedWeights::new(&self.network, values.to_vec(), settings, images.len(), &device);
            let mut quantised = quantised.map_err(|error| text(&error))?;
            let order = origin.stream(draw, &format!("order at {rate}"));
            train(&self.network, &mut quantised, &data, self.schedule(), order, |_| ())
                .map_err(|error| text(&error))?;
            let model = quantised.model(&self.network).map_err(|error| text(&error))?;
            let file = model.encode().map_err(|error| text(&error))?;
            let received = Model::decode(&file).map_err(|error| text(&error))?;
            let errors = Evaluator::new(&received).errors(images).map_err(|error| text(&error))?;
            let is_good_enough = errors as f64 <= most;
            last = Some(Sent { rung, errors, bits: 8 * file.len() as u64, received });
            if is_good_enough {
                break;
            }
        }
        Ok(last)
    }
}

/// Binary digits of a codeword after its leading one.
const DIGITS: u32 = 2;

impl Subject for Learner {
    fn results(&self) -> &'static [&'static str] {
        &["fit_errors", "weights_kept", "rung", "errors", "test_error", "bits"]
    }

    fn draw(&self, origin: &Origin, draws: &[u64]) -> Result<Vec<Vec<String>>, RunError> {
        draws.par_iter().map(|&draw| self.one(origin, draw)).collect()
    }

    fn outcome(&self, results: &[&str]) -> Option<Outcome> {
        let [_, _, _, errors, test_error, bits] = results else { return None };
        Some(Outcome { errors: errors.parse().ok()?, test_error: test_error.parse().ok()?, bits: bits.parse().ok()? })
    }

    fn examples(&self) -> u64 {
        self.settings.examples
    }

    fn ranges(&self) -> Ranges {
        // Codewords of a few bytes, and for each weight a symbol of at most eight bits.
        let bits = (0.0, 2048.0 + 8.0 * self.network.architecture().weights().unwrap_or(0) as f64);
        Ranges { train_error: (0.0, 1.0), test_error: (self.law.least_error(), 1.0), bits }
    }

    fn delta(&self) -> Option<f64> {
        (!self.rates.is_empty()).then_some(self.settings.delta)
    }
}
