//! The network of a graph on candle, for training.

use candle_core::{bail, Result, Tensor};

use super::operator::compute;
use super::rearrange::for_each_example;
use super::value::Value;
use crate::code::{Graph, Structure};
use crate::train::running_moments::RunningMoments;
use crate::train::trainable::Trainable;

/// The operators of a graph, applied to candle tensors on a CPU with weights given from outside.
///
/// ```
/// use candle_core::{DType, Device, Tensor};
/// use nonvacuous::code::{Graph, Node, Operator};
/// use nonvacuous::shape::ImageSize;
/// use nonvacuous::train::GraphNetwork;
/// let input = ImageSize { channels: 1, height: 2, width: 2 };
/// let flat = Node { operator: Operator::Flatten, inputs: vec![0] };
/// let dense = Node { operator: Operator::Dense { units: 3, bias: false }, inputs: vec![1] };
/// let network = GraphNetwork::new(Graph::new(input, vec![flat, dense])?);
/// let weights = [Tensor::ones((3, 4), DType::F32, &Device::Cpu)?];
/// let images = Tensor::ones((5, 1, 2, 2), DType::F32, &Device::Cpu)?;
/// let logits = network.forward(&weights, &images)?;
/// assert_eq!(logits.to_vec2::<f32>()?, vec![vec![4.0; 3]; 5]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct GraphNetwork {
    graph: Graph,
}

impl GraphNetwork {
    /// The network of `graph`.
    pub fn new(graph: Graph) -> Self {
        Self { graph }
    }

    /// Logits, `[batch, classes]`, of images `[batch, channels, height, width]`: what a model with
    /// these weights computes. They are computed fastest where the batch is a multiple of
    /// [`LANES`](crate::train::operators::LANES).
    ///
    /// # Errors
    /// If `weights` do not have the graph's shapes.
    pub fn forward(&self, weights: &[Tensor], images: &Tensor) -> Result<Tensor> {
        let shapes = self.graph.tensors();
        for (weights, shape) in weights.iter().zip(&shapes) {
            if weights.dims() != shape.dimensions {
                bail!("{} has the dimensions {:?}", shape.name, weights.dims());
            }
        }
        if weights.len() != shapes.len() {
            bail!(
                "{} tensors of weights instead of {}",
                weights.len(),
                shapes.len()
            );
        }
        self.forward_from(0, weights, images)
    }

    /// Logits of what the first `steps` nodes have made of images, `[batch, …]`, with the weights
    /// of the others, which read nothing that was made earlier.
    ///
    /// # Errors
    /// If candle fails; if a value was made earlier, or `weights` are too few.
    pub fn forward_from(&self, steps: usize, weights: &[Tensor], made: &Tensor) -> Result<Tensor> {
        let examples = made.dim(0)?;
        let mut values = vec![None; steps];
        values.push(Some(Value::plain(made.clone())));
        let mut next = 0;
        for (node, dimensions, after) in self.graph.steps().skip(steps) {
            let read = node.inputs.iter().map(|&value| values[value].as_ref());
            let Some(read) = read.collect::<Option<Vec<&Value>>>() else {
                bail!("{} reads what was made earlier", node.operator);
            };
            let count = node.operator.weights(&dimensions).len();
            let Some(own) = weights.get(next..next + count) else {
                bail!("too few tensors of weights");
            };
            next += count;
            values.push(Some(compute(&node.operator, &read, own, after)?));
        }
        match values.last() {
            Some(Some(logits)) => for_each_example(&logits.to_plain()?.flatten_from(1)?, examples),
            _ => bail!("a graph without nodes"),
        }
    }
}

impl Trainable for GraphNetwork {
    fn structure(&self) -> Structure {
        self.graph.clone().into()
    }

    fn forward_in_training(
        &self,
        weights: &[Tensor],
        fixed_features: &Tensor,
        _running: Option<&mut RunningMoments>,
    ) -> Result<Tensor> {
        self.forward(weights, fixed_features)
    }
}
