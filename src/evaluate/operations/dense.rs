//! Matrix products of weights with the last axis of a value.

use std::ops::Range;

use super::tensor::Tensor;
use super::weighted_sums::{Inputs, Layout, WeightedSums};
use crate::evaluate::lanes::Lanes;

/// A dense layer.
#[derive(Debug)]
pub(in crate::evaluate) struct Dense {
    inputs: usize,
    units: usize,
    sums: WeightedSums,
}

impl Dense {
    pub(super) fn new(
        [units, inputs]: [usize; 2],
        tensor: Tensor<impl Iterator<Item = f32>>,
        bias: Option<Vec<f32>>,
    ) -> Self {
        Self {
            inputs,
            units,
            sums: WeightedSums::new([1, units, inputs], tensor, bias),
        }
    }

    /// All units at each index of the axes before the last.
    pub(super) fn run(&self, features: &[Lanes]) -> Vec<Lanes> {
        let layout = Layout {
            positions: features.len() / self.inputs,
            output: 1,
            position: self.units,
        };
        let rows = Rows {
            features,
            length: self.inputs,
        };
        self.sums.run(&rows, layout)
    }
}

/// Numbers along the last axis.
struct Rows<'a> {
    features: &'a [Lanes],
    length: usize,
}

impl Inputs for Rows<'_> {
    #[inline(always)]
    fn gather(
        &self,
        _: usize,
        inputs: Range<usize>,
        positions: Range<usize>,
        gathered: &mut [Lanes],
    ) {
        let count = positions.len();
        for (place, position) in positions.enumerate() {
            let row = &self.features[position * self.length..][inputs.clone()];
            let column = gathered.iter_mut().skip(place).step_by(count);
            for (target, value) in column.zip(row) {
                *target = *value;
            }
        }
    }
}
