//! In which order a file has the numbers of a tensor.

use super::error::ImportError;
use super::transposed::transposed;
use crate::code::TensorShape;

/// How a tensor is stored.
pub(super) struct Layout {
    /// Whether its output index comes last, as TensorFlow has it.
    pub(super) is_transposed: bool,
    /// Whether its shape alone tells: that of a square matrix does not.
    pub(super) is_certain: bool,
}

impl Layout {
    /// The layout of `shape` that has the dimensions `found`.
    ///
    /// # Errors
    /// [`ImportError::Shape`] if none has.
    pub(super) fn of(
        tensor: &str,
        found: &[usize],
        shape: &TensorShape,
    ) -> Result<Self, ImportError> {
        let other = transposed(&shape.dimensions);
        let is_straight = found == shape.dimensions;
        let is_certain = other != shape.dimensions;
        if is_straight || found == other {
            return Ok(Self {
                is_transposed: !is_straight,
                is_certain,
            });
        }
        let alternative = if is_certain {
            format!(" or {other:?}")
        } else {
            String::new()
        };
        Err(ImportError::Shape {
            tensor: tensor.to_string(),
            wanted: shape.name.clone(),
            found: found.into(),
            expected: shape.dimensions.clone().into(),
            alternative,
        })
    }
}

/// From the transposed layout to `dimensions`.
pub(super) fn transpose(numbers: &[f32], dimensions: &[usize]) -> Vec<f32> {
    let (out, input, area) = match *dimensions {
        [out, input, rows, columns] => (out, input, rows * columns),
        [out, input] => (out, input, 1),
        _ => return numbers.to_vec(),
    };
    let mut straight = Vec::with_capacity(numbers.len());
    for output in 0..out {
        for channel in 0..input {
            straight.extend(
                (0..area).filter_map(|place| numbers.get((place * input + channel) * out + output)),
            );
        }
    }
    straight
}
