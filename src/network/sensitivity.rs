//! What an error in a tensor costs: for each tensor of convolutions and dense layers the cost of a
//! squared error; scales, shifts and biases have none, since they are kept precise.

use super::trained_network::TrainedNetwork;
use crate::evaluate::{Evaluator, Features};

/// The step that is tried, as a part of the root mean square of a tensor: some 4 bits a weight.
const TRIED: f32 = 0.25;

/// `1 / ||w_t||^2`: the same relative error everywhere costs the same.
pub(super) fn relative(network: &TrainedNetwork) -> Vec<Option<f64>> {
    let squares = |weights: &[f32]| {
        weights
            .iter()
            .map(|&weight| f64::from(weight).powi(2))
            .sum::<f64>()
    };
    let shapes = network.architecture.tensors();
    let tensors =
        network
            .weights
            .iter()
            .zip(&shapes)
            .map(|(weights, shape)| match shape.dimensions.len() {
                0 | 1 => None,
                _ => Some(1.0 / squares(weights).max(f64::MIN_POSITIVE)),
            });
    tensors.collect()
}

/// How many tensors have a sensitivity.
pub(crate) fn sensitive_tensors(network: &TrainedNetwork) -> usize {
    network
        .architecture
        .tensors()
        .iter()
        .filter(|shape| shape.dimensions.len() > 1)
        .count()
}

/// The squared difference of the logits that rounding one tensor alone makes, divided by the
/// squared error in the tensor, on images whose features stand before the first layer of the
/// network's evaluator. No labels, no gradients. `report` is told after each tensor.
pub(crate) fn sensitivities(
    network: &TrainedNetwork,
    original: &Evaluator,
    mut features: Features,
    mut report: impl FnMut(),
) -> Vec<Option<f64>> {
    let logits = original.logits_from(&features);
    let mut sensitivities = relative(network);
    for (layer, place) in network.architecture.first_tensors().into_iter().enumerate() {
        let Some(place) =
            place.filter(|&place| sensitivities.get(place).copied().flatten().is_some())
        else {
            continue;
        };
        features = original.advance(features, layer);
        if let Some(cost) = cost(network, place, &features, &logits) {
            sensitivities[place] = Some(cost);
        }
        report();
    }
    sensitivities
}

/// The measured sensitivity of one tensor; nothing if rounding changes nothing.
fn cost(
    network: &TrainedNetwork,
    place: usize,
    features: &Features,
    logits: &[Vec<f32>],
) -> Option<f64> {
    let mut changed = network.weights.clone();
    let weights = changed.get_mut(place)?;
    let squares: f32 = weights.iter().map(|weight| weight * weight).sum();
    let step = TRIED * (squares / weights.len() as f32).sqrt();
    let mut error = 0.0;
    for weight in weights.iter_mut() {
        let rounded = (*weight / step).round() * step;
        error += f64::from(*weight - rounded).powi(2);
        *weight = rounded;
    }
    let changed = Evaluator::of(&network.architecture, changed).logits_from(features);
    let pairs = changed.iter().flatten().zip(logits.iter().flatten());
    let distortion: f64 = pairs
        .map(|(one, other)| f64::from(one - other).powi(2))
        .sum();
    (error > 0.0 && distortion > 0.0 && distortion.is_finite()).then(|| distortion / error)
}
