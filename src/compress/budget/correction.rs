//! Means of channels, as they were before quantisation.

use super::BudgetError;
use crate::code::Layer;
use crate::compress::{ImportError, TrainedNetwork};
use crate::data::Batch;
use crate::nets::Evaluator;

/// Adds to the shift of each batch normalisation what the mean over `images` of its channel has lost in `quantised`, layer after layer, so
/// that each layer is corrected for what is left of all errors before it (Nagel et al. 2019, empirically).
///
/// # Errors
/// If the network does not read the images.
pub fn correct_means(
    original: &TrainedNetwork,
    quantised: &TrainedNetwork,
    images: &Batch,
) -> Result<TrainedNetwork, BudgetError> {
    let mut corrected = quantised.clone();
    let architecture = &original.architecture;
    let reference = Evaluator::of(architecture, original.weights.clone());
    let evaluator = Evaluator::of(architecture, quantised.weights.clone());
    let mut before = reference.start(images).map_err(ImportError::from)?;
    let mut after = evaluator.start(images).map_err(ImportError::from)?;
    let firsts = architecture.first_tensors();
    for ((place, layer), first) in architecture.layers().iter().enumerate().zip(firsts) {
        before = reference.advanced(before, place + 1);
        after = evaluator.advanced(after, place + 1);
        let (Layer::BatchNormalise, Some(first)) = (layer, first) else {
            continue;
        };
        let means = before.channel_means().into_iter().zip(after.channel_means());
        let lost: Vec<f32> = means.map(|(before, after)| (before - after) as f32).collect();
        after.add_to_channels(&lost);
        if let Some(shifts) = corrected.weights.get_mut(first + 1) {
            shifts.iter_mut().zip(lost).for_each(|(shift, lost)| *shift += lost);
        }
    }
    Ok(corrected)
}
