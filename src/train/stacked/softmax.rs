//! Softmax and its cross-entropy for batch-interleaved examples.

use crate::train::operators::LANES;
use crate::train::schedule::Training;

/// `e^x` for `x <= 0`, with a relative error below `2e-7`, and zero from `-87` on down.
///
/// `x = k ln 2 + r` with `|r| <= ln 2 / 2`; a polynomial for `e^r` (Cephes), and `k` goes into the
/// exponent.
#[inline(always)]
fn exp(x: f32) -> f32 {
    /// Adding it leaves a whole number in the lowest bits.
    const ROUND: f32 = 12_582_912.0;
    let clamped = if x > -87.0 { x } else { -87.0 };
    let shifted = clamped * std::f32::consts::LOG2_E + ROUND;
    let whole = shifted - ROUND;
    let r = clamped - whole * 0.693_359_4 + whole * 2.121_944_4e-4;
    let polynomial = [
        1.398_199_9e-3,
        8.333_452e-3,
        4.166_579_6e-2,
        1.666_666_5e-1,
        0.5,
    ]
    .into_iter()
    .fold(1.987_569_1e-4, |sum, coefficient| sum * r + coefficient);
    let power = f32::from_bits(
        shifted
            .to_bits()
            .wrapping_sub(ROUND.to_bits())
            .wrapping_add(127)
            << 23,
    );
    let value = (polynomial * r * r + r + 1.0) * power;
    if x > -87.0 {
        value
    } else if x.is_nan() {
        x
    } else {
        0.0
    }
}

/// What is minimised: label smoothing, or how far the loss is bounded, as in
/// [`Training`](crate::train::schedule::Training).
#[derive(Clone, Copy)]
pub(super) struct Loss {
    smoothing: f32,
    bounded: f32,
}

impl From<&Training> for Loss {
    fn from(training: &Training) -> Self {
        // The two are not combined.
        let smoothing = if training.bounded > 0.0 {
            0.0
        } else {
            training.smoothing
        };
        Self {
            smoothing: smoothing as f32,
            bounded: training.bounded as f32,
        }
    }
}

/// Of one block of logits `[classes]`: fills `gradients` with the gradient of the mean loss of
/// `softmax(t z)` over `count` examples, and returns that of `ln t` in each lane. Lanes without a
/// label have none.
#[inline(always)]
pub(super) fn gradient(
    logits: &[[f32; LANES]],
    gradients: &mut [[f32; LANES]],
    labels: &[u32],
    temperature: f32,
    loss: Loss,
    count: usize,
) -> [f32; LANES] {
    let mut largest = [f32::NEG_INFINITY; LANES];
    for logits in logits {
        for lane in 0..LANES {
            let logit = temperature * logits[lane];
            largest[lane] = if logit <= largest[lane] {
                largest[lane]
            } else {
                logit
            };
        }
    }
    let mut sums = [0.0; LANES];
    for (gradients, logits) in gradients.iter_mut().zip(logits) {
        for lane in 0..LANES {
            gradients[lane] = exp(temperature * logits[lane] - largest[lane]);
            sums[lane] += gradients[lane];
        }
    }
    // Each lane's weight in the mean: none, where there is no example.
    let mut share = [0.0; LANES];
    for share in share.iter_mut().take(labels.len()) {
        *share = 1.0 / count as f32;
    }
    if loss.bounded > 0.0 {
        for (lane, &label) in labels.iter().enumerate() {
            share[lane] *= (gradients[label as usize][lane] / sums[lane]).powf(loss.bounded);
        }
    }
    let everywhere = loss.smoothing / logits.len() as f32;
    for gradients in gradients.iter_mut() {
        for lane in 0..LANES {
            gradients[lane] = (gradients[lane] / sums[lane] - everywhere) * share[lane];
        }
    }
    for (lane, &label) in labels.iter().enumerate() {
        gradients[label as usize][lane] -= (1.0 - loss.smoothing) * share[lane];
    }
    let mut temperature_gradient = [0.0; LANES];
    for (gradients, logits) in gradients.iter_mut().zip(logits) {
        for lane in 0..LANES {
            gradients[lane] *= temperature;
            temperature_gradient[lane] += gradients[lane] * logits[lane];
        }
    }
    temperature_gradient
}

/// Of one example: its cross-entropy, and whether its class has not the largest logit by itself.
pub(super) fn loss(
    logits: impl Iterator<Item = f32> + Clone,
    label: u32,
    temperature: f32,
) -> (f64, bool) {
    let scaled = logits
        .clone()
        .map(|logit| f64::from(logit) * f64::from(temperature));
    let largest = scaled.clone().fold(f64::NEG_INFINITY, f64::max);
    let sum: f64 = scaled.clone().map(|logit| (logit - largest).exp()).sum();
    let truth = logits.clone().nth(label as usize).unwrap_or(f32::NAN);
    let right = logits
        .enumerate()
        .all(|(class, logit)| class == label as usize || logit < truth);
    (
        largest + sum.ln() - f64::from(truth) * f64::from(temperature),
        !right,
    )
}

#[cfg(test)]
mod tests {
    use super::exp;

    #[test]
    fn the_exponential_is_accurate_to_two_units_in_the_last_place() {
        for step in 0..870_000 {
            let x = -1e-4 * step as f32;
            let exact = f64::from(x).exp();
            assert!(
                (f64::from(exp(x)) - exact).abs() <= 2e-7 * exact,
                "{x}: {} {exact}",
                exp(x)
            );
        }
        assert_eq!(
            (exp(0.0), exp(-88.0), exp(f32::NEG_INFINITY)),
            (1.0, 0.0, 0.0)
        );
        assert!(exp(f32::NAN).is_nan());
    }
}
