//! What decoding a file and evaluating its network take, reckoned before it is done.

use crate::code::architecture::chain::Architecture;
use crate::code::architecture::layer::{Convolution, Layer};
use crate::code::architecture::tensors::TensorShape;
use crate::code::error::CodeError;
use crate::code::fixed::oriented;
use crate::code::graph::dimensions::Dimensions;
use crate::code::graph::interpolation::Neighbours;
use crate::code::graph::nodes::Graph;
use crate::code::graph::operator::{Activation, Operator};
use crate::code::structure::Structure;
use crate::code::symbols::tensor::CodedTensor;
use crate::shape::{ImageSize, PIXELS_AT_ONCE};
use crate::storage::memory_limit::MemoryLimit;

/// Most bytes of memory that an evaluator takes for a weight that is not zero.
pub const BYTES_PER_NONZERO: u64 = 12;

/// Most bytes of memory that an evaluator takes for a number between two layers: so many examples
/// are computed side by side, each number in four bytes.
pub const BYTES_PER_FEATURE: u64 = 64;

/// Multiplications and additions an example for each byte of memory that is allowed.
pub const OPERATIONS_PER_BYTE: u64 = 64;

/// Bytes of an entry of a list with one an output.
const BYTES_PER_OUTPUT: u64 = 8;

/// Most examples that are decoded at once.
const EXAMPLES_AT_ONCE: u64 = 256;

/// What a model takes, as far as it has been decoded; never more than is allowed.
///
/// - Memory: a byte a symbol; [`BYTES_PER_NONZERO`] a weight that is not zero and 8 bytes an
///   output; [`BYTES_PER_FEATURE`] a number of what one step of the evaluation holds at once; where
///   each row and column of a resized map lies; the pixels of the images that are decoded
///   together. A further thread holds numbers of its own.
/// - Operations an example: for each weight that is not zero one a place where it is used, and one
///   for each number between two layers.
pub(super) struct Demand {
    limit: MemoryLimit,
    memory: u64,
    operations: u64,
    /// For each tensor, how many places of an output use each of its weights.
    uses: Vec<u64>,
}

impl Demand {
    /// Of an architecture, before anything is known of its weights.
    pub(super) fn of(structure: &Structure, limit: MemoryLimit) -> Result<Self, CodeError> {
        let pixels = structure.input().features() as u64;
        let pixels = (EXAMPLES_AT_ONCE * pixels).min(pixels.max(PIXELS_AT_ONCE as u64));
        let mut demand = Self {
            limit,
            memory: pixels,
            operations: 0,
            uses: Vec::new(),
        };
        demand.take(structure.weights().unwrap_or(u64::MAX))?;
        match structure {
            Structure::Chain(chain) => demand.chain(chain)?,
            Structure::Graph(graph) => demand.graph(graph)?,
        }
        Ok(demand)
    }

    fn chain(&mut self, chain: &Architecture) -> Result<(), CodeError> {
        self.take(BYTES_PER_FEATURE * features_at_once(chain))?;
        for (layer, before, after) in chain.steps() {
            self.layer(layer, before, after)?;
        }
        Ok(())
    }

    fn graph(&mut self, graph: &Graph) -> Result<(), CodeError> {
        self.take(BYTES_PER_FEATURE.saturating_mul(numbers_at_once(graph)))?;
        for (node, read, after) in graph.steps() {
            let operations = operations_without_weights(&node.operator, &read, after);
            self.compute(operations)?;
            if let Operator::Resize { size } = node.operator {
                let places = size.iter().sum::<usize>() * size_of::<Neighbours>();
                self.take(places as u64)?;
            }
            for (_, dimensions) in node.operator.weights(&read) {
                let weights: usize = dimensions.iter().product();
                self.uses.push(match node.operator {
                    Operator::Convolution { .. } => after.stride_from(1) as u64,
                    Operator::Dense { units, .. } => (after.numbers() / units.max(1)) as u64,
                    _ => (after.numbers() / weights.max(1)) as u64,
                });
            }
        }
        Ok(())
    }

    /// What is known of a layer without its weights.
    fn layer(
        &mut self,
        layer: &Layer,
        before: ImageSize,
        after: ImageSize,
    ) -> Result<(), CodeError> {
        self.compute(before.features().max(after.features()) as u64)?;
        let places = (after.height * after.width) as u64;
        match *layer {
            Layer::Convolution(Convolution { bias, .. }) => {
                self.uses.push(places);
                self.uses.extend(bias.then_some(places));
            }
            Layer::Dense { bias, .. } => {
                self.uses.push(1);
                self.uses.extend(bias.then_some(1));
            }
            Layer::BatchNormalise => self.uses.extend([places, places]),
            Layer::Oriented { .. } => {
                // Their weights are in the format, not in the file.
                let weights = after.channels as u64 * (oriented::SIZE * oriented::SIZE) as u64;
                self.take(weights * (size_of::<f32>() as u64 + BYTES_PER_NONZERO))?;
                self.compute(weights * places)?;
            }
            _ => {}
        }
        Ok(())
    }

    /// A tensor has been decoded.
    pub(super) fn tensor(
        &mut self,
        index: usize,
        shape: &TensorShape,
        tensor: &CodedTensor,
    ) -> Result<(), CodeError> {
        let (nonzeros, passing) = match tensor.subspace() {
            None if tensor.changed().is_some() => (shape.len(), 0),
            None => (tensor.nonzeros(), 0),
            Some(subspace) => (shape.len(), subspace.memory(shape, tensor.symbols().len())),
        };
        let outputs = shape.dimensions.first().copied().unwrap_or(0) as u64;
        let raw = tensor.raw_weights().map_or(0, size_of_val) as u64;
        self.take(raw + nonzeros as u64 * BYTES_PER_NONZERO + outputs * BYTES_PER_OUTPUT)?;
        self.pass(passing)?;
        let uses = self.uses.get(index).copied().unwrap_or(0);
        self.compute((nonzeros as u64).saturating_mul(uses))
    }

    /// So many bytes more are taken for good.
    pub(super) fn take(&mut self, bytes: u64) -> Result<(), CodeError> {
        self.memory = self.memory.saturating_add(bytes);
        Ok(self.limit.check(self.memory)?)
    }

    /// So many bytes more are taken for a while.
    pub(super) fn pass(&self, bytes: u64) -> Result<(), CodeError> {
        Ok(self.limit.check(self.memory.saturating_add(bytes))?)
    }

    /// So many operations an example more.
    fn compute(&mut self, operations: u64) -> Result<(), CodeError> {
        self.operations = self.operations.saturating_add(operations);
        let limit = self.limit.bytes().saturating_mul(OPERATIONS_PER_BYTE);
        if self.operations > limit {
            return Err(CodeError::TooMuchWork {
                operations: self.operations,
                limit,
                memory: self.operations.div_ceil(OPERATIONS_PER_BYTE),
            });
        }
        Ok(())
    }
}

/// The most numbers of an example that a node's evaluation holds: the values that are read from it
/// on, and what it makes.
fn numbers_at_once(graph: &Graph) -> u64 {
    let mut last_reader = vec![0; graph.values().len()];
    for (index, node) in graph.nodes().iter().enumerate() {
        for &value in &node.inputs {
            last_reader[value] = index;
        }
    }
    let numbers = |value: usize| graph.values().get(value).map_or(0, Dimensions::numbers) as u64;
    let mut dying: Vec<Vec<usize>> = vec![Vec::new(); graph.nodes().len()];
    for (value, &reader) in last_reader.iter().enumerate().take(graph.nodes().len()) {
        dying[reader].push(value);
    }
    let (mut held, mut most) = (numbers(0), 0);
    for (index, values) in dying.iter().enumerate() {
        held += numbers(index + 1);
        most = most.max(held);
        held -= values.iter().map(|&value| numbers(value)).sum::<u64>();
    }
    most
}

/// Operations of a node but those with weights: one for each number that it reads or makes, more
/// where numbers are used again or a function of them takes several.
fn operations_without_weights(
    operator: &Operator,
    read: &[&Dimensions],
    after: &Dimensions,
) -> u64 {
    let made = after.numbers() as u64;
    let numbers = read.iter().map(|value| value.numbers() as u64).sum::<u64>() + made;
    match operator {
        Operator::Pool { window, .. } => {
            let size = (window.size[0] as u64).saturating_mul(window.size[1] as u64);
            numbers.saturating_add(made.saturating_mul(size))
        }
        Operator::LocalResponse { size, .. } => {
            made.saturating_mul(*size as u64 + FUNCTION_OPERATIONS)
        }
        Operator::Resize { .. } => numbers.saturating_add(made.saturating_mul(9)),
        Operator::MatrixProduct => {
            let inner = read.first().and_then(|first| first.lengths().last());
            numbers.saturating_add(made.saturating_mul(inner.copied().unwrap_or(1) as u64))
        }
        Operator::Activation(Activation::Relu | Activation::Clip { .. }) => numbers,
        Operator::Activation(_)
        | Operator::Softmax { .. }
        | Operator::Normalise { .. }
        | Operator::Scalar { .. }
        | Operator::Combine(_) => numbers.saturating_mul(FUNCTION_OPERATIONS),
        _ => numbers,
    }
}

/// Operations of an elementary function, at most.
const FUNCTION_OPERATIONS: u64 = 32;

/// The most numbers of an example that a step of its evaluation holds: what it reads, what it makes
/// unless it puts that in its place, and what open branches remember.
fn features_at_once(architecture: &Architecture) -> u64 {
    let mut remembered: Vec<u64> = Vec::new();
    let mut most = 0;
    for (layer, before, after) in architecture.steps() {
        let (before, after) = (before.features() as u64, after.features() as u64);
        let made = if is_in_place(layer) { 0 } else { after };
        let held = before + made + remembered.iter().sum::<u64>();
        most = most.max(held);
        match layer {
            Layer::Branch => remembered.push(before),
            Layer::Exchange => {
                remembered.pop();
                remembered.push(before);
            }
            Layer::Join => {
                remembered.pop();
            }
            _ => {}
        }
    }
    most
}

/// Whether a step changes the numbers that it reads, or leaves them where they are.
fn is_in_place(layer: &Layer) -> bool {
    match layer {
        Layer::Relu
        | Layer::Relu6
        | Layer::Normalise
        | Layer::BatchNormalise
        | Layer::Exchange
        | Layer::Join => true,
        Layer::Convolution(_)
        | Layer::Deskew
        | Layer::Oriented { .. }
        | Layer::MaxPool { .. }
        | Layer::AveragePool { .. }
        | Layer::GlobalAverage
        | Layer::Dense { .. }
        | Layer::Branch => false,
    }
}
