//! Second moments of what a convolution reads.

use pulp::{Arch, Simd, WithSimd};
use rayon::prelude::*;

use super::features::Features;
use super::lanes::{Lanes, LANES};
use crate::code::Convolution;
use crate::shape::ImageSize;

/// Sums over the windows that a convolution reads of some images.
#[derive(Debug, Clone, PartialEq)]
pub struct WindowMoments {
    /// Inputs of a group.
    inputs: usize,
    /// Number of windows.
    count: usize,
    /// `[groups, inputs]`: sums of inputs.
    sums: Vec<f64>,
    /// `[groups, inputs, inputs]`: sums of products, of which those on and below the diagonal
    /// count.
    products: Vec<f64>,
}

impl WindowMoments {
    /// Inputs of a group.
    pub fn inputs(&self) -> usize {
        self.inputs
    }

    /// Number of groups.
    pub fn groups(&self) -> usize {
        self.sums.len() / self.inputs.max(1)
    }

    /// Number of windows.
    pub fn count(&self) -> usize {
        self.count
    }

    /// Sums of the inputs of a group.
    pub fn sums(&self, group: usize) -> &[f64] {
        self.sums
            .get(group * self.inputs..(group + 1) * self.inputs)
            .unwrap_or_default()
    }

    /// Sums of products of the inputs of a group with those that are not after them,
    /// `[inputs, inputs]`.
    pub fn products(&self, group: usize) -> &[f64] {
        let area = self.inputs * self.inputs;
        self.products
            .get(group * area..(group + 1) * area)
            .unwrap_or_default()
    }

    /// Those of no images.
    pub fn zeros(&self) -> Self {
        Self {
            inputs: self.inputs,
            count: 0,
            sums: vec![0.0; self.sums.len()],
            products: vec![0.0; self.products.len()],
        }
    }

    /// Adds those of other images.
    pub fn add(&mut self, other: &Self) {
        self.count += other.count;
        self.sums
            .iter_mut()
            .zip(&other.sums)
            .for_each(|(sum, other)| *sum += other);
        self.products
            .iter_mut()
            .zip(&other.products)
            .for_each(|(sum, other)| *sum += other);
    }
}

impl Features {
    /// The moments of the windows that `convolution` reads of features of this size, for each block
    /// of images.
    pub fn window_moments(&self, convolution: &Convolution, size: ImageSize) -> Vec<WindowMoments> {
        let windows = Windows::new(convolution, size);
        self.maps()
            .into_par_iter()
            .map(|(features, images)| windows.moments(features, images))
            .collect()
    }
}

/// Where a convolution reads.
struct Windows<'a> {
    convolution: &'a Convolution,
    size: ImageSize,
    rows: usize,
    columns: usize,
}

impl<'a> Windows<'a> {
    fn new(convolution: &'a Convolution, size: ImageSize) -> Self {
        let along = |length: usize| {
            let padded = length + convolution.margins(length).iter().sum::<usize>();
            padded.saturating_sub(convolution.kernel) / convolution.stride.max(1) + 1
        };
        Self {
            convolution,
            size,
            rows: along(size.height),
            columns: along(size.width),
        }
    }

    fn moments(&self, features: &[Lanes], images: usize) -> WindowMoments {
        let Convolution { kernel, groups, .. } = *self.convolution;
        let channels = self.size.channels / groups;
        let (inputs, area) = (channels * kernel * kernel, self.rows * self.columns);
        let padded = inputs.next_multiple_of(TILE);
        let mut windows = vec![[0.0; LANES]; padded * area];
        let (mut sums, mut products) = (Vec::new(), Vec::new());
        for group in 0..groups {
            for (input, row) in windows
                .chunks_exact_mut(area.max(1))
                .take(inputs)
                .enumerate()
            {
                self.gather(
                    features,
                    images,
                    group * channels + input / (kernel * kernel),
                    input % (kernel * kernel),
                    row,
                );
                sums.push(row.iter().flatten().map(|&value| f64::from(value)).sum());
            }
            let gram = Gram {
                windows: windows.as_flattened(),
                inputs: padded,
                length: area * LANES,
            };
            let all = Arch::new().dispatch(gram);
            products.extend(
                all.chunks(padded)
                    .take(inputs)
                    .flat_map(|row| &row[..inputs]),
            );
        }
        WindowMoments {
            inputs,
            count: area * images,
            sums,
            products,
        }
    }

    /// What a place of the kernel reads of a channel; nothing in lanes without an image.
    fn gather(
        &self,
        features: &[Lanes],
        images: usize,
        channel: usize,
        place: usize,
        row: &mut [Lanes],
    ) {
        let Self {
            convolution,
            size,
            columns,
            ..
        } = *self;
        let [[above, _], [left, _]] =
            [size.height, size.width].map(|length| convolution.margins(length));
        for (position, lanes) in row.iter_mut().enumerate() {
            let y = position / columns * convolution.stride + place / convolution.kernel;
            let x = position % columns * convolution.stride + place % convolution.kernel;
            let y = y.checked_sub(above).filter(|&y| y < size.height);
            let x = x.checked_sub(left).filter(|&x| x < size.width);
            *lanes = match (y, x) {
                (Some(y), Some(x)) => features[(channel * size.height + y) * size.width + x],
                _ => [0.0; LANES],
            };
            lanes[images.min(LANES)..].fill(0.0);
        }
    }
}

/// Inputs whose products with as many others are computed together.
const TILE: usize = 4;

/// Numbers of an input that are handled before the next inputs are turned to: single precision is
/// enough for their sum.
const CHUNK: usize = 1024;

/// Sums of products of rows, of which there is a multiple of [`TILE`].
struct Gram<'a> {
    /// `[inputs, length]`.
    windows: &'a [f32],
    inputs: usize,
    length: usize,
}

impl WithSimd for Gram<'_> {
    /// `[inputs, inputs]`, on and below the diagonal.
    type Output = Vec<f64>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) -> Vec<f64> {
        let Self { inputs, .. } = self;
        let (windows, _) = S::as_simd_f32s(self.windows);
        let (length, chunk) = (self.length / S::F32_LANES, CHUNK / S::F32_LANES);
        let mut products = vec![0.0; inputs * inputs];
        for start in (0..length).step_by(chunk) {
            let end = (start + chunk).min(length);
            let rows = |first: usize| -> [&[S::f32s]; TILE] {
                std::array::from_fn(|place| &windows[(first + place) * length..][start..end])
            };
            for first in (0..inputs).step_by(TILE) {
                for second in (0..=first).step_by(TILE) {
                    let sums = tile(simd, rows(first), rows(second));
                    for (row, sums) in sums.iter().enumerate() {
                        let target = &mut products[(first + row) * inputs + second..][..TILE];
                        target.iter_mut().zip(sums).for_each(|(target, &sum)| {
                            *target += f64::from(simd.reduce_sum_f32s(sum));
                        });
                    }
                }
            }
        }
        products
    }
}

#[inline(always)]
fn tile<S: Simd>(
    simd: S,
    first: [&[S::f32s]; TILE],
    second: [&[S::f32s]; TILE],
) -> [[S::f32s; TILE]; TILE] {
    let mut sums = [[simd.splat_f32s(0.0); TILE]; TILE];
    let length = first[0].len();
    let [first, second] = [first, second].map(|rows| rows.map(|row| &row[..length]));
    for place in 0..length {
        for (sums, row) in sums.iter_mut().zip(&first) {
            for (sum, other) in sums.iter_mut().zip(&second) {
                *sum = simd.add_f32s(*sum, simd.mul_f32s(row[place], other[place]));
            }
        }
    }
    sums
}
