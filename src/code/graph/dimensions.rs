//! The dimensions of what flows between the operators of a graph.

use std::fmt;

use super::misfit::Misfit;

/// A value has at most this many numbers, as what is between two layers of a chain.
pub(super) const MAX_NUMBERS: usize = 1 << 24;

/// A value has at most this many axes.
pub(super) const MAX_AXES: usize = 8;

/// The lengths of a value's axes, for one example; numbers are stored with the last axis fastest.
///
/// An image or feature map has three: channels, rows, columns. A scalar has none.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Dimensions(Vec<usize>);

impl Dimensions {
    /// Axes of these lengths.
    ///
    /// # Errors
    /// [`Misfit::Axes`] if there are more than 8; [`Misfit::Size`] if one is empty, or there are
    /// more than `2^24` numbers.
    pub fn new(lengths: Vec<usize>) -> Result<Self, Misfit> {
        if lengths.len() > MAX_AXES {
            return Err(Misfit::Axes {
                found: lengths.len(),
                limit: MAX_AXES,
            });
        }
        let numbers = lengths
            .iter()
            .try_fold(1usize, |product, &length| product.checked_mul(length));
        match numbers {
            Some(1..=MAX_NUMBERS) => Ok(Self(lengths)),
            _ => Err(Misfit::Size {
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
    /// [`Misfit::NoAxis`] if there is no such axis.
    pub fn length(&self, axis: usize) -> Result<usize, Misfit> {
        self.0.get(axis).copied().ok_or_else(|| Misfit::NoAxis {
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
    /// [`Misfit::Broadcast`] if two lengths differ and neither is 1.
    pub fn broadcast(&self, other: &Self) -> Result<Self, Misfit> {
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
                return Err(Misfit::Broadcast {
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
