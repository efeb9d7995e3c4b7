//! What an error in a tensor costs: for each tensor of convolutions and dense layers the cost of a
//! squared error; scales, shifts and biases have none, since they are kept precise.

use super::trained_network::TrainedNetwork;
use crate::code::Structure;
use crate::evaluate::{Evaluator, Features};

/// The step that is tried, as a part of the root mean square of a tensor: some 4 bits a weight.
const TRIED: f32 = 0.25;

/// `1 / ||w_t||^2`: the same relative error everywhere costs the same.
pub(super) fn relative<S: Clone + Into<Structure>>(
    network: &TrainedNetwork<S>,
) -> Vec<Option<f64>> {
    let squares = |weights: &[f32]| {
        weights
            .iter()
            .map(|&weight| f64::from(weight).powi(2))
            .sum::<f64>()
    };
    let structure: Structure = network.architecture.clone().into();
    let shapes = structure.tensors();
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
pub(crate) fn sensitive_tensors<S: Clone + Into<Structure>>(network: &TrainedNetwork<S>) -> usize {
    let structure: Structure = network.architecture.clone().into();
    structure
        .tensors()
        .iter()
        .filter(|shape| shape.dimensions.len() > 1)
        .count()
}

/// The squared difference of the logits that rounding one tensor alone makes, divided by the
/// squared error in the tensor, on images whose features stand before the first layer of the
/// network's evaluator; [relative](relative) where rounding changes nothing. No labels, no
/// gradients. `report` is told after each tensor.
pub(crate) fn sensitivities<S: Clone + Into<Structure>>(
    network: &TrainedNetwork<S>,
    original: &Evaluator,
    features: Features,
    report: impl FnMut(),
) -> Vec<Option<f64>> {
    let relative = relative(network);
    let measured = rounding_costs(
        &network.architecture.clone().into(),
        &network.weights,
        original,
        features,
        |place| relative.get(place).copied().flatten().is_some(),
        report,
    );
    let pairs = measured.into_iter().zip(&relative);
    pairs.map(|(cost, relative)| cost.or(*relative)).collect()
}

/// For each tensor that is to be measured what rounding it alone costs, as [`sensitivities`] says;
/// nothing if rounding changes nothing.
pub(super) fn rounding_costs<W: AsRef<[f32]>>(
    structure: &Structure,
    weights: &[W],
    original: &Evaluator,
    mut features: Features,
    is_measured: impl Fn(usize) -> bool,
    mut report: impl FnMut(),
) -> Vec<Option<f64>> {
    let logits = original.logits_from(&features);
    let mut costs = vec![None; weights.len()];
    for (place, measured) in costs.iter_mut().enumerate() {
        if is_measured(place) {
            features = original.advance(features, structure.steps_before_tensor(place));
            *measured = rounding_cost(structure, weights, place, &features, &logits);
            report();
        }
    }
    costs
}

/// Of one tensor, on features that stand before its layer.
fn rounding_cost<W: AsRef<[f32]>>(
    structure: &Structure,
    weights: &[W],
    place: usize,
    features: &Features,
    logits: &[Vec<f32>],
) -> Option<f64> {
    let original = weights.get(place)?.as_ref();
    let squares: f32 = original.iter().map(|weight| weight * weight).sum();
    let step = TRIED * (squares / original.len() as f32).sqrt();
    let mut error = 0.0;
    let mut rounded = Vec::with_capacity(original.len());
    for &weight in original {
        let nearest = (weight / step).round() * step;
        error += f64::from(weight - nearest).powi(2);
        rounded.push(nearest);
    }
    let changed = weights.iter().enumerate().map(|(other, weights)| {
        let weights = if other == place {
            &rounded
        } else {
            weights.as_ref()
        };
        weights.iter().copied()
    });
    let changed = Evaluator::of_structure(structure, changed).logits_from(features);
    let pairs = changed.iter().flatten().zip(logits.iter().flatten());
    let distortion: f64 = pairs
        .map(|(one, other)| f64::from(one - other).powi(2))
        .sum();
    (error > 0.0 && distortion > 0.0 && distortion.is_finite()).then(|| distortion / error)
}
