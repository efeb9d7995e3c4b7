//! A chain of layers as a graph of operators, its normalisations folded in.

use thiserror::Error;

use super::export::{ExportError, OnnxFile};
use super::import::{ImportError, OnnxError, OnnxNetwork, OnnxOptions};
use super::trained_network::TrainedNetwork;
use crate::code::{Graph, Structure};
use crate::storage::memory_limit::MemoryLimit;

/// Why a chain of layers is no graph.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum AsGraphError {
    /// A layer is no operator.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// What was written for others is not read again; it is, in practice.
    #[error(transparent)]
    Onnx(#[from] OnnxError),
    /// The weights do not fit what was read; they do, in practice.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// The network does not fit into memory.
    #[error("the network cannot be written into memory")]
    Memory(#[from] std::io::Error),
}

/// A chain of layers as a graph of operators: as it would be written for others, and read again.
///
/// # Errors
/// [`AsGraphError::Export`] if a layer is no operator.
pub fn as_graph(network: TrainedNetwork) -> Result<TrainedNetwork<Graph>, AsGraphError> {
    let structure = Structure::from(network.architecture().clone());
    let tensors = structure.tensors().into_iter();
    let names: Vec<String> = tensors.map(|tensor| tensor.name).collect();
    let mut bytes = Vec::new();
    let weights = network.weights();
    OnnxFile::new(&structure, &names)?.write(&mut bytes, |place| {
        weights.get(place).into_iter().flatten().copied()
    })?;
    let options = OnnxOptions {
        memory: Some(MemoryLimit::NONE),
        ..OnnxOptions::default()
    };
    let OnnxNetwork { graph, weights, .. } = OnnxNetwork::decode(&bytes, &options)?;
    Ok(TrainedNetwork::new(graph, weights)?)
}
