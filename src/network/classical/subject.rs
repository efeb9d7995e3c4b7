//! A network as the theorems see it: a chain of layers with weights, behind what is fixed.

use super::misfit::NoBound;
use crate::code::{Architecture, Layer, Model, Structure};
use crate::shape::ImageSize;

/// A chain of layers with its weights.
#[derive(Debug)]
pub(super) struct Subject {
    /// The layers.
    pub(super) architecture: Architecture,
    /// Which of the model's tensors each of the chain's is.
    tensors: Vec<usize>,
    /// How many layers stand before the first one with weights: a fixed function of the image,
    /// which belongs to the example and not to the network.
    pub(super) front: usize,
    /// Whether the evaluator of the model counts the same layers.
    pub(super) is_chain: bool,
}

impl Subject {
    /// Of a model, whether it is stored as a chain or as a graph that is one.
    ///
    /// # Errors
    /// [`NoBound::NoChain`], [`NoBound::NoWeights`].
    pub(super) fn of(model: &Model) -> Result<Self, NoBound> {
        let (architecture, tensors, is_chain) = match model.structure() {
            Structure::Chain(chain) => {
                let tensors = (0..chain.tensors().len()).collect();
                (chain.clone(), tensors, true)
            }
            Structure::Graph(graph) => {
                let chain = graph.as_chain().ok_or(NoBound::NoChain)?;
                (chain.architecture, chain.tensors, false)
            }
        };
        let firsts = architecture.first_tensors();
        let front = firsts.iter().position(Option::is_some);
        Ok(Self {
            architecture,
            tensors,
            front: front.ok_or(NoBound::NoWeights)?,
            is_chain,
        })
    }

    /// The layers from the first one with weights on, each with the sizes before and after it.
    pub(super) fn behind_front(&self) -> impl Iterator<Item = (&Layer, ImageSize, ImageSize)> {
        self.architecture.steps().skip(self.front)
    }

    /// The weights of the chain's tensors, in its order.
    pub(super) fn weights<'a>(&'a self, model: &'a Model) -> impl Iterator<Item = Vec<f32>> + 'a {
        let tensors = self.tensors.iter();
        tensors.map(|&tensor| model.tensor_weights(tensor).collect())
    }
}
