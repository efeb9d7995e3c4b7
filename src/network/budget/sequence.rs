//! Layer after layer, each as it follows what came of those before it.

use super::calibration::Calibration;
use super::correction::shift_after;
use super::grids::{on_grid, Grids};
use super::inputs::{reader, Inputs};
use super::moved::{moved, of_pairs};
use super::pairs::Pairs;
use crate::evaluate::Evaluator;
use crate::network::budget::error::BudgetError;
use crate::network::trained_network::TrainedNetwork;

/// Puts a network on its grids, layer after layer. `report` is told after each tensor.
///
/// The inputs `x'` of a layer are those that the quantised layers before it compute, and not the
/// `x` of the original: the weights that compute from `x'` what the original layer computes from
/// `x`, up to the least squared error, are `W + W cov(x - x', x') cov(x')^-1`. These are rounded,
/// so that they make up for each other's errors by `cov(x')` (Li et al. 2025). Then each channel's
/// mean is brought back to what it was.
///
/// # Errors
/// If the network does not read the images.
pub(super) fn in_sequence(
    grids: &Grids,
    exponent: f32,
    calibration: &Calibration,
    report: &mut dyn FnMut(),
) -> Result<TrainedNetwork, BudgetError> {
    let original = grids.original();
    let architecture = &original.architecture;
    let reference = Evaluator::of(architecture, original.weights.clone());
    let mut quantised = grids.at(exponent);
    let mut evaluator = Evaluator::of(architecture, quantised.weights.clone());
    let mut pairs = Pairs::new(calibration.images());
    let firsts = architecture.first_tensors();
    for ((layer, (kind, before, after)), first) in architecture.steps().enumerate().zip(firsts) {
        let room_for = before.features().max(after.features());
        pairs.join(&reference, &evaluator, layer, room_for)?;
        let place = first.filter(|&place| grids.has_step(place));
        if let (Some(place), Some((convolution, size))) = (place, reader(kind, before)) {
            let is_corrected = shift_after(architecture, layer).is_some();
            let halves = pairs.moments(&convolution, size);
            let groups = halves.map_or_else(Vec::new, |halves| of_pairs(&halves, is_corrected));
            let weights = moved(&original.weights[place], &groups, convolution.channels);
            let inputs: Vec<Inputs> = groups.into_iter().map(|group| group.inputs).collect();
            let tensor = grids.rounded(place, &weights, exponent, &inputs);
            grids.put(&mut quantised, place, tensor);
            evaluator = Evaluator::of(architecture, quantised.weights.clone());
            report();
        }
        pairs.advance(&reference, &evaluator, layer + 1);
        if let Some(place) = first.filter(|_| kind.has_shift()).map(|first| first + 1) {
            let shifts = corrected(&quantised.weights[place], &pairs.lost());
            let added: Vec<f32> = shifts
                .iter()
                .zip(&quantised.weights[place])
                .map(|(corrected, shift)| corrected - shift)
                .collect();
            pairs.add_to_channels(&added);
            quantised.weights[place] = shifts;
            evaluator = Evaluator::of(architecture, quantised.weights.clone());
        }
    }
    Ok(quantised)
}

/// The shifts, and what their channels have lost, on a grid.
fn corrected(shifts: &[f32], lost: &[f64]) -> Vec<f32> {
    let corrected: Vec<f32> = shifts
        .iter()
        .zip(lost)
        .map(|(shift, lost)| shift + *lost as f32)
        .collect();
    on_grid(&corrected)
}
