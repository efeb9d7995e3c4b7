//! Two values of different shapes, number by number.

/// A way through all numbers of a value in order, and through another one beside it.
#[derive(Debug)]
pub(super) struct Walk {
    /// The lengths of the axes, with what one step along each is in the other value.
    axes: Vec<(usize, usize)>,
}

/// Numbers side by side in the value that is walked through.
#[derive(Debug, Clone, Copy)]
pub(super) struct Run {
    pub(super) count: usize,
    /// Where the other value's first one is.
    pub(super) other: usize,
    /// From each of the other value's to the next.
    pub(super) step: usize,
}

impl Walk {
    /// Along axes of these lengths, with these steps in the other value.
    pub(super) fn new(lengths: &[usize], steps: &[usize]) -> Self {
        let mut axes: Vec<(usize, usize)> = Vec::new();
        for (&length, &step) in lengths.iter().zip(steps) {
            match axes.last_mut() {
                _ if length == 1 => {}
                // Two axes of which one step of the first is the length of the second are one.
                Some((before, outer)) if *outer == length * step => {
                    (*before, *outer) = (*before * length, step);
                }
                _ => axes.push((length, step)),
            }
        }
        Self { axes }
    }

    /// Along a value that another one is combined with: the other's missing axes, and those of
    /// length 1, are repeated.
    pub(super) fn broadcast(lengths: &[usize], other: &[usize]) -> Self {
        let missing = lengths.len() - other.len();
        let strides = strides(other);
        let mut steps = vec![0; missing];
        for (&length, stride) in other.iter().zip(strides) {
            steps.push(if length == 1 { 0 } else { stride });
        }
        Self::new(lengths, &steps)
    }

    /// Where the other value's number is that is beside one of these.
    pub(super) fn place(&self, mut index: usize) -> usize {
        let mut place = 0;
        for &(length, step) in self.axes.iter().rev() {
            place += index % length * step;
            index /= length;
        }
        place
    }

    /// What stands side by side, in order.
    #[inline(always)]
    pub(super) fn runs(&self, mut visit: impl FnMut(Run)) {
        let (outer, (count, step)) = match self.axes.split_last() {
            Some((&last, outer)) => (outer, last),
            None => (&[][..], (1, 1)),
        };
        let mut indices = vec![0; outer.len()];
        let mut other = 0;
        loop {
            visit(Run { count, other, step });
            let mut axis = outer.len();
            loop {
                let Some(before) = axis.checked_sub(1) else {
                    return;
                };
                axis = before;
                let (length, step) = outer[axis];
                indices[axis] += 1;
                other += step;
                if indices[axis] < length {
                    break;
                }
                other -= length * step;
                indices[axis] = 0;
            }
        }
    }
}

/// From one index of each axis to the next, where the last is fastest.
pub(super) fn strides(lengths: &[usize]) -> Vec<usize> {
    let mut strides = vec![1; lengths.len()];
    for axis in (1..lengths.len()).rev() {
        strides[axis - 1] = strides[axis] * lengths[axis];
    }
    strides
}
