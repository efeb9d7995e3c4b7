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
    /// `b + (c[i][0] d[0][j] + …)`: to the tensor, seen as a matrix of its rows, is added a product
    /// of two matrices, `c` with so many columns and `d` with so many rows (Hu et al. 2022). The
    /// numbers are those of `c`, row by row, and then those of `d`.
    ProductAdded {
        /// The rank of the product: at least 1, at most the number of rows, and that of columns.
        rank: u8,
    },
}

impl Change {
    /// Whether there is a number for each weight, so that they may be coded as weights are: seen as
    /// their tensor is, or in a subspace. All others are a list of numbers.
    pub(in crate::code) fn is_of_weights(self) -> bool {
        match self {
            Self::Added => true,
            Self::RowsScaled | Self::ProductAdded { .. } => false,
        }
    }

    /// How many numbers change a tensor of this shape.
    pub(crate) fn numbers(self, shape: &TensorShape) -> usize {
        let [rows, columns] = matrix(shape);
        match self {
            Self::Added => shape.len(),
            Self::RowsScaled => rows,
            Self::ProductAdded { rank } => usize::from(rank) * (rows + columns),
        }
    }

    /// Whether a tensor of this shape can be changed so.
    pub(in crate::code) fn fits(self, shape: &TensorShape) -> bool {
        let [rows, columns] = matrix(shape);
        match self {
            Self::Added | Self::RowsScaled => true,
            Self::ProductAdded { rank } => (1..=rows.min(columns)).contains(&usize::from(rank)),
        }
    }

    /// The changed weights, each operation rounded to single precision; there are as many numbers
    /// as the change takes.
    pub(in crate::code) fn apply(
        self,
        shape: &TensorShape,
        base: &[f32],
        numbers: &[f32],
    ) -> Vec<f32> {
        let [rows, columns] = matrix(shape);
        match self {
            Self::Added => {
                let pairs = base.iter().zip(numbers);
                pairs.map(|(weight, number)| weight + number).collect()
            }
            Self::RowsScaled => {
                let rows = base.chunks(columns.max(1)).zip(numbers);
                rows.flat_map(|(row, number)| {
                    let scale = 1.0 + number;
                    row.iter().map(move |weight| weight * scale)
                })
                .collect()
            }
            Self::ProductAdded { rank } => {
                let rank = usize::from(rank);
                let (left, right) = numbers.split_at(numbers.len().min(rank * rows));
                let of_row = base.chunks(columns.max(1)).zip(left.chunks(rank.max(1)));
                of_row
                    .flat_map(|(row, left)| {
                        row.iter().enumerate().map(move |(column, weight)| {
                            let terms = left
                                .iter()
                                .zip(right.iter().skip(column).step_by(columns.max(1)));
                            let sum = terms.fold(0.0, |sum, (one, other)| sum + one * other);
                            weight + sum
                        })
                    })
                    .collect()
            }
        }
    }
}

/// Rows and columns of a tensor as a matrix of its first axis; one without axes has one row.
fn matrix(shape: &TensorShape) -> [usize; 2] {
    let rows = shape.dimensions.first().copied().unwrap_or(1);
    [rows, shape.len() / rows.max(1)]
}

/// A base's weights, and how they are changed.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::code) struct Changed {
    pub(in crate::code) change: Change,
    pub(in crate::code) base: Arc<[f32]>,
}
