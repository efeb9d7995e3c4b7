//! Labels that do not cover each other.

/// Heights that are in order and at least `distance` apart, near those that are wanted, none below
/// the floor.
pub(super) fn moved_apart(wanted: &[i32], distance: i32, floor: i32) -> Vec<i32> {
    let mut heights = wanted.to_vec();
    // Each of a few rounds halves what is too near; the last one is exact, downwards then upwards
    // from the floor.
    for _ in 0..200 {
        for place in 1..heights.len() {
            let lacking = distance - (heights[place] - heights[place - 1]);
            if lacking > 0 {
                heights[place - 1] -= lacking / 2;
                heights[place] += lacking - lacking / 2;
            }
        }
    }
    let mut most = floor;
    for height in heights.iter_mut().rev() {
        *height = (*height).min(most);
        most = *height - distance;
    }
    heights
}

#[cfg(test)]
mod tests {
    use super::moved_apart;

    #[test]
    fn labels_that_would_cover_each_other_are_moved_apart_and_stay_in_order() {
        let heights = moved_apart(&[100, 100, 110, 900], 50, 920);
        assert!(
            heights.windows(2).all(|pair| pair[1] - pair[0] >= 49),
            "{heights:?}"
        );
        assert_eq!(heights[3], 900);
    }
}
