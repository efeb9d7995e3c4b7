//! Mean 0 and variance 1.

use crate::evaluate::lanes::{accumulate_square, divide, each, total, Lanes, LANES};
use crate::vectorised::vectorised;

/// `(x - m) / sqrt(v + epsilon)` over each `count` numbers side by side, `m` and `v` sums in order
/// from 0 that are divided once.
#[derive(Debug)]
pub(in crate::evaluate) struct Normalise {
    pub(super) count: usize,
    pub(super) epsilon: f32,
}

impl Normalise {
    pub(super) fn change(&self, values: &mut [Lanes]) {
        vectorised(
            #[inline(always)]
            || {
                for values in values.chunks_exact_mut(self.count) {
                    normalise(values, self.epsilon);
                }
            },
        );
    }
}

#[inline(always)]
fn normalise(values: &mut [Lanes], epsilon: f32) {
    let count = values.len();
    let mut mean = [total(values)];
    divide(&mut mean, count);
    let mut variance = [[0.0; LANES]];
    for value in values.iter_mut() {
        each(value, &mean[0], |value, mean| value - mean);
        accumulate_square(&mut variance[0], value);
    }
    divide(&mut variance, count);
    let mut deviation = variance[0];
    for deviation in &mut deviation {
        *deviation = (*deviation + epsilon).sqrt();
    }
    for value in values.iter_mut() {
        each(value, &deviation, |value, deviation| value / deviation);
    }
}
