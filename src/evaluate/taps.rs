//! The weights that are not zero, by what they add to, in one piece of memory.

/// For each output of a layer its taps, in the order in which they are added.
#[derive(Debug)]
pub(super) struct Taps<T> {
    taps: Vec<T>,
    /// Where the taps of each output end.
    ends: Vec<usize>,
}

impl<T> Taps<T> {
    /// None yet; room for those of so many outputs, all together.
    pub(super) fn with_capacity(outputs: usize, taps: usize) -> Self {
        Self {
            taps: Vec::with_capacity(taps),
            ends: Vec::with_capacity(outputs),
        }
    }

    /// The taps of one more output.
    pub(super) fn push(&mut self, taps: impl Iterator<Item = T>) {
        self.taps.extend(taps);
        self.ends.push(self.taps.len());
    }

    /// The taps of an output.
    #[inline(always)]
    pub(super) fn of(&self, output: usize) -> &[T] {
        let start = match output {
            0 => 0,
            _ => self.ends[output - 1],
        };
        &self.taps[start..self.ends[output]]
    }

    /// Those of all outputs.
    pub(super) fn all(&self) -> &[T] {
        &self.taps
    }
}
