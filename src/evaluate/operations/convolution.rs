//! Convolutions over the weights that are not zero.

use std::ops::Range;

use super::depthwise::RowByRow;
use super::geometry::Geometry;
use super::tensor::Tensor;
use super::weighted_sums::{Inputs, Layout, WeightedSums, MOST_TOGETHER};
use crate::evaluate::lanes::{Lanes, LANES};

/// With fewer output channels in a group, what they read is not worth gathering.
const FEWEST_OUTPUTS: usize = 4;

/// A convolution of a feature map.
#[derive(Debug)]
pub(in crate::evaluate) enum Convolve {
    /// What outputs read is gathered for all of them.
    Gathered(Geometry, WeightedSums),
    RowByRow(RowByRow),
}

impl Convolve {
    pub(super) fn new<W: Iterator<Item = f32>>(
        geometry: Geometry,
        tensor: Tensor<W>,
        bias: Option<Vec<f32>>,
    ) -> Self {
        if geometry.outputs() < FEWEST_OUTPUTS {
            return Self::RowByRow(RowByRow::new(geometry, tensor, bias));
        }
        let sizes = [geometry.groups, geometry.outputs(), geometry.inputs()];
        let sums = WeightedSums::new(sizes, tensor, bias.clone());
        if sums.is_finite() {
            return Self::Gathered(geometry, sums);
        }
        // Padding is gathered as zeros, and only a finite weight times 0 is 0.
        Self::RowByRow(RowByRow::of_taps(geometry, sums.taps(), bias))
    }

    /// The feature map after it.
    pub(super) fn run(&self, features: &[Lanes]) -> Vec<Lanes> {
        let (geometry, sums) = match self {
            Self::Gathered(geometry, sums) => (geometry, sums),
            Self::RowByRow(convolution) => return convolution.run(features),
        };
        let positions = geometry.after[1] * geometry.after[2];
        let layout = Layout {
            positions,
            output: positions,
            position: 1,
        };
        sums.run(&Map { features, geometry }, layout)
    }
}

/// A feature map that a convolution reads.
struct Map<'a> {
    features: &'a [Lanes],
    geometry: &'a Geometry,
}

impl Map<'_> {
    /// Whether each position reads only itself.
    #[inline(always)]
    fn is_pointwise(&self) -> bool {
        let Geometry { window, .. } = self.geometry;
        window.size == [1, 1] && window.stride == [1, 1] && window.padding == [[0; 2]; 2]
    }
}

impl Inputs for Map<'_> {
    #[inline(always)]
    fn gather(
        &self,
        group: usize,
        inputs: Range<usize>,
        positions: Range<usize>,
        gathered: &mut [Lanes],
    ) {
        let Geometry {
            before: [_, height, width],
            after: [_, _, columns],
            window,
            ..
        } = *self.geometry;
        let area = height * width;
        let first_channel = group * self.geometry.channels();
        let count = positions.len();
        if self.is_pointwise() {
            for (input, target) in inputs.zip(gathered.chunks_exact_mut(count)) {
                let first = (first_channel + input) * area + positions.start;
                target.copy_from_slice(&self.features[first..][..count]);
            }
            return;
        }
        // Row and column at which each window begins, in the padded map.
        let corner = |position: usize| {
            let (row, column) = (position / columns, position % columns);
            [row * window.stride[0], column * window.stride[1]]
        };
        let mut corners = [[0; 2]; MOST_TOGETHER];
        for (corner_of, position) in corners.iter_mut().zip(positions) {
            *corner_of = corner(position);
        }
        let (first, last) = (corners[0], corners[count - 1]);
        let is_one_row = first[0] == last[0];
        let [[above, _], [left, _]] = window.padding;
        let [rows, cols] = window.size;
        let mut input = inputs.start;
        let mut targets = gathered.chunks_exact_mut(count);
        let (mut channel, mut place) = (input / (rows * cols), input % (rows * cols));
        while let (Some(target), true) = (targets.next(), input < inputs.end) {
            let row = place / cols * window.dilation[0];
            let column = place % cols * window.dilation[1];
            let map = &self.features[(first_channel + channel) * area..][..area];
            let is_inside = |corner: [usize; 2]| {
                let (row, column) = (corner[0] + row, corner[1] + column);
                row >= above && row < above + height && column >= left && column < left + width
            };
            let at = |corner: [usize; 2]| {
                (corner[0] + row - above) * width + (corner[1] + column - left)
            };
            if is_one_row && is_inside(first) && is_inside(last) {
                let start = at(first);
                if window.stride[1] == 1 {
                    target.copy_from_slice(&map[start..][..count]);
                } else {
                    for (step, target) in target.iter_mut().enumerate() {
                        *target = map[start + step * window.stride[1]];
                    }
                }
            } else {
                for (&corner, target) in corners.iter().zip(target) {
                    *target = if is_inside(corner) {
                        map[at(corner)]
                    } else {
                        [0.0; LANES]
                    };
                }
            }
            input += 1;
            place += 1;
            if place == rows * cols {
                (channel, place) = (channel + 1, 0);
            }
        }
    }
}
