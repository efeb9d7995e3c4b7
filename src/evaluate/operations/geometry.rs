//! What a convolution reads and makes.

use crate::code::{Window, BYTES_PER_NONZERO};

/// A weight that is not zero, with what it reads.
#[derive(Debug)]
pub(in crate::evaluate) struct Tap {
    pub(super) channel: u32,
    pub(super) row: u16,
    pub(super) column: u16,
    pub(super) weight: f32,
}

// What a decoder reckons with.
const _: () = assert!(size_of::<Tap>() as u64 <= BYTES_PER_NONZERO);

/// Channels, rows and columns before and after a convolution, and how it moves.
#[derive(Debug, Clone, Copy)]
pub(in crate::evaluate) struct Geometry {
    pub(super) before: [usize; 3],
    pub(super) after: [usize; 3],
    pub(super) window: Window,
    pub(super) groups: usize,
}

impl Geometry {
    /// Input channels of a group.
    pub(super) fn channels(&self) -> usize {
        self.before[0] / self.groups
    }

    /// Output channels of a group.
    pub(super) fn outputs(&self) -> usize {
        self.after[0] / self.groups
    }

    /// Inputs of a sum.
    pub(super) fn inputs(&self) -> usize {
        self.channels() * self.window.size[0] * self.window.size[1]
    }

    /// Channel, counted from the first, row and column of the window that an input of an output is.
    pub(super) fn tap(&self, output: usize, input: usize, weight: f32) -> Tap {
        let [rows, columns] = self.window.size;
        let first = output / self.outputs() * self.channels();
        Tap {
            channel: (first + input / (rows * columns)) as u32,
            row: (input / columns % rows) as u16,
            column: (input % columns) as u16,
            weight,
        }
    }
}
