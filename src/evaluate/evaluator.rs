//! The function of a decoded model, defined to the last bit, and its errors on examples.

use rayon::prelude::*;
use thiserror::Error;

use super::examples::{batches, Batch, Example, Examples};
use super::features::{Block, Features, State};
use super::lanes::{each, LANES};
use super::loss::{margin, Loss};
use super::step::Step;
use crate::code::{Architecture, Model, Structure};
use crate::shape::ImageSize;
use crate::vectorised::vectorised;

/// Why a model cannot be evaluated on examples.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum EvaluationError {
    /// The network reads images of another size.
    #[error("the network reads images of {network}, but the data set has images of {data}")]
    ImageSize {
        /// What the network reads.
        network: ImageSize,
        /// What the data set has.
        data: ImageSize,
    },
    /// The network tells another number of classes apart.
    #[error("the network has {network} outputs, but the data set has {data} classes")]
    Classes {
        /// Outputs of the network.
        network: usize,
        /// Classes of the data set.
        data: usize,
    },
}

/// A decoded model, ready to compute logits.
///
/// Every number is an IEEE 754 single, every operation is one of `+ - * / sqrt max` rounded to
/// nearest, and the order of the operations is the one written here. No fused multiplication, no
/// reordering: the logits of an image are the same bits on every machine, whatever the number of
/// threads. Several images are computed side by side, one in each lane of a vector, which changes
/// no image's order of operations.
///
/// - A pixel of level `v` in a data set of `l` levels enters as `v / (l - 1)`.
/// - A sum over weights starts from the bias, or zero, and runs over the weights that are not zero
///   in the order in which the tensor stores them; positions in the padding are left out.
/// - Means run over features in order.
#[derive(Debug)]
pub struct Evaluator {
    input: ImageSize,
    classes: usize,
    /// Each layer, with the sizes of what it reads and of what it makes.
    steps: Vec<(Step, ImageSize, ImageSize)>,
}

impl Evaluator {
    /// Prepares the function that `model` stands for.
    pub fn new(model: &Model) -> Self {
        // One weight after the other: those of a large network, all of them at once, would take
        // more memory than all that is made of them.
        let tensors = (0..model.tensors().len())
            .map(|place| (model.nonzeros_at_most(place), model.tensor_weights(place)));
        match model.structure() {
            Structure::Chain(chain) => Self::with_room(chain, tensors),
            Structure::Graph(_) => unimplemented!("comes with the branch `evaluator`"),
        }
    }

    /// Prepares the function of an architecture with weights, one list a tensor, as long and in the
    /// order of [`Architecture::tensors`]: whoever calls it has checked that.
    pub(crate) fn of<T: IntoIterator<Item = f32>>(
        architecture: &Architecture,
        weights: impl IntoIterator<Item = T>,
    ) -> Self {
        Self::with_room(architecture, weights.into_iter().map(|tensor| (0, tensor)))
    }

    /// Prepares the function of a structure with weights, as [`Evaluator::of`].
    pub(crate) fn of_structure<T: IntoIterator<Item = f32>>(
        structure: &Structure,
        weights: impl IntoIterator<Item = T>,
    ) -> Self {
        match structure {
            Structure::Chain(chain) => Self::of(chain, weights),
            Structure::Graph(_) => unimplemented!("comes with the branch `evaluator`"),
        }
    }

    /// The same, with room for so many weights that are not zero in each tensor.
    fn with_room<T: IntoIterator<Item = f32>>(
        architecture: &Architecture,
        mut tensors: impl Iterator<Item = (usize, T)>,
    ) -> Self {
        let mut steps = Vec::new();
        for (layer, before, after) in architecture.steps() {
            steps.push((Step::new(layer, before, &mut tensors), before, after));
        }
        Self {
            input: architecture.input(),
            classes: architecture.classes(),
            steps,
        }
    }

    /// Number of misclassified examples, by the rule of [`Loss::Top1`].
    ///
    /// # Errors
    /// If the network does not fit the examples.
    pub fn errors(&self, examples: &dyn Examples) -> Result<u64, EvaluationError> {
        let right = self.outcomes(examples, |logits, label| Loss::Top1.is_right(logits, label))?;
        Ok(right.into_iter().filter(|right| !right).count() as u64)
    }

    /// For each example by how much its class's logit exceeds every other, relative to the largest
    /// magnitude among its logits: how far it is from being misclassified, or from not being so.
    /// Not a number if a logit is not.
    ///
    /// # Errors
    /// If the network does not fit the examples.
    pub fn margins(&self, examples: &dyn Examples) -> Result<Vec<f32>, EvaluationError> {
        self.outcomes(examples, margin)
    }

    /// The logits of all examples, one list an example.
    ///
    /// # Errors
    /// If the network does not fit the examples.
    pub fn logits(&self, examples: &dyn Examples) -> Result<Vec<Vec<f32>>, EvaluationError> {
        self.outcomes(examples, |logits, _| logits.to_vec())
    }

    /// For each example the class that would count as right, if there is one: no other does,
    /// whatever the label. Classes from 256 on are never returned.
    ///
    /// # Errors
    /// If the network does not fit the examples.
    pub fn decisions(&self, examples: &dyn Examples) -> Result<Vec<Option<u8>>, EvaluationError> {
        let classes = self.classes.min(usize::from(u8::MAX) + 1);
        self.outcomes(examples, move |logits, _| {
            let decision = (0..classes).find(|&class| Loss::Top1.is_right(logits, class));
            decision.map(|class| class as u8)
        })
    }

    /// What `outcome` makes of the logits and the label of each example.
    fn outcomes<T: Send>(
        &self,
        examples: &dyn Examples,
        outcome: impl Fn(&[f32], usize) -> T + Copy + Send + Sync,
    ) -> Result<Vec<T>, EvaluationError> {
        self.check(examples.shape(), examples.classes())?;
        let mut outcomes = Vec::with_capacity(examples.len());
        for batch in batches(examples) {
            outcomes.extend(self.batch_outcomes(&batch, outcome));
        }
        Ok(outcomes)
    }

    /// The same, of a batch that fits.
    fn batch_outcomes<T: Send>(
        &self,
        batch: &Batch,
        outcome: impl Fn(&[f32], usize) -> T + Copy + Send + Sync,
    ) -> Vec<T> {
        batch
            .examples()
            .par_chunks(LANES)
            .flat_map_iter(|examples| {
                self.block_outcomes(self.block(examples, batch.levels(), 0), outcome)
            })
            .collect()
    }

    /// For each example of a batch whether it is misclassified; one without a class is.
    ///
    /// # Errors
    /// If the network does not fit the batch.
    pub fn misclassified(&self, batch: &Batch, loss: Loss) -> Result<Vec<bool>, EvaluationError> {
        self.check(batch.shape(), batch.classes())?;
        Ok(self.batch_outcomes(batch, |logits, label| !loss.is_right(logits, label)))
    }

    /// What the first `layers` layers make of some examples.
    ///
    /// # Errors
    /// If the network does not fit the examples.
    pub fn features(
        &self,
        examples: &dyn Examples,
        indices: &[usize],
        layers: usize,
    ) -> Result<Features, EvaluationError> {
        self.features_of(&examples.batch(indices), layers)
    }

    /// What the first `layers` layers make of a batch.
    ///
    /// # Errors
    /// If the network does not fit the batch.
    pub fn features_of(&self, batch: &Batch, layers: usize) -> Result<Features, EvaluationError> {
        self.check(batch.shape(), batch.classes())?;
        let blocks = batch.examples().par_chunks(LANES);
        Ok(Features(
            blocks
                .map(|examples| self.block(examples, batch.levels(), layers))
                .collect(),
        ))
    }

    /// What the layers up to the first `layers` make of features that some of them have made.
    pub fn advance(&self, mut features: Features, layers: usize) -> Features {
        features.0.par_iter_mut().for_each(|block| {
            self.apply(&mut block.state, block.layers..layers);
            block.layers = block.layers.max(layers);
            block.channels = self.channels_after(block.layers);
        });
        features
    }

    /// The logits that the layers that are left make of features, one list an example.
    pub fn logits_from(&self, features: &Features) -> Vec<Vec<f32>> {
        let blocks = features.0.par_iter();
        blocks
            .flat_map_iter(|block| self.block_outcomes(block.clone(), |logits, _| logits.to_vec()))
            .collect()
    }

    /// Number of misclassified examples, from the features that another network with the same first
    /// layers made of them.
    pub fn errors_from(&self, features: &Features) -> u64 {
        let wrong = |block: &Block| {
            let is_right = |logits: &[f32], label| Loss::Top1.is_right(logits, label);
            let right = self.block_outcomes(block.clone(), is_right);
            right.into_iter().filter(|right| !right).count() as u64
        };
        features.0.par_iter().map(wrong).sum()
    }

    fn check(&self, shape: ImageSize, classes: usize) -> Result<(), EvaluationError> {
        if self.input != shape {
            return Err(EvaluationError::ImageSize {
                network: self.input,
                data: shape,
            });
        }
        if self.classes != classes {
            return Err(EvaluationError::Classes {
                network: self.classes,
                data: classes,
            });
        }
        Ok(())
    }

    /// At most [`LANES`] examples of so many grey levels after the first `layers` layers; the label
    /// of one without a class is none of the network's.
    fn block(&self, examples: &[Example], levels: u16, layers: usize) -> Block {
        let scale = f32::from(levels - 1);
        let mut features = vec![[0.0; LANES]; self.input.features()];
        let mut labels = Vec::with_capacity(LANES);
        for (lane, example) in examples.iter().enumerate() {
            for (feature, &level) in features.iter_mut().zip(example.pixels()) {
                feature[lane] = f32::from(level) / scale;
            }
            labels.push(example.class().unwrap_or(usize::MAX));
        }
        let mut state = State {
            features,
            remembered: Vec::new(),
        };
        self.apply(&mut state, 0..layers);
        Block {
            state,
            labels,
            layers,
            channels: self.channels_after(layers),
        }
    }

    /// Channels of the feature map after the first layers.
    fn channels_after(&self, layers: usize) -> usize {
        let last = layers
            .checked_sub(1)
            .and_then(|last| self.steps.get(last.min(self.steps.len() - 1)));
        last.map_or(self.input, |(_, _, after)| *after).channels
    }

    /// Applies some of the layers.
    fn apply(&self, state: &mut State, layers: std::ops::Range<usize>) {
        let State {
            features,
            remembered,
        } = state;
        // Wider vectors change no result: each lane's operations and their order stay.
        for (step, before, after) in self.steps.iter().take(layers.end).skip(layers.start) {
            match (step, remembered.last_mut()) {
                (Step::Branch, _) => remembered.push(features.clone()),
                (Step::Exchange, Some(other)) => std::mem::swap(other, features),
                (Step::Join, _) => {
                    let others = remembered.pop().unwrap_or_default();
                    for (value, other) in features.iter_mut().zip(&others) {
                        each(value, other, |value, other| value + other);
                    }
                }
                _ => {
                    *features = vectorised(
                        #[inline(always)]
                        || step.apply(std::mem::take(features), *before, *after),
                    );
                }
            }
        }
    }

    /// What comes of the logits and the label of each of a block's examples.
    fn block_outcomes<T>(&self, mut block: Block, outcome: impl Fn(&[f32], usize) -> T) -> Vec<T> {
        self.apply(&mut block.state, block.layers..self.steps.len());
        let features = block.state.features;
        let mut logits = vec![0.0; features.len()];
        let mut outcomes = Vec::with_capacity(block.labels.len());
        for (lane, &label) in block.labels.iter().enumerate() {
            for (logit, lanes) in logits.iter_mut().zip(&features) {
                *logit = lanes[lane];
            }
            outcomes.push(outcome(&logits, label));
        }
        outcomes
    }
}
