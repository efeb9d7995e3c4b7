//! What lies around a weight: its neighbours in its row and in the rows before.

use super::geometry::Geometry;
use super::pass::Pass;

/// Where a weight lies in its tensor.
#[derive(Clone, Copy)]
pub(super) struct Position {
    pub(super) row: usize,
    pub(super) channel: usize,
    pub(super) y: usize,
    pub(super) x: usize,
    /// Within the row.
    pub(super) column: usize,
    /// Within the tensor.
    pub(super) index: usize,
}

/// Symbols around a weight that have been coded already, 0 outside the tensor.
pub(super) struct Neighbours {
    pub(super) left: u8,
    pub(super) above: u8,
    above_left: u8,
    above_right: u8,
    second_left: u8,
    second_above: u8,
    /// At the same position of the channel before.
    pub(super) channel_before: u8,
    /// In the same column of the row before.
    pub(super) row_before: u8,
}

impl Neighbours {
    #[inline]
    pub(super) fn new(pass: &impl Pass, geometry: Geometry, at: Position) -> Self {
        let Geometry { width, height, .. } = geometry;
        let back = |is_inside: bool, distance: usize| {
            if is_inside {
                pass.coded(at.index - distance)
            } else {
                0
            }
        };
        Self {
            left: back(at.x >= 1, 1),
            above: back(at.y >= 1, width),
            above_left: back(at.y >= 1 && at.x >= 1, width + 1),
            above_right: back(at.y >= 1 && at.x + 1 < width, width.saturating_sub(1)),
            second_left: back(at.x >= 2, 2),
            second_above: back(at.y >= 2, 2 * width),
            channel_before: back(at.channel >= 1, width * height),
            row_before: back(at.row >= 1, geometry.columns()),
        }
    }

    /// The nearest one in the same kernel or map that is not zero, or 0.
    pub(super) fn nearest(&self) -> u8 {
        let near = [
            self.left,
            self.above,
            self.above_left,
            self.above_right,
            self.second_left,
            self.second_above,
        ];
        near.into_iter().find(|&symbol| symbol != 0).unwrap_or(0)
    }

    /// Which of the four adjacent ones are not zero, a binary digit each.
    pub(super) fn adjacent_mask(&self) -> usize {
        let mask = [self.left, self.above, self.above_left, self.above_right]
            .map(|symbol| usize::from(symbol != 0));
        mask[0] | mask[1] << 1 | mask[2] << 2 | mask[3] << 3
    }
}

/// How a row compares with the one before, so far.
#[derive(Clone, Copy)]
pub(super) struct RowState {
    /// Whether it is zero in the same columns.
    pub(super) is_tied: bool,
    /// Whether it has a weight that is not zero.
    pub(super) has_begun: bool,
}

impl RowState {
    /// Nothing of a row has been coded; the first has none before it.
    pub(super) fn before(row: usize) -> Self {
        Self {
            is_tied: row > 0,
            has_begun: false,
        }
    }

    /// One more weight.
    #[inline]
    pub(super) fn observe(&mut self, is_nonzero: bool, around: &Neighbours) {
        self.is_tied &= is_nonzero == (around.row_before != 0);
        self.has_begun |= is_nonzero;
    }

    /// The four cases that the mask's context tells apart.
    #[inline]
    pub(super) fn class(self, around: &Neighbours) -> usize {
        match (self.is_tied, around.row_before != 0, self.has_begun) {
            (false, _, true) => 0,
            (true, false, _) => 1,
            (true, true, _) => 2,
            (false, _, false) => 3,
        }
    }
}
