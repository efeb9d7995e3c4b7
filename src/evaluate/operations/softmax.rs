//! Exponentials that sum to 1.

use crate::evaluate::elementary::exponential::exponential;
use crate::evaluate::lanes::{each, larger, Lanes, LANES};
use crate::vectorised::vectorised;

/// `exp(x - largest) / sum` along an axis; the largest from minus infinity on and the sum from 0,
/// in order.
#[derive(Debug)]
pub(in crate::evaluate) struct Softmax {
    /// The axis' length.
    pub(super) length: usize,
    /// Numbers of one index of the axis that stand side by side.
    pub(super) inner: usize,
}

impl Softmax {
    pub(super) fn change(&self, values: &mut [Lanes]) {
        vectorised(
            #[inline(always)]
            || {
                for values in values.chunks_exact_mut(self.length * self.inner) {
                    for first in 0..self.inner {
                        softmax(&mut values[first..], self.inner);
                    }
                }
            },
        );
    }
}

/// Of every so many'th number.
#[inline(always)]
fn softmax(values: &mut [Lanes], step: usize) {
    let mut largest = [f32::NEG_INFINITY; LANES];
    for value in values.iter().step_by(step) {
        each(&mut largest, value, larger);
    }
    let mut sum = [0.0; LANES];
    for value in values.iter_mut().step_by(step) {
        each(value, &largest, |value, largest| {
            exponential(value - largest)
        });
        each(&mut sum, value, |sum, value| sum + value);
    }
    for value in values.iter_mut().step_by(step) {
        each(value, &sum, |value, sum| value / sum);
    }
}
