//! How far the probabilities of two networks are from each other.

/// The divergence `KL(p || q)` of the probabilities with these logits, in nats (Kullback and
/// Leibler 1951): `p` from the `first`, `q` from the `second`, one number a class.
///
/// ```
/// use nonvacuous::network::divergence;
/// let even = divergence(&[0.0, 0.0], &[0.0, 3f32.ln()]);
/// assert!((even - (4.0f64 / 3.0).ln() / 2.0).abs() < 1e-7);
/// assert_eq!(divergence(&[1.0, 2.0], &[2.0, 3.0]), 0.0);
/// ```
#[must_use]
pub fn divergence(first: &[f32], second: &[f32]) -> f64 {
    let pairs = logarithms(first).into_iter().zip(logarithms(second));
    pairs
        .map(|(first, second)| first.exp() * (first - second))
        .sum()
}

/// Logarithms of the probabilities.
fn logarithms(logits: &[f32]) -> Vec<f64> {
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let shifted: Vec<f64> = logits
        .iter()
        .map(|&logit| f64::from(logit) - f64::from(largest))
        .collect();
    let total = shifted.iter().map(|logit| logit.exp()).sum::<f64>().ln();
    shifted.into_iter().map(|logit| logit - total).collect()
}
