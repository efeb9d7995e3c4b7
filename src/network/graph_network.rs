//! A graph with weights, as what it can become.

use super::import::error::ImportError;
use super::import::pixels::scales_and_shifts;
use super::trained_network::TrainedNetwork;
use crate::code::{AsChain, Graph, Node, Operator, Structure};

impl TrainedNetwork<Graph> {
    /// The same network as a [chain](Graph::as_chain), if it is one: its file is shorter, and it
    /// can be trained further. Else as the graph that it is.
    ///
    /// # Errors
    /// None in practice: the chain has the graph's tensors.
    pub fn simplest(self) -> Result<TrainedNetwork<Structure>, ImportError> {
        let (graph, mut weights) = self.into_parts();
        let Some(AsChain {
            architecture,
            tensors,
        }) = graph.as_chain()
        else {
            return TrainedNetwork::new(Structure::from(graph), weights);
        };
        let weights = tensors
            .into_iter()
            .map(|tensor| match weights.get_mut(tensor) {
                Some(weights) => std::mem::take(weights),
                None => Vec::new(),
            });
        TrainedNetwork::new(Structure::from(architecture), weights.collect())
    }

    /// The network after a map of pixels from 0 to 1 to those that it expects for black and white:
    /// two numbers for all channels, or for each. It is part of the function, so it is part of the
    /// file.
    ///
    /// # Errors
    /// [`ImportError::Pixels`] if there is another number of numbers; if the graph has no room for
    /// one more node.
    pub fn with_pixels(self, pixels: &[f32]) -> Result<Self, ImportError> {
        let (graph, mut weights) = self.into_parts();
        weights.splice(0..0, scales_and_shifts(pixels, graph.input().channels)?);
        let map = Node {
            operator: Operator::Affine {
                axis: 0,
                scale: true,
                shift: true,
            },
            inputs: vec![0],
        };
        let moved = graph.nodes().iter().map(|node| Node {
            operator: node.operator.clone(),
            inputs: node.inputs.iter().map(|value| value + 1).collect(),
        });
        let nodes = std::iter::once(map).chain(moved).collect();
        let graph = Graph::new(graph.input(), nodes).map_err(crate::code::CodeError::from)?;
        Self::new(graph, weights)
    }
}

impl TrainedNetwork<Structure> {
    /// The network as a chain of layers.
    ///
    /// # Errors
    /// The network itself, if it is none.
    pub fn into_chain(self) -> Result<TrainedNetwork, Self> {
        match self.architecture {
            Structure::Chain(architecture) => Ok(TrainedNetwork {
                architecture,
                weights: self.weights,
            }),
            _ => Err(self),
        }
    }
}

impl From<TrainedNetwork> for TrainedNetwork<Structure> {
    fn from(network: TrainedNetwork) -> Self {
        Self {
            architecture: network.architecture.into(),
            weights: network.weights,
        }
    }
}
