//! The dimensions of what flows between the operators of a graph.

use std::fmt;

use thiserror::Error;

/// A value has at most this many numbers, as what is between two layers of a chain.
pub(super) const MAX_NUMBERS: usize = 1 << 24;

/// A value has at most this many axes.
pub(super) const MAX_AXES: usize = 8;

/// What no value has, or what two values do not share.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DimensionsError {
    /// A value would have too many axes.
    #[error("{found} axes, but at most {limit} are allowed")]
    Axes {
        /// Axes.
        found: usize,
        /// The most that are allowed.
        limit: usize,
    },
    /// A value would be empty, or too large.
    #[error("a value of the lengths {lengths:?} is empty or has more than {limit} numbers")]
    Size {
        /// Lengths of the axes.
        lengths: Vec<usize>,
        /// The most numbers that are allowed.
        limit: usize,
    },
    /// There is no such axis.
    #[error("there is no axis {axis} (counted from 0) in {before}")]
    NoAxis {
        /// The axis, counted from 0.
        axis: usize,
        /// The value.
        before: Dimensions,
    },
    /// Two values cannot be combined number by number.
    #[error("{first} and {second} cannot be combined: lengths differ, and neither is 1")]
    Broadcast {
        /// The first value.
        first: Dimensions,
        /// The second value.
        second: Dimensions,
    },
}

/// The lengths of a value's axes, for one example; numbers are stored with the last axis fastest.
///
/// An image or feature map has three: channels, rows, columns. A scalar has none.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Dimensions(Vec<usize>);

impl Dimensions {
    /// Axes of these lengths.
    ///
    /// # Errors
    /// [`DimensionsError::Axes`] if there are more than 8; [`DimensionsError::Size`] if one is
    /// empty, or there are more than `2^24` numbers.
    pub fn new(lengths: Vec<usize>) -> Result<Self, DimensionsError> {
        if lengths.len() > MAX_AXES {
            return Err(DimensionsError::Axes {
                found: lengths.len(),
                limit: MAX_AXES,
            });
        }
        let numbers = lengths
            .iter()
            .try_fold(1usize, |product, &length| product.checked_mul(length));
        match numbers {
            Some(1..=MAX_NUMBERS) => Ok(Self(lengths)),
            _ => Err(DimensionsError::Size {
                lengths,
                limit: MAX_NUMBERS,
            }),
        }
    }

    /// The lengths of the axes.
    pub fn lengths(&self) -> &[usize] {
        &self.0
    }

    /// How many axes there are.
    pub fn axes(&self) -> usize {
        self.0.len()
    }

    /// How many numbers there are.
    pub fn numbers(&self) -> usize {
        self.0.iter().product()
    }

    /// The length of an axis.
    ///
    /// # Errors
    /// [`DimensionsError::NoAxis`] if there is no such axis.
    pub fn length(&self, axis: usize) -> Result<usize, DimensionsError> {
        self.0
            .get(axis)
            .copied()
            .ok_or_else(|| DimensionsError::NoAxis {
                axis,
                before: self.clone(),
            })
    }

    /// Numbers for each index of the axes before `axis`: the product of the lengths from it on.
    pub fn stride_from(&self, axis: usize) -> usize {
        self.0.iter().skip(axis).product()
    }

    /// What an operation of two values, each of whose axes is as long as the other's or 1, gives:
    /// axes are aligned at the last, as numpy aligns them.
    ///
    /// # Errors
    /// [`DimensionsError::Broadcast`] if two lengths differ and neither is 1.
    pub fn broadcast(&self, other: &Self) -> Result<Self, DimensionsError> {
        let axes = self.axes().max(other.axes());
        let aligned = |dimensions: &Self, axis: usize| {
            (axis + dimensions.axes())
                .checked_sub(axes)
                .and_then(|axis| dimensions.0.get(axis).copied())
                .unwrap_or(1)
        };
        let mut lengths = Vec::with_capacity(axes);
        for axis in 0..axes {
            let (first, second) = (aligned(self, axis), aligned(other, axis));
            if first != second && first != 1 && second != 1 {
                return Err(DimensionsError::Broadcast {
                    first: self.clone(),
                    second: other.clone(),
                });
            }
            lengths.push(first.max(second));
        }
        Self::new(lengths)
    }
}

impl fmt::Display for Dimensions {
    /// `64x56x56`; `1` for a scalar.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return write!(formatter, "1");
        }
        for (axis, length) in self.0.iter().enumerate() {
            let separator = if axis == 0 { "" } else { "x" };
            write!(formatter, "{separator}{length}")?;
        }
        Ok(())
    }
}
