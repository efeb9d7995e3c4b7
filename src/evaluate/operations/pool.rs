//! Pooling.

use crate::code::{Pooling, Window};
use crate::evaluate::lanes::{each, larger, Lanes, LANES};
use crate::vectorised::vectorised;

/// Pooling over a feature map of these rows and columns.
#[derive(Debug)]
pub(in crate::evaluate) struct Pool {
    pub(super) pooling: Pooling,
    pub(super) window: Window,
    pub(super) before: [usize; 2],
    pub(super) after: [usize; 2],
}

impl Pool {
    pub(super) fn run(&self, features: &[Lanes]) -> Vec<Lanes> {
        let [height, width] = self.before;
        let maps = features.chunks_exact(height * width);
        let mut pooled = Vec::with_capacity(maps.len() * self.after.iter().product::<usize>());
        vectorised(
            #[inline(always)]
            || match self.pooling {
                Pooling::Largest => {
                    for map in maps.clone() {
                        self.map(map, &mut pooled, larger);
                    }
                }
                Pooling::Mean | Pooling::PaddedMean => {
                    for map in maps.clone() {
                        self.map(map, &mut pooled, |sum, value| sum + value);
                    }
                }
            },
        );
        pooled
    }

    /// Row by row what is inside of each window, from its first number; 0 if there is none.
    #[inline(always)]
    fn map(&self, map: &[Lanes], pooled: &mut Vec<Lanes>, combine: impl Fn(f32, f32) -> f32) {
        for row in 0..self.after[0] {
            let rows = self.inside(0, row);
            for column in 0..self.after[1] {
                let columns = self.inside(1, column);
                let mut result = [0.0; LANES];
                let mut count = 0;
                for row in rows.clone() {
                    for column in columns.clone() {
                        let value = &map[row * self.before[1] + column];
                        if count == 0 {
                            result = *value;
                        } else {
                            each(&mut result, value, &combine);
                        }
                        count += 1;
                    }
                }
                let divisor = match self.pooling {
                    Pooling::Largest => 1,
                    Pooling::Mean => count.max(1),
                    Pooling::PaddedMean => self.window.size[0] * self.window.size[1],
                };
                if divisor > 1 {
                    result.iter_mut().for_each(|sum| *sum /= divisor as f32);
                }
                pooled.push(result);
            }
        }
    }

    /// The rows or columns of the map that the window covers at a position.
    #[inline(always)]
    fn inside(&self, side: usize, position: usize) -> std::iter::StepBy<std::ops::Range<usize>> {
        let (dilation, length) = (self.window.dilation[side], self.before[side]);
        let start = position * self.window.stride[side];
        let padding = self.window.padding[side][0];
        // The first entry of the window that is not before the map.
        let skipped = padding.saturating_sub(start).div_ceil(dilation);
        let first = start + skipped * dilation;
        let end = start + (self.window.size[side] - 1) * dilation + 1;
        let (first, end) = match skipped < self.window.size[side] {
            true => (first - padding, end.saturating_sub(padding).min(length)),
            false => (0, 0),
        };
        (first..end.max(first)).step_by(dilation)
    }
}
