//! The function of a decoded model, defined to the last bit, and its errors on examples.

use rayon::prelude::*;
use thiserror::Error;

use super::examples::{batches, Batch, Example, Examples};
use super::features::{Block, Features};
use super::lanes::LANES;
use super::loss::{margin, Loss};
use super::operations::tensor::Tensors;
use super::plan::Plan;
use crate::code::{Architecture, Graph, Model, Structure};
use crate::shape::ImageSize;

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
    /// Another number of features than the network has there.
    #[error("{found} features of an example, but the network has {expected} there")]
    Features {
        /// What the network has.
        expected: usize,
        /// What was given.
        found: usize,
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
    plan: Plan,
}

impl Evaluator {
    /// Prepares the function that `model` stands for.
    pub fn new(model: &Model) -> Self {
        let tensors = (0..model.tensors().len()).map(|place| {
            let nonzeros = model.nonzeros_at_most(place);
            (Some(nonzeros), model.tensor_weights(place))
        });
        Self::with_tensors(model.structure(), Tensors::new(tensors))
    }

    /// Prepares the function of an architecture with weights, one list a tensor, as long and in the
    /// order of [`Architecture::tensors`]: whoever calls it has checked that.
    pub(crate) fn of<T: IntoIterator<Item = f32>>(
        architecture: &Architecture,
        weights: impl IntoIterator<Item = T>,
    ) -> Self {
        let tensors = weights.into_iter().map(|tensor| (None, tensor));
        let plan = Plan::of_chain(architecture, &mut Tensors::new(tensors));
        Self::of_plan(plan, architecture.input(), architecture.classes())
    }

    /// Prepares the function of a graph with weights, one list a tensor, as long and in the order
    /// of [`Graph::tensors`]; weights that are missing are zero.
    pub fn of_graph<T: IntoIterator<Item = f32>>(
        graph: &Graph,
        weights: impl IntoIterator<Item = T>,
    ) -> Self {
        let tensors = weights.into_iter().map(|tensor| (None, tensor));
        let plan = Plan::of_graph(graph, &mut Tensors::new(tensors));
        Self::of_plan(plan, graph.input(), graph.classes())
    }

    /// Prepares the function of a structure with weights, as [`Evaluator::of`].
    pub(crate) fn of_structure<T: IntoIterator<Item = f32>>(
        structure: &Structure,
        weights: impl IntoIterator<Item = T>,
    ) -> Self {
        let tensors = weights.into_iter().map(|tensor| (None, tensor));
        Self::with_tensors(structure, Tensors::new(tensors))
    }

    fn with_tensors<I, T>(structure: &Structure, mut tensors: Tensors<I>) -> Self
    where
        I: Iterator<Item = (Option<usize>, T)>,
        T: IntoIterator<Item = f32>,
    {
        let plan = match structure {
            Structure::Chain(chain) => Plan::of_chain(chain, &mut tensors),
            Structure::Graph(graph) => Plan::of_graph(graph, &mut tensors),
        };
        Self::of_plan(plan, structure.input(), structure.classes())
    }

    fn of_plan(plan: Plan, input: ImageSize, classes: usize) -> Self {
        Self {
            input,
            classes,
            plan,
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

    /// Features that the first `layers` layers of a network have made of examples: their
    /// [numbers](Features::numbers), and the classes of these. What comes after may read nothing
    /// that an earlier layer made.
    ///
    /// # Errors
    /// [`EvaluationError::Features`] if they are no such numbers.
    pub fn features_from(
        &self,
        numbers: &[&[f32]],
        classes: &[Option<usize>],
        layers: usize,
    ) -> Result<Features, EvaluationError> {
        let expected = self.plan.dimensions(layers).numbers();
        if let Some(found) = numbers.iter().find(|found| found.len() != expected) {
            let found = found.len();
            return Err(EvaluationError::Features { expected, found });
        }
        let blocks = numbers.par_chunks(LANES).zip(classes.par_chunks(LANES));
        let blocks = blocks.map(|(numbers, classes)| {
            let mut lanes = vec![[0.0; LANES]; expected];
            for (lane, numbers) in numbers.iter().enumerate() {
                for (lanes, &number) in lanes.iter_mut().zip(*numbers) {
                    lanes[lane] = number;
                }
            }
            let labels = classes.iter().map(|class| class.unwrap_or(usize::MAX));
            Block {
                values: self.plan.resume(lanes, layers),
                labels: labels.collect(),
                layers,
                channels: self.channels_after(layers),
            }
        });
        Ok(Features(blocks.collect()))
    }

    /// What the layers up to the first `layers` make of features that some of them have made.
    pub fn advance(&self, mut features: Features, layers: usize) -> Features {
        features.0.par_iter_mut().for_each(|block| {
            self.plan.apply(&mut block.values, block.layers..layers);
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
        let mut values = self.plan.start(features);
        self.plan.apply(&mut values, 0..layers);
        Block {
            values,
            labels,
            layers,
            channels: self.channels_after(layers),
        }
    }

    /// Channels of the feature map after the first layers: indices of its first axis.
    fn channels_after(&self, layers: usize) -> usize {
        let lengths = self.plan.dimensions(layers).lengths();
        lengths.first().copied().unwrap_or(1)
    }

    /// What comes of the logits and the label of each of a block's examples.
    fn block_outcomes<T>(&self, mut block: Block, outcome: impl Fn(&[f32], usize) -> T) -> Vec<T> {
        self.plan
            .apply(&mut block.values, block.layers..self.plan.len());
        let features = block.values.current();
        let mut logits = vec![0.0; features.len()];
        let mut outcomes = Vec::with_capacity(block.labels.len());
        for (lane, &label) in block.labels.iter().enumerate() {
            for (logit, lanes) in logits.iter_mut().zip(features) {
                *logit = lanes[lane];
            }
            outcomes.push(outcome(&logits, label));
        }
        outcomes
    }
}
