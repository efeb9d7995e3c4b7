//! A tensor on a uniform grid, with room around zero.

use crate::code::{Codebook, MAX_CODEWORDS};

/// Multiples of a step reach this far, so that a codebook holds them all.
const FARTHEST: f32 = (MAX_CODEWORDS / 2) as f32;

/// Binary digits of a step after the leading one.
const STEP_DIGITS: u32 = 3;

/// The shortest step that reaches the largest weight.
pub(super) fn shortest_step(weights: &[f32]) -> f32 {
    let largest = weights
        .iter()
        .fold(0.0f32, |largest, weight| largest.max(weight.abs()));
    largest / FARTHEST
}

/// Weights as multiples of a step: `sign(w) floor(|w| / step + 1 - dead_zone)`, so that all below
/// `dead_zone` steps become zero; a dead zone of 1/2 takes the nearest multiple. A step that is too
/// short to reach the largest weight is lengthened.
pub(super) fn on_grid(weights: &[f32], step: f32, dead_zone: f32) -> Vec<f32> {
    let step = Codebook::round(step.max(shortest_step(weights)), STEP_DIGITS);
    if !(step.is_normal() && step > 0.0) {
        return vec![0.0; weights.len()];
    }
    let multiple = |weight: f32| {
        (weight.abs() / step + (1.0 - dead_zone))
            .floor()
            .min(FARTHEST)
    };
    weights
        .iter()
        .map(|&weight| match multiple(weight) {
            0.0 => 0.0,
            multiple => (multiple * step).copysign(weight),
        })
        .collect()
}
