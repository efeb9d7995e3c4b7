//! Convolutions of a few channels each, above all depthwise ones, row by row.
//!
//! Each sum starts from the bias and runs over the taps in their order, one multiplication and one
//! addition at a time: vectors of any width give the same bits.

use std::ops::Range;

use pulp::{Arch, Simd, WithSimd};

use super::geometry::{Geometry, Tap};
use super::tensor::Tensor;
use crate::evaluate::lanes::{Lanes, LANES};
use crate::evaluate::taps::Taps;

/// A convolution of a feature map, row by row.
#[derive(Debug)]
pub(in crate::evaluate) struct RowByRow {
    geometry: Geometry,
    /// For each output channel its taps, in storage order.
    taps: Taps<Tap>,
    bias: Option<Vec<f32>>,
}

impl RowByRow {
    pub(super) fn new(
        geometry: Geometry,
        tensor: Tensor<impl Iterator<Item = f32>>,
        bias: Option<Vec<f32>>,
    ) -> Self {
        let mut weights = tensor.weights;
        let mut taps = Taps::with_capacity(geometry.after[0], tensor.nonzeros.unwrap_or(0));
        for output in 0..geometry.after[0] {
            let filter = weights.by_ref().take(geometry.inputs()).enumerate();
            let nonzero = filter.filter(|&(_, weight)| weight != 0.0);
            taps.push(nonzero.map(|(input, weight)| geometry.tap(output, input, weight)));
        }
        Self {
            geometry,
            taps,
            bias,
        }
    }

    /// The same from the weights that are not zero, in order, each with its output and its input.
    pub(super) fn of_taps(
        geometry: Geometry,
        nonzeros: Vec<(usize, usize, f32)>,
        bias: Option<Vec<f32>>,
    ) -> Self {
        let mut taps = Taps::with_capacity(geometry.after[0], nonzeros.len());
        let mut nonzeros = nonzeros.into_iter().peekable();
        for output in 0..geometry.after[0] {
            let mut row = Vec::new();
            while let Some((_, input, weight)) = nonzeros.next_if(|&(of, _, _)| of == output) {
                row.push(geometry.tap(output, input, weight));
            }
            taps.push(row.into_iter());
        }
        Self {
            geometry,
            taps,
            bias,
        }
    }

    /// The feature map after it.
    pub(super) fn run(&self, features: &[Lanes]) -> Vec<Lanes> {
        let mut sums = vec![[0.0; LANES]; self.geometry.after.iter().product()];
        Arch::new().dispatch(Run {
            convolution: self,
            features,
            sums: &mut sums,
        });
        sums
    }
}

struct Run<'a> {
    convolution: &'a RowByRow,
    features: &'a [Lanes],
    sums: &'a mut [Lanes],
}

impl WithSimd for Run<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let (source, _) = S::as_simd_f32s(self.features.as_flattened());
        let (target, _) = S::as_mut_simd_f32s(self.sums.as_flattened_mut());
        rows(simd, self.convolution, source, target);
    }
}

/// Sums of a row stay at hand.
#[inline(always)]
fn rows<S: Simd>(simd: S, convolution: &RowByRow, source: &[S::f32s], target: &mut [S::f32s]) {
    let Geometry {
        before: [_, height, width],
        after: [_, rows_after, columns_after],
        window,
        ..
    } = convolution.geometry;
    let vectors = LANES / S::F32_LANES;
    let [[above, _], [left, _]] = window.padding;
    let stride = window.stride[1];
    let columns: Vec<Range<usize>> = (0..window.size[1])
        .map(|column| {
            inside(
                column * window.dilation[1],
                stride,
                left,
                width,
                columns_after,
            )
        })
        .collect();
    let rows = target.chunks_exact_mut(columns_after * vectors);
    for (place, sums) in rows.enumerate() {
        let (output, row) = (place / rows_after, place % rows_after);
        let start = convolution.bias.as_ref().map_or(0.0, |bias| bias[output]);
        sums.fill(simd.splat_f32s(start));
        for tap in convolution.taps.of(output) {
            let read = (row * window.stride[0] + usize::from(tap.row) * window.dilation[0])
                .checked_sub(above)
                .filter(|&row| row < height);
            let columns = columns[usize::from(tap.column)].clone();
            let Some(read) = read.filter(|_| !columns.is_empty()) else {
                continue;
            };
            let first = (tap.channel as usize * height + read) * width;
            let column = columns.start * stride + usize::from(tap.column) * window.dilation[1];
            let source = &source[first * vectors..][..width * vectors];
            let source = &source[(column - left) * vectors..];
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
