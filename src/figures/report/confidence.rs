//! Chances of failure, and confidences, on the safe side.

/// `delta` as a percentage, rounded up to a millionth, so that no chance is said to be none.
pub(super) fn failure_percent(delta: f64) -> f64 {
    // What is taken away is rounding noise: 100 * 0.07 is more than 7.
    ((100.0 * delta - 1e-9) * 1e6).ceil().max(1.0) / 1e6
}

/// `1 - delta` as a percentage, rounded down likewise.
pub(super) fn confidence_percent(delta: f64) -> f64 {
    100.0 - failure_percent(delta)
}

#[cfg(test)]
mod tests {
    use super::{confidence_percent, failure_percent};

    #[test]
    fn no_chance_of_failure_is_said_to_be_smaller_than_it_is() {
        for (delta, percent) in [(0.05, 5.0), (0.07, 7.0), (1e-9, 1e-6), (1e-300, 1e-6)] {
            assert_eq!(failure_percent(delta), percent, "{delta}");
            assert_eq!(confidence_percent(delta), 100.0 - percent, "{delta}");
        }
    }
}
