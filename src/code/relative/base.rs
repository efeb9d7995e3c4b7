//! A network that others are written relative to.

use std::sync::Arc;

use crate::code::graph::nodes::Graph;
use crate::storage::memory_limit::MemoryLimit;

/// A network that the decoder has anyway, so that only what is new costs bits.
///
/// If it is independent of the training sample, `2^-|h|` with the length of a file relative to it
/// is a prior that was fixed before the sample was seen, given the base (Dziugaite
/// and Roy 2017 of such priors; Lotfi et al. 2022 of networks trained on other data).
///
/// ```
/// use nonvacuous::code::{Base, CodedTensor, Graph, Model, Node, Operator};
/// use nonvacuous::shape::ImageSize;
/// let input = ImageSize { channels: 1, height: 2, width: 2 };
/// let flat = Node { operator: Operator::Flatten, inputs: vec![0] };
/// let dense = |units, value| Node {
///     operator: Operator::Dense { units, bias: false },
///     inputs: vec![value],
/// };
/// let graph = Graph::new(input, vec![flat, dense(3, 1)])?;
/// let raw = CodedTensor::raw(vec![0.5; 12]);
/// let base = Base::decode(&Model::new(graph, vec![], vec![raw])?.encode()?)?;
/// // All of its nodes, and a further layer.
/// let spliced = base.spliced(input, vec![], 2, vec![dense(2, 2)])?;
/// let new = CodedTensor::raw(vec![1.0, 0.0, 0.0, -1.0, 0.0, 0.0]);
/// let same = CodedTensor::unchanged(base.weights()[0].clone());
/// let model = Model::relative(spliced, vec![], vec![same, new])?;
/// assert_eq!(Model::decode_relative(&model.encode()?, &base)?, model);
/// # Ok::<(), nonvacuous::code::CodeError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Base {
    graph: Graph,
    weights: Vec<Arc<[f32]>>,
    sha256: String,
    bytes: usize,
}

impl Base {
    /// With the digest and the length of its file.
    pub(in crate::code) fn new(
        graph: Graph,
        weights: Vec<Vec<f32>>,
        sha256: String,
        bytes: usize,
    ) -> Self {
        Self {
            graph,
            weights: weights.into_iter().map(Arc::from).collect(),
            sha256,
            bytes,
        }
    }

    /// Its operators.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// Its tensors of weights, in the order of [`Graph::tensors`].
    pub fn weights(&self) -> &[Arc<[f32]>] {
        &self.weights
    }

    /// SHA-256 of its file, in hexadecimal.
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// The limit of a file that is read together with it: the base was given on purpose, so its
    /// bytes count as the file's.
    pub fn limit_with(&self, file: &[u8]) -> MemoryLimit {
        MemoryLimit::of_file(file.len().saturating_add(self.bytes))
    }

    /// Bytes of memory that its weights take.
    pub(in crate::code) fn memory(&self) -> u64 {
        let weights: usize = self.weights.iter().map(|tensor| tensor.len()).sum();
        weights as u64 * size_of::<f32>() as u64
    }

    /// The first 32 bits of its digest, by which a file knows its base.
    pub(in crate::code) fn check(&self) -> u32 {
        let first = self.sha256.get(..8).unwrap_or_default();
        u32::from_str_radix(first, 16).unwrap_or_default()
    }
}
