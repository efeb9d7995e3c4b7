//! The sizes of a convolution, and where its windows lie.

use candle_core::{bail, Result};

use crate::train::operators::lanes::LANES;
use crate::train::operators::window::Window;

/// A two-dimensional convolution (cross-correlation), for the deep-learning sense of the word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Convolution {
    pub(super) window: Window,
    pub(super) groups: usize,
}

/// All sizes of a convolution, known to fit each other.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sizes {
    pub(super) window: Window,
    pub(super) groups: usize,
    pub(super) blocks: usize,
    /// Channels of a group, before and after.
    pub(super) inputs: usize,
    pub(super) outputs: usize,
    pub(super) height: usize,
    pub(super) width: usize,
    pub(super) rows: usize,
    pub(super) columns: usize,
}

impl Sizes {
    pub(super) fn new(
        convolution: Convolution,
        features: &[usize],
        kernel: &[usize],
    ) -> Result<Self> {
        let Convolution { window, groups } = convolution;
        let (
            &[blocks, channels, height, width, LANES],
            &[outputs, inputs, kernel_rows, kernel_columns],
        ) = (features, kernel)
        else {
            bail!(
                "a convolution of {features:?} with {kernel:?}: expected [blocks, in, height, \
                 width, {LANES}] and [out, in, rows, columns]"
            );
        };
        let (rows, columns) = window.count(height, width)?;
        let fits = groups > 0
            && inputs * groups == channels
            && outputs % groups == 0
            && kernel_rows == window.rows.size
            && kernel_columns == window.columns.size;
        if !fits {
            bail!(
                "a convolution of {features:?} with {kernel:?} in {groups} groups does not fit \
                 {window:?}"
            );
        }
        Ok(Self {
            window,
            groups,
            blocks,
            inputs,
            outputs: outputs / groups,
            height,
            width,
            rows,
            columns,
        })
    }

    /// Whether the convolution is a dense layer at a single position.
    pub(super) fn is_dense(&self) -> bool {
        self.groups == 1
            && self.taps() == self.inputs
            && self.places() == 1
            && self.height * self.width == 1
    }

    pub(super) fn area(&self) -> usize {
        self.window.rows.size * self.window.columns.size
    }

    /// Numbers under a window, the products in a sum: each is a *tap* of the filter.
    pub(super) fn taps(&self) -> usize {
        self.inputs * self.area()
    }

    /// Positions of a channel after the convolution.
    pub(super) fn places(&self) -> usize {
        self.rows * self.columns
    }

    pub(super) fn weights(&self) -> usize {
        self.groups * self.outputs * self.taps()
    }

    pub(super) fn padded(&self) -> (usize, usize) {
        let Window { rows, columns } = self.window;
        (
            rows.before + self.height + rows.after,
            columns.before + self.width + columns.after,
        )
    }

    /// Where the windows begin in a padded channel.
    pub(super) fn starts(&self) -> Vec<usize> {
        let (rows, columns) = (self.window.rows.stride, self.window.columns.stride);
        let width = self.padded().1;
        places(self.rows, self.columns, |row, column| {
            row * rows * width + column * columns
        })
    }

    /// Where the numbers under a window lie, from its beginning in a group's first channel.
    pub(super) fn offsets(&self) -> Vec<usize> {
        let (height, width) = self.padded();
        let area = self.area();
        let columns = self.window.columns.size;
        (0..self.taps())
            .map(|tap| (tap / area * height + tap % area / columns) * width + tap % area % columns)
            .collect()
    }
}

/// For each position of a channel, row by row, what `place` says of it.
pub(super) fn places(
    rows: usize,
    columns: usize,
    place: impl Fn(usize, usize) -> usize,
) -> Vec<usize> {
    (0..rows * columns)
        .map(|index| place(index / columns, index % columns))
        .collect()
}
