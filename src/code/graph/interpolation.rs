//! Between which places of an axis the places of a longer or shorter one lie.

/// The two places of an axis around one of the resized axis, and how near the second is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Neighbours {
    /// The place before, or the same.
    pub(crate) first: usize,
    /// The place after it; itself, if it is the last.
    pub(crate) second: usize,
    /// From 0, at the first, to 1.
    pub(crate) weight: f32,
}

/// For each place of an axis of length `after` its neighbours in one of length `before`, both of
/// which cover the same interval: place `y` has its centre at `(y + 1/2) before / after - 1/2`,
/// and what is before the first centre or after the last is there (PyTorch's `interpolate` with
/// `align_corners=False`). Centres are reckoned in whole numbers of `2 after` parts of a step.
///
/// Both lengths are from 1 to `2^24`.
pub(crate) fn neighbours(before: usize, after: usize) -> impl ExactSizeIterator<Item = Neighbours> {
    let (length, parts) = (before as i64, 2 * after as i64);
    let last = length - 1;
    (0..after).map(move |place| {
        let centre = (2 * place as i64 + 1) * length - after as i64;
        let centre = centre.clamp(0, parts * last);
        let first = centre / parts;
        Neighbours {
            first: first as usize,
            second: (first + 1).min(last) as usize,
            weight: (centre % parts) as f32 / parts as f32,
        }
    })
}

#[cfg(test)]
mod tests {
    use super::neighbours;

    fn positions(before: usize, after: usize) -> Vec<f32> {
        let position = |one: super::Neighbours| one.first as f32 + one.weight;
        neighbours(before, after).map(position).collect()
    }

    #[test]
    fn centres_are_those_of_half_pixels() {
        assert_eq!(positions(2, 4), [0.0, 0.25, 0.75, 1.0]);
        assert_eq!(positions(4, 2), [0.5, 2.5]);
        assert_eq!(positions(5, 1), [2.0]);
        assert_eq!(positions(1, 3), [0.0; 3]);
        assert_eq!(positions(3, 3), [0.0, 1.0, 2.0]);
    }

    #[test]
    fn the_largest_axes_stay_within_their_places() {
        const MOST: usize = 1 << 24;
        for (before, after) in [(MOST, 3), (3, MOST), (MOST, MOST), (MOST - 1, MOST)] {
            for one in neighbours(before, after).step_by(9973) {
                assert!(one.first <= one.second && one.second < before);
                assert!((0.0..=1.0).contains(&one.weight));
            }
        }
    }
}
