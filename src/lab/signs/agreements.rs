//! What one example tells about a perceptron of signs that remembers coin flips.

/// `I(Z;W)` in bits, of one example `Z = (x, y)` whose label is a coin flip, and the signs `W` that
/// are sent, from the law of the number of places in which `W` agrees with `y x`: `N + 1`
/// probabilities.
///
/// Of a learner that only sees each input times its label, and treats all weights and both signs of
/// each alike, the joint law of `y x` and `W` stays the same if the same signs of both are turned
/// over or their places are exchanged. So it depends on the number of agreements `K` only, both are
/// uniform by themselves, and the information is the divergence of the law of `K` from that of `N`
/// coin flips, `sum_k P(k) log2(P(k) 2^N / C(N, k))`.
///
/// ```
/// use nonvacuous::lab::signs::information_of_agreements;
/// // One sign, which is that of the example: one bit.
/// assert_eq!(information_of_agreements(&[0.0, 1.0]), 1.0);
/// assert_eq!(information_of_agreements(&[0.25, 0.5, 0.25]), 0.0);
/// ```
#[must_use]
pub fn information_of_agreements(law: &[f64]) -> f64 {
    let inputs = law.len().saturating_sub(1);
    // C(N, k) 2^-N, each from the one before.
    let mut coin_flips = 0.5f64.powi(inputs as i32);
    let mut information = 0.0;
    for (count, &probability) in law.iter().enumerate() {
        if probability > 0.0 {
            information += probability * (probability / coin_flips).log2();
        }
        coin_flips *= (inputs - count) as f64 / (count + 1) as f64;
    }
    information.max(0.0)
}

/// The information of the mean of laws that were drawn independently, and its limits: the
/// jackknife's estimate, whose first-order bias is gone, and 1.96 of its standard errors to either
/// side (Quenouille 1949, Tukey 1958), which hold with probability 95% in the limit of many draws.
///
/// With fewer than two draws the limits are 0 and `N`, which always hold.
#[must_use]
pub fn information_limits(laws: &[Vec<f64>]) -> (f64, f64, f64) {
    const DEVIATIONS: f64 = 1.96;
    let draws = laws.len() as f64;
    let cells = laws.first().map_or(0, Vec::len);
    let mut sum = vec![0.0; cells];
    for law in laws {
        for (sum, probability) in sum.iter_mut().zip(law) {
            *sum += probability;
        }
    }
    let mean: Vec<f64> = sum.iter().map(|sum| sum / draws).collect();
    let all = information_of_agreements(&mean);
    let most = cells.saturating_sub(1) as f64;
    if laws.len() < 2 {
        return (0.0, all, most);
    }
    let without = |law: &Vec<f64>| {
        let rest = sum.iter().zip(law);
        // Of a number that only this draw has, rounding may leave less than nothing.
        let rest = rest.map(|(sum, probability)| ((sum - probability) / (draws - 1.0)).max(0.0));
        information_of_agreements(&rest.collect::<Vec<f64>>())
    };
    let without: Vec<f64> = laws.iter().map(without).collect();
    let middle = without.iter().sum::<f64>() / draws;
    let squares: f64 = without.iter().map(|one| (one - middle).powi(2)).sum();
    let error = (squares * (draws - 1.0) / draws).sqrt();
    let estimate = (draws * all - (draws - 1.0) * middle).clamp(0.0, most);
    (
        (estimate - DEVIATIONS * error).max(0.0),
        estimate,
        (estimate + DEVIATIONS * error).min(most),
    )
}
