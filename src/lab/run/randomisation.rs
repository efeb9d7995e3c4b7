//! Draws of a learner whose labels are partly random (Zhang et al. 2017; Zhou et al. 2019, section
//! 6): how many bits it takes to remember.

use std::sync::Arc;

use candle_core::{Device, Tensor, D};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use serde::Deserialize;

use super::error::{DrawError, RunError};
use super::laws::Laws;
use super::subject::{Origin, Outcome, Ranges, Subject};
use crate::bounds::{FailureProbability, SampleSize};
use crate::code::{Architecture, Model, MAX_CODEWORDS};
use crate::compress::{
    polish, CompressError, PrunedWeights, Pruning, PruningMethod, Quantisation, QuantisationMethod,
    QuantisedWeights,
};
use crate::data::{LabelledImages, Law};
use crate::evaluate::Evaluator;
use crate::network::shortened;
use crate::train::{train, Network, Schedule, TrainingSet};

/// The table `[randomisation]`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Randomisation {
    /// Images a step.
    batch: usize,
    /// Values that the weights of a file share; 0 if no file is wanted.
    codewords: usize,
    /// The failure probability of the bounds whose coverage is counted.
    delta: FailureProbability,
    /// Passes over the training set while weights are pruned.
    epochs: usize,
    /// `n`.
    examples: u64,
    /// Weights of the code length against the cross-entropy of the training set, rising numbers
    /// with spaces between them. As many files are made, each from the weights of the one before:
    /// after one that is within the tolerance the next rung is taken, after one that is not the
    /// rung below. So files become shorter than any that is made at once.
    ladder: String,
    /// As `Laws` takes it.
    law: String,
    /// As [`Architecture::from_name_or_layers`] takes them.
    layers: String,
    /// Largest learning rate of Adam, after a warm-up of a tenth; then down along a cosine.
    learning_rate: f64,
    /// Whether draws of one number have the same images, initial weights and order in all
    /// configurations, and all labels that are replaced with a smaller `randomised` are replaced by
    /// the same with a larger one.
    #[serde(default)]
    paired: bool,
    /// `magnitude`, or `surgery` as in the paper: whether what was pruned may come back.
    #[serde(default = "surgery")]
    pruning: PruningMethod,
    /// `r`: the probability that a label is replaced by one of all classes, each equally likely.
    randomised: f64,
    /// The part of the weights that is pruned while the network is trained.
    sparsity: f64,
    /// The file that would be sent is polished with so many sweeps, then shortened, as by
    /// [`compress`](crate::compress::compress); what comes out is sent if it is better.
    sweeps: Option<usize>,
    /// The best of the ladder's files, which is sent, is the shortest whose training error exceeds
    /// that of the pruned network by no more; if there is none, the one with the fewest errors.
    tolerance: f64,
    /// Passes over the training set for each file of the ladder.
    tuning: usize,
}

/// Dynamic network surgery (Guo, Yao and Chen 2016).
fn surgery() -> PruningMethod {
    PruningMethod::Surgery
}

impl Randomisation {
    /// Whether all values are in their domains.
    pub(super) fn checked(self, laws: &mut Laws) -> Result<Box<dyn Subject>, RunError> {
        let domain = |key, value: String, accepted| {
            Err(RunError::Domain {
                key,
                value,
                accepted,
            })
        };
        SampleSize::new(self.examples)?;
        for (key, value) in [
            ("randomised", self.randomised),
            ("tolerance", self.tolerance),
        ] {
            if !(0.0..=1.0).contains(&value) {
                return domain(key, value.to_string(), "numbers from 0 to 1");
            }
        }
        if !(0.0..1.0).contains(&self.sparsity) {
            return domain(
                "sparsity",
                self.sparsity.to_string(),
                "numbers from 0, below 1",
            );
        }
        if !(self.learning_rate > 0.0 && self.learning_rate.is_finite()) {
            return domain(
                "learning_rate",
                self.learning_rate.to_string(),
                "finite numbers above 0",
            );
        }
        if self.codewords > MAX_CODEWORDS {
            return domain(
                "codewords",
                self.codewords.to_string(),
                "numbers from 0 to 255",
            );
        }
        for (key, value) in [
            ("batch", self.batch),
            ("epochs", self.epochs),
            ("tuning", self.tuning),
        ] {
            if value == 0 {
                return domain(key, value.to_string(), "1 or more");
            }
        }
        let ladder: Result<Vec<f64>, _> = self.ladder.split_whitespace().map(str::parse).collect();
        let ladder = match ladder {
            Ok(ladder)
                if !ladder.is_empty()
                    && ladder.iter().all(|rate| *rate >= 0.0 && rate.is_finite()) =>
            {
                ladder
            }
            _ => {
                let accepted =
                    "finite numbers from 0 with spaces between them, such as \"0.5 1 2 4\"";
                return domain("ladder", self.ladder, accepted);
            }
        };
        let classes = laws.get(&self.law, 0.0)?.points().classes();
        // A label that is drawn from all classes is another one with this probability.
        let noise = self.randomised * (classes - 1) as f64 / classes as f64;
        let law = laws.get(&self.law, noise)?;
        let shape = law.points().shape();
        let architecture = Architecture::from_name_or_layers(&self.layers, shape, classes)
            .map_err(|source| RunError::Layers {
                layers: self.layers.clone(),
                source,
            })?;
        Ok(Box::new(Learner {
            network: Network::new(architecture),
            ladder,
            law,
            settings: self,
        }))
    }
}

#[derive(Debug)]
struct Learner {
    settings: Randomisation,
    law: Arc<Law>,
    network: Network,
    ladder: Vec<f64>,
}

/// A file, as it is received.
struct Sent {
    rate: f64,
    errors: u64,
    bits: u64,
    received: Model,
}

impl Sent {
    /// Writes the file, and counts what comes out of it.
    fn new(model: &Model, rate: f64, images: &LabelledImages) -> Result<Self, CompressError> {
        let bytes = model.encode()?;
        let received = Model::decode(&bytes)?;
        let errors = Evaluator::new(&received).errors(images)?;
        Ok(Self {
            rate,
            errors,
            bits: 8 * bytes.len() as u64,
            received,
        })
    }
}

impl Learner {
    fn one(&self, origin: &Origin, draw: u64) -> Result<Vec<String>, DrawError> {
        let examples = self.settings.examples as usize;
        let images = if self.settings.paired {
            let (mut places, mut labels) =
                (origin.stream(draw, "places"), origin.stream(draw, "labels"));
            self.law.sample_apart(examples, &mut places, &mut labels)?
        } else {
            self.law
                .sample(examples, &mut origin.stream(draw, "sample"))?
        };
        let data = TrainingSet::new(&images, &Device::Cpu).map_err(CompressError::from)?;
        let values = self.fit(origin, draw, &data)?;
        let pruned_errors = self.errors(&values, &images).map_err(CompressError::from)?;
        let kept = values
            .iter()
            .flatten()
            .filter(|value| **value != 0.0)
            .count();
        let mut results = vec![pruned_errors.to_string(), kept.to_string()];
        if self.settings.codewords == 0 {
            results.extend(std::iter::repeat_n(String::new(), 4));
            return Ok(results);
        }

        let most = pruned_errors as f64 + self.settings.tolerance * self.settings.examples as f64;
        let sent = self.best(origin, draw, &images, &data, values, most)?;
        let sent = sent.ok_or(DrawError::NoCodeWord)?;
        let decisions = Evaluator::new(&sent.received).decisions(self.law.points())?;
        let test_error = self.law.error(&decisions);
        results.extend([
            sent.rate.to_string(),
            sent.errors.to_string(),
            test_error.to_string(),
            sent.bits.to_string(),
        ]);
        Ok(results)
    }

    fn schedule(&self, epochs: usize) -> Schedule {
        let Randomisation {
            batch,
            learning_rate,
            ..
        } = self.settings;
        Schedule {
            epochs,
            batch,
            learning_rate,
        }
    }

    /// Trains and prunes: the weights.
    fn fit(
        &self,
        origin: &Origin,
        draw: u64,
        data: &TrainingSet,
    ) -> Result<Vec<Vec<f32>>, CompressError> {
        let random = origin.stream(draw, "initial weights");
        let pruning = Pruning {
            method: self.settings.pruning,
            sparsity: self.settings.sparsity,
            width: 1.0,
        };
        let mut pruned = PrunedWeights::new(&self.network, pruning, random, data.device())?;
        let order = origin.stream(draw, "order while pruning");
        train(
            &self.network,
            &mut pruned,
            data,
            self.schedule(self.settings.epochs),
            order,
            |_| (),
        )?;
        Ok(pruned.values()?)
    }

    /// The shortest of the ladder's files with at most so many errors, or the one with the fewest.
    fn best(
        &self,
        origin: &Origin,
        draw: u64,
        images: &LabelledImages,
        data: &TrainingSet,
        mut values: Vec<Vec<f32>>,
        most: f64,
    ) -> Result<Option<Sent>, CompressError> {
        let keeps = |sent: &Sent| sent.errors as f64 <= most;
        let rank = |sent: &Sent| (if keeps(sent) { 0 } else { sent.errors }, sent.bits);
        let mut best: Option<Sent> = None;
        let mut rung: usize = 0;
        for file in 0..self.ladder.len() {
            let Some(&rate) = self.ladder.get(rung) else {
                break;
            };
            let order = origin.stream(draw, &format!("order for file {file}"));
            let sent = self.send(order, images, data, &values, rate)?;
            values = sent.received.weights();
            rung = if keeps(&sent) {
                rung + 1
            } else {
                rung.saturating_sub(1)
            };
            if best.as_ref().is_none_or(|best| rank(&sent) < rank(best)) {
                best = Some(sent);
            }
        }
        if let (Some(unpolished), Some(sweeps)) = (&best, self.settings.sweeps) {
            let delta = self.settings.delta;
            let polished = polish(&unpolished.received, images, delta, sweeps, |_| ())?;
            let sent = Sent::new(&shortened(polished, images), unpolished.rate, images)?;
            if rank(&sent) < rank(unpolished) {
                best = Some(sent);
            }
        }
        Ok(best)
    }

    /// Trains with shared values, and sends the file.
    fn send(
        &self,
        order: ChaCha8Rng,
        images: &LabelledImages,
        data: &TrainingSet,
        values: &[Vec<f32>],
        rate: f64,
    ) -> Result<Sent, CompressError> {
        let settings = Quantisation {
            method: QuantisationMethod::Kmeans,
            codewords: self.settings.codewords,
            digits: DIGITS,
            rate,
            subspace: None,
        };
        let mut quantised = QuantisedWeights::new(
            &self.network,
            values.to_vec(),
            settings,
            data.len(),
            data.device(),
        )?;
        train(
            &self.network,
            &mut quantised,
            data,
            self.schedule(self.settings.tuning),
            order,
            |_| (),
        )?;
        Sent::new(&quantised.model(&self.network)?, rate, images)
    }

    /// Training errors of weights as they are, before any file.
    fn errors(&self, values: &[Vec<f32>], images: &LabelledImages) -> candle_core::Result<u64> {
        /// Images that are in memory together.
        const AT_ONCE: usize = 500;
        let device = &Device::Cpu;
        let tensors = self.network.architecture().tensors();
        let pairs = tensors.iter().zip(values);
        let weights = pairs
            .map(|(tensor, values)| Tensor::from_slice(values, &tensor.dimensions[..], device));
        let weights = weights.collect::<candle_core::Result<Vec<Tensor>>>()?;
        let size = images.shape();
        let scale = f32::from(images.levels() - 1);
        let mut errors = 0;
        let parts = images
            .images()
            .chunks(AT_ONCE * size.features())
            .zip(images.labels().chunks(AT_ONCE));
        for (levels, labels) in parts {
            let pixels: Vec<f32> = levels
                .iter()
                .map(|&level| f32::from(level) / scale)
                .collect();
            let pixels = Tensor::from_vec(
                pixels,
                (labels.len(), size.channels, size.height, size.width),
                device,
            )?;
            let classes: Vec<u32> = self
                .network
                .forward(&weights, &pixels)?
                .argmax(D::Minus1)?
                .to_vec1()?;
            errors += classes
                .iter()
                .zip(labels)
                .filter(|(class, label)| **class != u32::from(**label))
                .count() as u64;
        }
        Ok(errors)
    }
}

/// Binary digits of a codeword after its leading one.
const DIGITS: u32 = 2;

impl Subject for Learner {
    fn results(&self) -> &'static [&'static str] {
        &[
            "pruned_errors",
            "weights_kept",
            "rate",
            "errors",
            "test_error",
            "bits",
        ]
    }

    fn draw(&self, origin: &Origin, draws: &[u64]) -> Result<Vec<Vec<String>>, RunError> {
        let shared = origin.of_all_configurations();
        let origin = if self.settings.paired {
            &shared
        } else {
            origin
        };
        draws
            .par_iter()
            .map(|&draw| self.one(origin, draw).map_err(DrawError::of_draw(draw)))
            .collect()
    }

    /// Each takes long: no row that is done waits for another.
    fn together(&self) -> usize {
        1
    }

    fn is_paired(&self) -> bool {
        self.settings.paired
    }

    fn outcome(&self, results: &[&str]) -> Option<Outcome> {
        let [_, _, _, errors, test_error, bits] = results else {
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
        // Codewords of a few bytes, and for each weight a symbol of at most eight bits.
        let bits = (
            0.0,
            2048.0 + 8.0 * self.network.architecture().weights().unwrap_or(0) as f64,
        );
        Ranges {
            train_error: (0.0, 1.0),
            test_error: (self.law.least_error(), 1.0),
            bits,
        }
    }

    fn delta(&self) -> Option<FailureProbability> {
        (self.settings.codewords > 0).then_some(self.settings.delta)
    }
}
