//! What the chapters' properties share: exact failure probabilities, by summing binomial weights.
//!
//! The weights are products of a few exact factors, to some units in the last place, which the
//! tolerances of the chapters need; that they are the binomial ones is seen by comparing them with
//! statrs, whose own are good to fewer digits.

use statrs::distribution::{Binomial, Discrete};

use nonvacuous::bounds::{Bits, EmpiricalRisk, FailureProbability, Nats, Probability, SampleSize};

pub fn risk(k: u64, n: u64) -> EmpiricalRisk {
    EmpiricalRisk::new(k, n).unwrap()
}

pub fn size(n: u64) -> SampleSize {
    SampleSize::new(n).unwrap()
}

pub fn bits(bits: f64) -> Bits {
    Bits::new(bits).unwrap()
}

pub fn nats(nats: f64) -> Nats {
    Nats::new(nats).unwrap()
}

pub fn delta(delta: f64) -> FailureProbability {
    FailureProbability::new(delta).unwrap()
}

pub fn probability(value: f64) -> Probability {
    Probability::new(value).unwrap()
}

/// `Pr[Bin(n, p) = k]` for all `k`.
pub fn binomial_weights(n: u64, p: f64) -> Vec<f64> {
    let mut weights = vec![(1.0 - p).powi(n as i32)];
    for k in 0..n {
        let last = weights[k as usize];
        weights.push(last * (n - k) as f64 / (k + 1) as f64 * p / (1.0 - p));
    }
    weights
}

#[test]
fn the_weights_are_those_of_statrs() {
    for n in [1, 2, 5, 17, 40] {
        for p in [0.005, 0.1, 0.5, 0.9, 0.995] {
            let law = Binomial::new(p, n).unwrap();
            for (k, weight) in (0..).zip(binomial_weights(n, p)) {
                let theirs = law.pmf(k);
                assert!(
                    (weight - theirs).abs() <= 1e-10 * theirs + 1e-300,
                    "n {n}, p {p}, k {k}: {weight} {theirs}"
                );
            }
        }
    }
}

/// The probability over all samples of one fixed hypothesis that `bound` is below the truth is at
/// most `allowed`, for a grid of truths.
pub fn assert_fails_rarely(allowed: f64, bound: impl Fn(EmpiricalRisk) -> f64) {
    for n in [1, 2, 5, 17, 40] {
        let bounds: Vec<f64> = (0..=n).map(|k| bound(risk(k, n))).collect();
        for step in 1..200 {
            let truth = f64::from(step) / 200.0;
            let weights = binomial_weights(n, truth);
            let failure: f64 = weights
                .iter()
                .zip(&bounds)
                .filter(|&(_, &bound)| bound < truth)
                .map(|(weight, _)| weight)
                .sum();
            assert!(
                failure <= allowed * (1.0 + 1e-12),
                "n {n}, L {truth}: {failure} > {allowed}"
            );
        }
    }
}
