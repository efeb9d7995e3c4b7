//! Steps measured again where they are to be used.

use super::calibration::Calibration;
use super::correction::{correct_channels, shift_after};
use super::grids::{Grids, KEPT};
use crate::evaluate::Evaluator;
use crate::network::budget::divergence::divergence;
use crate::network::budget::error::BudgetError;
use crate::network::import::ImportError;
use crate::network::trained_network::TrainedNetwork;

/// How often steps are measured.
pub(super) const MEASUREMENTS: usize = 2;

/// Photographs on which they are.
const PHOTOGRAPHS: usize = 64;

/// A divergence that is so many times too large makes a step this power of it shorter. The half
/// would be right if it grew with the square of the step and were measured without noise.
const POWER: f64 = 0.4;

/// A step becomes at most so many times longer or shorter at once.
const FACTOR: f64 = 4.0;

/// Bits are compared this many doublings of a step to either side of it.
const OCTAVES: f32 = 0.25;

/// Of the bits a tensor saves with a step twice as long at least so many a weight are reckoned
/// with, so that a tensor of nearly nothing but zeros keeps a step.
const LEAST_SAVING: f64 = 0.05;

/// Changes the steps of the grids so that, within so many bits, a bit more buys the same
/// everywhere: with the divergence `D_t` of the probabilities when tensor `t` alone is on its grid,
/// and the bits `b_t` that a step twice as long would save, all `D_t / b_t` are alike. `report` is
/// told after each tensor.
///
/// # Errors
/// If the network does not read the images.
pub(super) fn measure_again(
    grids: &mut Grids,
    calibration: &Calibration,
    bits: f64,
    report: &mut dyn FnMut(),
) -> Result<(), BudgetError> {
    for _ in 0..MEASUREMENTS {
        let exponent = grids.exponent_within(bits);
        let savings = savings(grids, exponent);
        let divergences = divergences(grids, exponent, calibration, report)?;
        let rates: Vec<Option<f64>> = divergences
            .into_iter()
            .zip(savings)
            .map(|(divergence, saving)| divergence.map(|divergence| divergence / saving))
            .collect();
        let logarithms: Vec<f64> = rates.iter().flatten().map(|rate| rate.ln()).collect();
        let mean = logarithms.iter().sum::<f64>() / logarithms.len().max(1) as f64;
        for (place, rate) in rates.into_iter().enumerate() {
            if let Some(rate) = rate {
                let factor = (POWER * (mean - rate.ln())).exp();
                grids.stretch(place, factor.clamp(1.0 / FACTOR, FACTOR) as f32);
            }
        }
    }
    Ok(())
}

/// The bits that each tensor would save with a step twice as long.
fn savings(grids: &Grids, exponent: f32) -> Vec<f64> {
    let [fine, coarse] = [-OCTAVES, OCTAVES].map(|octaves| grids.bits(exponent + octaves));
    let weights = grids.original().weights.iter().map(Vec::len);
    fine.iter()
        .zip(coarse)
        .zip(weights)
        .map(|((fine, coarse), weights)| {
            let saving = (fine - coarse) / f64::from(2.0 * OCTAVES);
            saving.max(LEAST_SAVING * weights as f64)
        })
        .collect()
}

/// The mean divergence that each tensor makes alone, with what makes up for its errors; none for
/// those that have no step, or make none.
fn divergences(
    grids: &Grids,
    exponent: f32,
    calibration: &Calibration,
    report: &mut dyn FnMut(),
) -> Result<Vec<Option<f64>>, BudgetError> {
    let original = grids.original();
    let architecture = &original.architecture;
    let evaluator = Evaluator::of(architecture, original.weights.clone());
    let mut features = evaluator
        .features_of(&calibration.images().spread(PHOTOGRAPHS), 0)
        .map_err(ImportError::from)?;
    let logits = evaluator.logits_from(&features);
    let mut tensors: Vec<_> = grids
        .tensors(exponent, KEPT)
        .into_iter()
        .map(Some)
        .collect();
    let mut divergences = vec![None; tensors.len()];
    for (layer, place) in architecture.first_tensors().into_iter().enumerate() {
        let Some(place) = place.filter(|&place| grids.has_step(place)) else {
            continue;
        };
        let Some(tensor) = tensors.get_mut(place).and_then(Option::take) else {
            continue;
        };
        features = evaluator.advance(features, layer);
        let mut changed: TrainedNetwork = original.clone();
        grids.put(&mut changed, place, tensor);
        let changed = Evaluator::of(architecture, changed.weights);
        let mut after = features.clone();
        if let Some(shift) = shift_after(architecture, layer) {
            let before = evaluator.advance(features.clone(), shift + 1);
            after = changed.advance(after, shift + 1);
            correct_channels(&before, &mut after);
        }
        let changed = changed.logits_from(&after);
        let total: f64 = logits
            .iter()
            .zip(&changed)
            .map(|(before, after)| divergence(before, after))
            .sum();
        let mean = total / logits.len().max(1) as f64;
        divergences[place] = (mean.is_finite() && mean > 0.0).then_some(mean);
        report();
    }
    Ok(divergences)
}
