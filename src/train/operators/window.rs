//! How a kernel or a pooling window moves over rows and columns.

use candle_core::{bail, Result};

/// A window along one axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// Numbers in the window.
    pub size: usize,
    /// Step from one window to the next.
    pub stride: usize,
    /// Numbers added before the first.
    pub before: usize,
    /// Numbers added after the last.
    pub after: usize,
}

impl Span {
    /// Number of windows on an axis of `length`: `(before + length + after - size) / stride + 1`,
    /// rounded down; `None` if not even one fits.
    pub fn count(&self, length: usize) -> Option<usize> {
        let room = (self.before + length + self.after).checked_sub(self.size)?;
        Some(room.checked_div(self.stride)? + 1)
    }

    /// The numbers of window `place` that are not padding.
    pub(super) fn inside(&self, place: usize, length: usize) -> std::ops::Range<usize> {
        let first = place * self.stride;
        let end = (first + self.size).saturating_sub(self.before).min(length);
        first.saturating_sub(self.before).min(end)..end
    }
}

/// A window over an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Along the axis of rows, from top to bottom.
    pub rows: Span,
    /// Along the axis of columns, from left to right.
    pub columns: Span,
}

impl Window {
    /// A window of `size x size` with `padding` numbers added on each of the four sides.
    pub fn square(size: usize, stride: usize, padding: usize) -> Self {
        let span = Span {
            size,
            stride,
            before: padding,
            after: padding,
        };
        Self {
            rows: span,
            columns: span,
        }
    }

    /// Rows and columns of windows on an image of `height x width`.
    pub(super) fn count(&self, height: usize, width: usize) -> Result<(usize, usize)> {
        match (self.rows.count(height), self.columns.count(width)) {
            (Some(rows), Some(columns)) => Ok((rows, columns)),
            _ => bail!("{self:?} does not fit into {height} x {width}"),
        }
    }
}
