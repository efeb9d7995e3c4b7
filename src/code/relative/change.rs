//! What a file changes of a base's tensor.

use std::sync::Arc;

use crate::code::architecture::tensors::TensorShape;

/// How numbers of a file change a base's weights.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Change {
    /// `b + c`, a number `c` for each weight `b`.
    Added,
    /// `b * (1 + c)`, a number `c` for each row: an output channel or unit. A tensor without axes
    /// has one row.
    RowsScaled,
}

impl Change {
    /// Whether there is a number for each weight, so that they may be coded as weights are: seen as
    /// their tensor is, or in a subspace. All others are a list of numbers.
    pub(in crate::code) fn is_of_weights(self) -> bool {
        match self {
            Self::Added => true,
            Self::RowsScaled => false,
        }
    }

    /// How many numbers change a tensor of this shape.
    pub(in crate::code) fn numbers(self, shape: &TensorShape) -> usize {
        match self {
            Self::Added => shape.len(),
            Self::RowsScaled => shape.dimensions.first().copied().unwrap_or(1),
        }
    }

    /// The changed weights, each operation rounded to single precision; there are as many numbers
    /// as the change takes.
    pub(in crate::code) fn apply(self, base: &[f32], numbers: &[f32]) -> Vec<f32> {
        match self {
            Self::Added => {
                let pairs = base.iter().zip(numbers);
                pairs.map(|(weight, number)| weight + number).collect()
            }
            Self::RowsScaled => {
                let row = (base.len() / numbers.len().max(1)).max(1);
                let rows = base.chunks(row).zip(numbers);
                rows.flat_map(|(row, number)| {
                    let scale = 1.0 + number;
                    row.iter().map(move |weight| weight * scale)
                })
                .collect()
            }
        }
    }
}

/// A base's weights, and how they are changed.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::code) struct Changed {
    pub(in crate::code) change: Change,
    pub(in crate::code) base: Arc<[f32]>,
}
