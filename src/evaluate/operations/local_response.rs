//! Normalisation by the channels around each.

use crate::evaluate::elementary::power::power;
use crate::evaluate::lanes::{accumulate_square, Lanes, LANES};
use crate::vectorised::vectorised;

/// `x / (bias + (alpha / size) * sum of squares)^beta` (Krizhevsky et al. 2012), the sum from 0
/// over the channels around each, in order.
#[derive(Debug)]
pub(in crate::evaluate) struct LocalResponse {
    pub(super) channels: usize,
    pub(super) size: usize,
    pub(super) alpha: f32,
    pub(super) beta: f32,
    pub(super) bias: f32,
}

impl LocalResponse {
    pub(super) fn run(&self, features: &[Lanes]) -> Vec<Lanes> {
        let area = features.len() / self.channels;
        let before = (self.size - 1) / 2;
        let weight = self.alpha / self.size as f32;
        let mut results = features.to_vec();
        vectorised(
            #[inline(always)]
            || {
                for (channel, results) in results.chunks_exact_mut(area).enumerate() {
                    let first = channel.saturating_sub(before);
                    let end = (channel + self.size - before).min(self.channels);
                    for (place, value) in results.iter_mut().enumerate() {
                        let mut sum = [0.0; LANES];
                        for other in first..end {
                            accumulate_square(&mut sum, &features[other * area + place]);
                        }
                        for (value, sum) in value.iter_mut().zip(sum) {
                            *value /= power(self.bias + weight * sum, self.beta);
                        }
                    }
                }
            },
        );
        results
    }
}
