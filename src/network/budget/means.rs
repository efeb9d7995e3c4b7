//! Means of channels, as they were before quantisation.

use super::grids::on_grid;
use crate::evaluate::{Batch, Evaluator};
use crate::network::budget::error::BudgetError;
use crate::network::import::ImportError;
use crate::network::trained_network::TrainedNetwork;

/// Adds to the shift or bias of each layer what the mean over `images` of its channel has lost in
/// `quantised`, and puts it on its grid; layer after layer, so that each is corrected for what is
/// left of all errors before it (Nagel et al. 2019, empirically).
///
/// # Errors
/// If the network does not read the images.
pub(super) fn correct_means(
    original: &TrainedNetwork,
    mut quantised: TrainedNetwork,
    images: &Batch,
) -> Result<TrainedNetwork, BudgetError> {
    let architecture = &original.architecture;
    let reference = Evaluator::of(architecture, original.weights.clone());
    let evaluator = Evaluator::of(architecture, quantised.weights.clone());
    let mut before = reference
        .features_of(images, 0)
        .map_err(ImportError::from)?;
    let mut after = evaluator
        .features_of(images, 0)
        .map_err(ImportError::from)?;
    let firsts = architecture.first_tensors();
    for ((place, layer), first) in architecture.layers().iter().enumerate().zip(firsts) {
        before = reference.advance(before, place + 1);
        after = evaluator.advance(after, place + 1);
        let shifts = first
            .filter(|_| layer.has_shift())
            .and_then(|first| quantised.weights.get_mut(first + 1));
        let Some(shifts) = shifts else {
            continue;
        };
        let means = before
            .channel_means()
            .into_iter()
            .zip(after.channel_means());
        let corrected: Vec<f32> = shifts
            .iter()
            .zip(means)
            .map(|(shift, (before, after))| shift + (before - after) as f32)
            .collect();
        let corrected = on_grid(&corrected);
        let added: Vec<f32> = corrected
            .iter()
            .zip(shifts.iter())
            .map(|(corrected, shift)| corrected - shift)
            .collect();
        after.add_to_channels(&added);
        *shifts = corrected;
    }
    Ok(quantised)
}
