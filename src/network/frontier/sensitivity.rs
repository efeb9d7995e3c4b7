//! What a squared error in each tensor costs.

use crate::code::Structure;
use crate::evaluate::{Batch, EvaluationError, Evaluator};

/// The step that is tried, as a part of the root mean square of a tensor.
const TRIED: f32 = 0.25;

/// For each tensor the squared difference of the logits that rounding it alone makes on some
/// examples, divided by the squared error in it. Where rounding changes nothing, nothing is lost by
/// a rough grid: the cost is then a thousandth of the least of the others.
pub(super) fn sensitivities(
    structure: &Structure,
    weights: &[Vec<f32>],
    examples: &Batch,
    report: &mut dyn FnMut(),
) -> Result<Vec<f64>, EvaluationError> {
    let logits = |weights: &[Vec<f32>]| -> Result<Vec<f64>, EvaluationError> {
        let weights = weights.iter().map(|tensor| tensor.iter().copied());
        let evaluator = Evaluator::of_structure(structure, weights);
        let logits = evaluator.logits_from(&evaluator.features_of(examples, 0)?);
        Ok(logits.into_iter().flatten().map(f64::from).collect())
    };
    let original = logits(weights)?;
    let mut changed = weights.to_vec();
    let mut costs = Vec::with_capacity(weights.len());
    for (place, tensor) in weights.iter().enumerate() {
        let squares: f32 = tensor.iter().map(|weight| weight * weight).sum();
        let step = TRIED * (squares / tensor.len() as f32).sqrt();
        let mut error = 0.0;
        for weight in &mut changed[place] {
            let rounded = (*weight / step).round() * step;
            if rounded.is_finite() {
                error += f64::from(*weight - rounded).powi(2);
                *weight = rounded;
            }
        }
        let distortion: f64 = logits(&changed)?
            .iter()
            .zip(&original)
            .map(|(one, other)| (one - other).powi(2))
            .sum();
        changed[place].clone_from(tensor);
        let is_measured = error > 0.0 && distortion > 0.0 && distortion.is_finite();
        costs.push(is_measured.then(|| distortion / error));
        report();
    }
    let least = costs
        .iter()
        .flatten()
        .fold(f64::INFINITY, |least, &cost| least.min(cost));
    let without = if least.is_finite() {
        least / 1000.0
    } else {
        1.0
    };
    Ok(costs
        .into_iter()
        .map(|cost| cost.unwrap_or(without))
        .collect())
}
