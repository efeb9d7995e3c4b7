//! A network relative to a base in which nothing is learned yet.

use std::sync::Arc;

use crate::code::{Base, Codebook, CodedTensor, Model, Spliced};
use crate::search::error::SearchError;

/// The base as it is, in a network whose head, if it has one, is zero.
pub(super) fn untrained(base: &Base, spliced: Spliced) -> Result<Model, SearchError> {
    let kept = base.weights().iter().take(spliced.base_tensors().len());
    let mut tensors: Vec<CodedTensor> = kept
        .map(|weights| CodedTensor::unchanged(Arc::clone(weights)))
        .collect();
    let mut codebooks = Vec::new();
    let shapes = spliced.graph().tensors();
    for head in &shapes[tensors.len()..] {
        codebooks.push(Codebook::EMPTY);
        tensors.push(CodedTensor::new(codebooks.len() - 1, vec![0; head.len()]));
    }
    Ok(Model::relative(spliced, codebooks, tensors)?)
}
