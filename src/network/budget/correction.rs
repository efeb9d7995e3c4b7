//! What brings the mean of a channel back to what it was before quantisation.

use crate::code::{Architecture, Layer};
use crate::evaluate::Features;

/// The layer whose shift can bring the means of what `layer` computes back to what they were:
/// itself, if it has a bias, or a batch normalisation that follows.
pub(super) fn shift_after(architecture: &Architecture, layer: usize) -> Option<usize> {
    let layers = architecture.layers();
    if layers.get(layer)?.has_shift() {
        return Some(layer);
    }
    (layers.get(layer + 1) == Some(&Layer::BatchNormalise)).then_some(layer + 1)
}

/// Brings the means of `after` to those of `before`.
pub(super) fn correct_channels(before: &Features, after: &mut Features) {
    let lost = before
        .channel_means()
        .into_iter()
        .zip(after.channel_means());
    let lost: Vec<f32> = lost
        .map(|(before, after)| (before - after) as f32)
        .collect();
    after.add_to_channels(&lost);
}
