//! How often two perceptrons with weights in {-1, 0, +1} differ.

use crate::bounds::Probability;

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

/// `q + (1 - 2 q) p`: the error of what decides differently from a teacher with probability `p`,
/// on labels that are not the teacher's with probability `q`.
pub(super) fn with_label_noise(disagreement: f64, noise: Probability) -> f64 {
    let noise = noise.get();
    noise + (1.0 - 2.0 * noise) * disagreement
}

/// `Pr[A = 0]`, for a sum `A` of so many coin flips of +1 and -1: how often the sum of weights
/// times inputs of a perceptron of so many signs, among zeros, is 0.
///
/// ```
/// use nonvacuous::lab::signs::sum_is_zero;
/// assert_eq!([0, 1, 2].map(sum_is_zero), [1.0, 0.0, 0.5]);
/// ```
#[must_use]
pub fn sum_is_zero(count: usize) -> f64 {
    let smallest = magnitudes(count).into_iter().next();
    let zero = smallest.filter(|(magnitude, _)| *magnitude == 0);
    zero.map_or(0.0, |(_, probability)| probability)
}

/// How often a perceptron with weights in {-1, 0, +1} does not decide as one of `N` signs, `N` odd,
/// does, which is so where its sum is 0: it has that one's sign in `a` weights, the other in `b`,
/// and 0 in `z`.
///
/// With independent sums `A`, `B` and `Z` of `a`, `b` and `z` coin flips of +1 and -1 one decides
/// by the sign of `A + B + Z`, which is never 0, the other by that of `A - B`: so that it is
/// `Pr[A = B] + 2 Pr[A > B, Z < -(A + B)]`, as turning over all of them turns over both.
///
/// It takes `O(a b)` operations; all terms are positive, and the relative error is below `2 N`
/// roundings.
///
/// ```
/// use nonvacuous::lab::signs::{disagreement, disagreement_with_zeros};
/// // It is 0 if the two that are not 0 say the opposite, else right.
/// assert_eq!(disagreement_with_zeros(2, 0, 1), 0.5);
/// assert_eq!(disagreement_with_zeros(5, 4, 0), disagreement(9, 4));
/// ```
#[must_use]
pub fn disagreement_with_zeros(agreeing: usize, opposite: usize, zeros: usize) -> f64 {
    let [sums_a, sums_b, sums_z] = [agreeing, opposite, zeros].map(sums);
    // Of Z below its place: that of so many +1, and of more than all.
    let mut below = vec![0.0];
    let mut so_far = 0.0;
    for (_, probability) in &sums_z {
        so_far += probability;
        below.push(so_far);
    }
    let mut total = 0.0;
    for (a, of_a) in &sums_a {
        for (b, of_b) in &sums_b {
            if a == b {
                total += of_a * of_b;
            } else if a > b {
                // 2 k - z < -(a + b), for so many k.
                let fewer = (zeros as i64 - a - b + 1).max(0) / 2;
                let place = (fewer as usize).min(zeros + 1);
                total += 2.0 * of_a * of_b * below[place];
            }
        }
    }
    total.min(1.0)
}

/// The values of a sum of so many coin flips of +1 and -1, in ascending order with their
/// probabilities.
fn sums(count: usize) -> Vec<(i64, f64)> {
    let halves = magnitudes(count);
    let half = |&(magnitude, probability): &(usize, f64)| match magnitude {
        0 => (0, probability),
        _ => (magnitude as i64, probability / 2.0),
    };
    let positive: Vec<(i64, f64)> = halves.iter().map(half).collect();
    let negative = positive.iter().rev().filter(|(sum, _)| *sum > 0);
    let negative = negative.map(|(sum, probability)| (-sum, *probability));
    negative.chain(positive.iter().copied()).collect()
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
