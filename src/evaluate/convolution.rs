//! Convolutions over the weights that are not zero, in vectors of images.
//!
//! Each sum starts from the bias and runs over the taps in their order, one multiplication and one
//! addition at a time: vectors of any width give the same bits.

use std::ops::Range;

use pulp::{Arch, Simd, WithSimd};

use super::lanes::{Lanes, LANES};
use super::taps::Taps;
use crate::code::{Convolution, BYTES_PER_NONZERO};
use crate::shape::ImageSize;

/// A weight that is not zero, with what it reads.
#[derive(Debug)]
pub(super) struct Tap {
    pub(super) channel: u32,
    pub(super) row: u16,
    pub(super) column: u16,
    pub(super) weight: f32,
}

// What a decoder reckons with.
const _: () = assert!(size_of::<Tap>() as u64 <= BYTES_PER_NONZERO);

/// A convolution of a feature map.
pub(super) struct Convolve<'a> {
    pub(super) features: &'a [Lanes],
    pub(super) before: ImageSize,
    pub(super) after: ImageSize,
    pub(super) convolution: &'a Convolution,
    /// For each output channel its taps, in storage order.
    pub(super) taps: &'a Taps<Tap>,
    pub(super) bias: Option<&'a [f32]>,
}

/// Vectors of sums that stay in registers.
const TILE: usize = 8;

impl Convolve<'_> {
    /// The feature map after it.
    pub(super) fn run(self) -> Vec<Lanes> {
        Arch::new().dispatch(self)
    }

    /// Whether each place reads only itself. With a stride of 1, padding would show in the size.
    fn is_pointwise(&self) -> bool {
        let Self {
            before,
            after,
            convolution,
            ..
        } = self;
        (convolution.kernel, convolution.stride) == (1, 1)
            && (before.height, before.width) == (after.height, after.width)
    }

    fn area(&self) -> usize {
        self.after.height * self.after.width
    }

    #[inline(always)]
    fn start(&self, output: usize) -> f32 {
        self.bias.map_or(0.0, |bias| bias[output])
    }

    /// Tile by tile, so that what all outputs read stays at hand.
    #[inline(always)]
    fn pointwise<S: Simd>(&self, simd: S, source: &[S::f32s], target: &mut [S::f32s]) {
        let map = self.area() * vectors::<S>();
        let whole = map - map % TILE;
        for first in (0..whole).step_by(TILE) {
            self.tile::<S, TILE>(simd, source, target, map, first);
        }
        for first in whole..map {
            self.tile::<S, 1>(simd, source, target, map, first);
        }
    }

    /// The sums of all outputs in some vectors of a map.
    #[inline(always)]
    fn tile<S: Simd, const WIDTH: usize>(
        &self,
        simd: S,
        source: &[S::f32s],
        target: &mut [S::f32s],
        map: usize,
        first: usize,
    ) {
        for (output, taps) in self.taps.outputs().enumerate() {
            let mut sums = [simd.splat_f32s(self.start(output)); WIDTH];
            for tap in taps {
                let weight = simd.splat_f32s(tap.weight);
                add_products(
                    simd,
                    &mut sums,
                    weight,
                    &source[tap.channel as usize * map + first..][..WIDTH],
                );
            }
            target[output * map + first..][..WIDTH].copy_from_slice(&sums);
        }
    }

    /// Row by row, so that sums stay at hand.
    #[inline(always)]
    fn rows<S: Simd>(&self, simd: S, source: &[S::f32s], target: &mut [S::f32s]) {
        let Self {
            before,
            after,
            convolution,
            ..
        } = *self;
        let (stride, vectors) = (convolution.stride, vectors::<S>());
        let [[above, _], [left, _]] =
            [before.height, before.width].map(|length| convolution.margins(length));
        let columns: Vec<Range<usize>> = (0..convolution.kernel)
            .map(|column| inside(column, stride, left, before.width, after.width))
            .collect();
        let rows = target.chunks_exact_mut(after.width * vectors);
        for (place, sums) in rows.enumerate() {
            let (output, row) = (place / after.height, place % after.height);
            sums.fill(simd.splat_f32s(self.start(output)));
            for tap in self.taps.of(output) {
                let tap_column = usize::from(tap.column);
                let read = (row * stride + usize::from(tap.row))
                    .checked_sub(above)
                    .filter(|&row| row < before.height);
                let (Some(read), columns) = (read, columns[tap_column].clone()) else {
                    continue;
                };
                if columns.is_empty() {
                    continue;
                }
                let first = (tap.channel as usize * before.height + read) * before.width;
                let source = &source[first * vectors..][..before.width * vectors];
                let source = &source[(columns.start * stride + tap_column - left) * vectors..];
                let sums = &mut sums[columns.start * vectors..columns.end * vectors];
                let weight = simd.splat_f32s(tap.weight);
                if stride == 1 {
                    add_products(simd, sums, weight, source);
                } else {
                    let source = source.chunks(vectors).step_by(stride);
                    let sums = sums.chunks_exact_mut(vectors).zip(source);
                    sums.for_each(|(sums, source)| add_products(simd, sums, weight, source));
                }
            }
        }
    }
}

impl WithSimd for Convolve<'_> {
    type Output = Vec<Lanes>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Vec<Lanes> {
        let mut sums = vec![[0.0; LANES]; self.taps.count_outputs() * self.area()];
        let (source, _) = S::as_simd_f32s(self.features.as_flattened());
        let (target, _) = S::as_mut_simd_f32s(sums.as_flattened_mut());
        match self.is_pointwise() {
            true => self.pointwise(simd, source, target),
            false => self.rows(simd, source, target),
        }
        sums
    }
}

/// Vectors that hold the same quantity in all lanes.
const fn vectors<S: Simd>() -> usize {
    LANES / S::F32_LANES
}

/// `sum += weight * value`, rounded twice.
#[inline(always)]
fn add_products<S: Simd>(simd: S, sums: &mut [S::f32s], weight: S::f32s, values: &[S::f32s]) {
    for (sum, &value) in sums.iter_mut().zip(values) {
        *sum = simd.add_f32s(*sum, simd.mul_f32s(weight, value));
    }
}

/// The output positions at which a tap at `offset` reads inside the image, not the padding.
fn inside(
    offset: usize,
    stride: usize,
    padding: usize,
    before: usize,
    after: usize,
) -> Range<usize> {
    let first = padding.saturating_sub(offset).div_ceil(stride);
    let end = (before + padding).saturating_sub(offset).div_ceil(stride);
    first..end.min(after).max(first)
}
