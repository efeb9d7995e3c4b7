//! What decoding a file and evaluating its network take, reckoned before it is done.

use crate::code::architecture::chain::Architecture;
use crate::code::architecture::layer::{Convolution, Layer};
use crate::code::architecture::tensors::TensorShape;
use crate::code::error::CodeError;
use crate::code::fixed::oriented;
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
///   output; [`BYTES_PER_FEATURE`] a number of what one step of the evaluation holds at once; the
///   pixels of the images that are decoded together. A further thread holds numbers of its own.
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
    pub(super) fn of(architecture: &Architecture, limit: MemoryLimit) -> Result<Self, CodeError> {
        let pixels = architecture.input().features() as u64;
        let pixels = (EXAMPLES_AT_ONCE * pixels).min(pixels.max(PIXELS_AT_ONCE as u64));
        let mut demand = Self {
            limit,
            memory: pixels,
            operations: 0,
            uses: Vec::new(),
        };
        demand.take(architecture.weights().unwrap_or(u64::MAX))?;
        demand.take(BYTES_PER_FEATURE * features_at_once(architecture))?;
        for (layer, before, after) in architecture.steps() {
            demand.layer(layer, before, after)?;
        }
        Ok(demand)
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
            None => (tensor.nonzeros(), 0),
            Some(subspace) => (shape.len(), subspace.memory(shape, tensor.symbols().len())),
        };
        let outputs = shape.dimensions.first().copied().unwrap_or(0) as u64;
        self.take(nonzeros as u64 * BYTES_PER_NONZERO + outputs * BYTES_PER_OUTPUT)?;
        self.pass(passing)?;
        let uses = self.uses.get(index).copied().unwrap_or(0);
        self.compute((nonzeros as u64).saturating_mul(uses))
    }

    /// So many bytes more are taken for good.
    fn take(&mut self, bytes: u64) -> Result<(), CodeError> {
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
