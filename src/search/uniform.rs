//! Whole tensors made uniform, where that lowers the bound.

use std::collections::BTreeMap;

use super::error::SearchError;
use crate::bounds::{Bits, FailureProbability};
use crate::certificate::design_bits;
use crate::code::{Model, Structure};
use crate::data::LabelledImages;
use crate::evaluate::{Evaluator, Examples};
use crate::network::{estimated_bound, TrainedNetwork};
use crate::spread::spread;

/// Images on which errors are counted.
const EXAMINED: usize = 2048;

/// The model in which each tensor in turn, from the last to the first, is zero, or its most
/// frequent number everywhere, if that lowers the bound as estimated from some of the images.
/// Training for few bits leaves parts of a network to which nothing listens any more; there it
/// does.
///
/// # Errors
/// If the network does not fit the data, or cannot be coded.
pub(super) fn uniform(
    model: &Model,
    data: &LabelledImages,
    delta: FailureProbability,
) -> Result<Model, SearchError> {
    let indices: Vec<usize> = spread(data.len(), EXAMINED).collect();
    let images = data.batch(&indices);
    let charged = design_bits(model.version(), false) as f64;
    let bound = |model: &Model, errors: u64| -> Result<f64, SearchError> {
        let counted = [errors, indices.len() as u64];
        let bits = Bits::new(model.ideal_bits()? + charged)?;
        Ok(estimated_bound(counted, data.len() as u64, bits, delta)?)
    };
    let mut best = model.clone();
    let mut least = None;
    for tensor in (0..model.tensors().len()).rev() {
        let evaluator = Evaluator::new(&best);
        let steps = best.structure().steps_before_tensor(tensor);
        let features = evaluator.features_of(&images, steps)?;
        let weights = best.weights();
        for number in candidates(&weights[tensor]) {
            let mut weights = weights.clone();
            weights[tensor].fill(number);
            let changed = with_weights(best.structure(), weights)?;
            let before = match least {
                Some(before) => before,
                None => bound(&best, evaluator.errors_from(&features))?,
            };
            let after = bound(&changed, Evaluator::new(&changed).errors_from(&features))?;
            least = Some(before.min(after));
            if after < before {
                best = changed;
            }
        }
    }
    Ok(best)
}

/// Zero and the most frequent number, unless all are that.
fn candidates(weights: &[f32]) -> Vec<f32> {
    let mut counts: BTreeMap<u32, usize> = BTreeMap::new();
    for weight in weights {
        *counts.entry(weight.to_bits()).or_insert(0) += 1;
    }
    if counts.len() < 2 {
        return if weights.iter().all(|&weight| weight == 0.0) {
            Vec::new()
        } else {
            vec![0.0]
        };
    }
    let most = counts.iter().max_by_key(|(_, &count)| count);
    let most = most.map_or(0.0, |(&bits, _)| f32::from_bits(bits));
    if most == 0.0 {
        vec![0.0]
    } else {
        vec![0.0, most]
    }
}

fn with_weights(structure: &Structure, weights: Vec<Vec<f32>>) -> Result<Model, SearchError> {
    Ok(TrainedNetwork::new(structure.clone(), weights)?.model()?)
}
