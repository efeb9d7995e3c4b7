//! The inner loops: sums of products for a few outputs at a few positions, held in registers.
//!
//! A *place* is a position in a feature map of [`LANES`] batch-interleaved images. What is read and
//! written is given by tables of places, so that one loop serves convolutions of any stride, their
//! gradients, and dense layers.

use pulp::{Simd, WithSimd};

use super::real::Real;
use crate::train::operators::lanes::LANES;

/// Outputs computed together.
pub(super) const OUTPUTS: usize = 4;

/// Most places computed together: with [`OUTPUTS`] they fill 32 registers.
const WIDE: usize = 6;

/// Weights in the order in which [`Correlate`] reads them: outputs in tiles, within a tile tap by
/// tap.
pub(in super::super) fn pack<T: Real>(
    outputs: usize,
    taps: usize,
    weight: impl Fn(usize, usize) -> T,
) -> Vec<T> {
    let tile = tile_outputs(outputs);
    let mut packed = Vec::with_capacity(outputs.next_multiple_of(tile) * taps);
    for first in (0..outputs).step_by(tile) {
        for tap in 0..taps {
            for output in first..first + tile {
                packed.push(if output < outputs {
                    weight(output, tap)
                } else {
                    T::zero()
                });
            }
        }
    }
    packed
}

/// Outputs in a tile: one where there is only one, as in a depthwise convolution.
pub(in super::super) fn tile_outputs(outputs: usize) -> usize {
    if outputs == 1 {
        1
    } else {
        OUTPUTS
    }
}

/// `target[output, place_j] = bias[output] + sum_tap weight[output, tap] source[start_j + tap]` for
/// all `j`.
pub(in super::super) struct Correlate<'a, T> {
    pub(in super::super) source: &'a [T],
    pub(in super::super) target: &'a mut [T],
    /// Number of outputs.
    pub(in super::super) outputs: usize,
    /// Places from one output to the next in `target`.
    pub(in super::super) row: usize,
    /// Where `j` reads from, in places of `source`.
    pub(in super::super) starts: &'a [usize],
    /// Where `j` is written to, in places of `target`.
    pub(in super::super) places: &'a [usize],
    /// What is added to a start, one a tap.
    pub(in super::super) taps: &'a [usize],
    /// As [`pack`] orders them.
    pub(in super::super) weights: &'a [T],
    /// Outputs in a tile of the weights: [`tile_outputs`] of all that were packed, of which these
    /// may be a part.
    pub(in super::super) tile: usize,
    pub(in super::super) bias: Option<&'a [T]>,
    /// Places handled before the next outputs are turned to: few enough for what they read to stay
    /// in a cache.
    pub(in super::super) strip: usize,
}

impl<T: Real> WithSimd for Correlate<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        if self.tile == 1 {
            self.strips::<S, 1>(simd);
        } else {
            self.strips::<S, OUTPUTS>(simd);
        }
    }
}

impl<T: Real> Correlate<'_, T> {
    #[inline(always)]
    fn strips<S: Simd, const M: usize>(mut self, simd: S) {
        let (starts, places) = (self.starts, self.places);
        for (starts, places) in starts.chunks(self.strip).zip(places.chunks(self.strip)) {
            for first in (0..self.outputs).step_by(M) {
                let weights = &self.weights[first * self.taps.len()..][..M * self.taps.len()];
                self.row_of_tiles::<S, M>(simd, first, weights, starts, places);
            }
        }
    }

    #[inline(always)]
    fn row_of_tiles<S: Simd, const M: usize>(
        &mut self,
        simd: S,
        first: usize,
        weights: &[T],
        mut starts: &[usize],
        mut places: &[usize],
    ) {
        while !starts.is_empty() {
            let count = if S::REGISTER_COUNT >= 32 {
                starts.len().min(WIDE)
            } else {
                starts.len().min(2)
            };
            match count {
                5.. => self.tile::<S, M, WIDE>(simd, first, weights, starts, places),
                3..=4 => self.tile::<S, M, 4>(simd, first, weights, starts, places),
                _ => self.tile::<S, M, 2>(simd, first, weights, starts, places),
            }
            (starts, places) = (&starts[count..], &places[count..]);
        }
    }

    /// The first `N` places; the last again and again where there are fewer.
    #[expect(
        clippy::needless_range_loop,
        reason = "loops with a fixed number of turns keep the sums in registers"
    )]
    #[inline(always)]
    fn tile<S: Simd, const M: usize, const N: usize>(
        &mut self,
        simd: S,
        first: usize,
        weights: &[T],
        starts: &[usize],
        places: &[usize],
    ) {
        let source = T::vectors::<S>(self.source);
        let target = T::vectors_mut::<S>(self.target);
        let parts = LANES * std::mem::size_of::<T>() / std::mem::size_of::<T::Vector<S>>();
        for part in 0..parts {
            let mut begin = [0; N];
            for n in 0..N {
                begin[n] = starts[n.min(starts.len() - 1)] * parts + part;
            }
            let mut sums = [[T::splat(simd, T::zero()); N]; M];
            if let Some(bias) = self.bias {
                for m in 0..M {
                    let bias = bias.get(first + m).copied().unwrap_or(T::zero());
                    sums[m] = [T::splat(simd, bias); N];
                }
            }
            let (weights, _) = weights.as_chunks::<M>();
            for (&tap, weights) in self.taps.iter().zip(weights) {
                let tap = tap * parts;
                let mut values = [T::splat(simd, T::zero()); N];
                for n in 0..N {
                    values[n] = source[begin[n] + tap];
                }
                for m in 0..M {
                    let weight = T::splat(simd, weights[m]);
                    for n in 0..N {
                        sums[m][n] = T::multiply_add(simd, weight, values[n], sums[m][n]);
                    }
                }
            }
            // With a fixed number of turns the sums stay in registers.
            for m in 0..M {
                if first + m < self.outputs {
                    for n in 0..N {
                        let place = (first + m) * self.row + places[n.min(places.len() - 1)];
                        target[place * parts + part] = sums[m][n];
                    }
                }
            }
        }
    }
}

/// `target[output, tap] += sum_j sum_lanes gradient[output, place_j] source[start_j + tap]`.
pub(in super::super) struct WeightGradient<'a, T> {
    pub(in super::super) source: &'a [T],
    pub(in super::super) gradient: &'a [T],
    /// `[outputs, taps]`.
    pub(in super::super) target: &'a mut [T],
    pub(in super::super) outputs: usize,
    /// Places from one output to the next in `gradient`.
    pub(in super::super) row: usize,
    /// As in [`Correlate`].
    pub(in super::super) starts: &'a [usize],
    /// As in [`Correlate`], for `gradient`.
    pub(in super::super) places: &'a [usize],
    pub(in super::super) taps: &'a [usize],
}

impl<T: Real> WithSimd for WeightGradient<'_, T> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        if self.outputs == 1 {
            self.tiles::<S, 1>(simd);
        } else {
            self.tiles::<S, OUTPUTS>(simd);
        }
    }
}

impl<T: Real> WeightGradient<'_, T> {
    #[inline(always)]
    fn tiles<S: Simd, const M: usize>(mut self, simd: S) {
        for first in (0..self.outputs).step_by(M) {
            let mut tap = 0;
            while tap < self.taps.len() {
                let left = self.taps.len() - tap;
                tap += match left {
                    _ if S::REGISTER_COUNT < 32 => self.tile::<S, M, 2>(simd, first, tap),
                    1..=3 | 6 | 9 => self.tile::<S, M, 3>(simd, first, tap),
                    4 | 8 => self.tile::<S, M, 4>(simd, first, tap),
                    // One more would not leave a register for each output's gradient.
                    _ => self.tile::<S, M, 5>(simd, first, tap),
                };
            }
        }
    }

    /// `N` taps from `tap` on; the last again and again where there are fewer. Returns `N`.
    #[expect(
        clippy::needless_range_loop,
        reason = "loops with a fixed number of turns keep the sums in registers"
    )]
    #[inline(always)]
    fn tile<S: Simd, const M: usize, const N: usize>(
        &mut self,
        simd: S,
        first: usize,
        tap: usize,
    ) -> usize {
        let source = T::vectors::<S>(self.source);
        let gradient = T::vectors::<S>(self.gradient);
        let parts = LANES * std::mem::size_of::<T>() / std::mem::size_of::<T::Vector<S>>();
        let mut offsets = [0; N];
        for n in 0..N {
            offsets[n] = self.taps[(tap + n).min(self.taps.len() - 1)] * parts;
        }
        let mut rows = [0; M];
        for m in 0..M {
            rows[m] = (first + m).min(self.outputs - 1) * self.row * parts;
        }
        let mut sums = [[T::splat(simd, T::zero()); N]; M];
        for (&start, &place) in self.starts.iter().zip(self.places) {
            for part in 0..parts {
                let (start, place) = (start * parts + part, place * parts + part);
                let mut values = [T::splat(simd, T::zero()); N];
                for n in 0..N {
                    values[n] = source[start + offsets[n]];
                }
                for m in 0..M {
                    let slope = gradient[place + rows[m]];
                    for n in 0..N {
                        sums[m][n] = T::multiply_add(simd, slope, values[n], sums[m][n]);
                    }
                }
            }
        }
        for m in 0..M {
            for n in 0..N {
                if first + m < self.outputs && tap + n < self.taps.len() {
                    self.target[(first + m) * self.taps.len() + tap + n] +=
                        T::total(simd, sums[m][n]);
                }
            }
        }
        N
    }
}
