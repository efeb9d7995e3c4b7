//! Laws of counts, term by term.

use crate::bounds::BoundError;

/// `C(n, k)`, for `n` up to 60.
pub(super) fn choose(n: u64, k: u64) -> u128 {
    (0..k).fold(1, |product, i| {
        product * u128::from(n - i) / u128::from(i + 1)
    })
}

/// `Pr[Bin(n, p) = k]` for all `k`, for `n` up to 60; `q` is `1 - p`.
pub(super) fn binomial(n: u64, p: f64, q: f64) -> Vec<f64> {
    (0..=n)
        .map(|k| choose(n, k) as f64 * p.powi(k as i32) * q.powi((n - k) as i32))
        .collect()
}

/// `Pr[Hyp(n, errors, s) = k]` for all `k` up to `s`, for `n` up to 60: `s` of `n` examples without
/// replacement, of which `errors` are errors.
pub(super) fn hypergeometric(n: u64, errors: u64, s: u64) -> Vec<f64> {
    let all = choose(n, s) as f64;
    (0..=s)
        .map(|k| {
            if k > errors || s - k > n - errors {
                0.0
            } else {
                (choose(errors, k) * choose(n - errors, s - k)) as f64 / all
            }
        })
        .collect()
}

/// The law of the sum of `draws` independent numbers, each `values[i]` with probability in
/// proportion to `weights[i]`.
pub(super) fn sums(draws: u64, values: &[usize], weights: &[f64]) -> Vec<f64> {
    let largest = values.iter().copied().max().unwrap_or_default();
    let total: f64 = weights.iter().sum();
    let mut sums = vec![1.0];
    for _ in 0..draws {
        let mut next = vec![0.0; sums.len() + largest];
        for (sum, mass) in sums.iter().enumerate() {
            for (value, weight) in values.iter().zip(weights) {
                next[sum + value] += mass * weight / total;
            }
        }
        sums = next;
    }
    sums
}

/// `ln C(n, k)` for all `k`, from one to the next with the rounding errors carried along (Kahan
/// 1965): each to some units in its last place, for any `n`.
pub(super) fn ln_choose(n: u64) -> impl Iterator<Item = f64> {
    let (mut sum, mut carried) = (0.0, 0.0);
    (0..=n).map(move |k| {
        if k > 0 {
            let step = ((n - k + 1) as f64 / k as f64).ln() - carried;
            let next = sum + step;
            carried = (next - sum) - step;
            sum = next;
        }
        sum
    })
}

/// The probability of the outcomes that fail.
pub(super) fn mass(
    weights: &[f64],
    fails: impl Fn(u64) -> Result<bool, BoundError>,
) -> Result<f64, BoundError> {
    (0..).zip(weights).try_fold(0.0, |sum, (k, weight)| {
        Ok(sum + if fails(k)? { *weight } else { 0.0 })
    })
}
