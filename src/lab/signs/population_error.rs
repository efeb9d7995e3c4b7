//! How often two perceptrons with weights in {-1, +1} differ.

/// `Pr[|A| < |B|]`, for independent sums `A` of `N - d` and `B` of `d` coin flips of +1 and -1: the
/// probability that two perceptrons of `N` signs, `N` odd, that differ in `d` weights decide
/// differently on inputs that are uniform on `{-1, +1}^N`.
///
/// One decides by the sign of `A + B`, the other by that of `A - B`, where `A` is the sum over the
/// weights that they share. Both are two binomial laws, so that it takes `O(N)` operations; all
/// terms are positive, and the relative error is below `N` roundings.
///
/// ```
/// use nonvacuous::lab::signs::disagreement;
/// // A is -2, 0, 0 or 2, and B is -1 or 1.
/// assert_eq!(disagreement(3, 1), 0.5);
/// assert_eq!(disagreement(3, 0), 0.0);
/// assert_eq!(disagreement(3, 3), 1.0);
/// ```
#[must_use]
pub fn disagreement(inputs: usize, differing: usize) -> f64 {
    let shared = magnitudes(inputs.saturating_sub(differing));
    let mut shared = shared.into_iter().peekable();
    // Of |A| below the magnitude at hand.
    let mut below = 0.0;
    let mut total = 0.0;
    for (magnitude, probability) in magnitudes(differing) {
        while let Some((_, smaller)) = shared.next_if(|(other, _)| *other < magnitude) {
            below += smaller;
        }
        total += probability * below;
    }
    total.min(1.0)
}

/// The values of `|A|` in ascending order with their probabilities, for a sum `A` of so many coin
/// flips of +1 and -1.
///
/// From the middle outwards, each binomial coefficient from the one before, then divided by their
/// sum: neither factorials nor powers of 2 that would overflow.
fn magnitudes(count: usize) -> Vec<(usize, f64)> {
    let middle = count.div_ceil(2);
    let mut coefficient = 1.0;
    let mut all = Vec::with_capacity(count - middle + 1);
    for positive in middle..=count {
        let magnitude = 2 * positive - count;
        // Either sign, but for 0.
        let ways = if magnitude == 0 { 1.0 } else { 2.0 };
        all.push((magnitude, ways * coefficient));
        coefficient *= (count - positive) as f64 / (positive + 1) as f64;
    }
    // The small ones first.
    let sum: f64 = all.iter().rev().map(|(_, weight)| weight).sum();
    for (_, weight) in &mut all {
        *weight /= sum;
    }
    all
}
