//! Properties that would break if `proofs/subsample.md`, or its implementation, were wrong.

use crate::common::{delta, risk, size};
use nonvacuous::bounds::{population_errors, BoundError};
use proptest::prelude::*;
use statrs::distribution::{Discrete, Hypergeometric};

fn choose(n: u64, k: u64) -> u128 {
    (1..=u128::from(k)).fold(1, |product, j| product * (u128::from(n - k) + j) / j)
}

/// `Pr[Hyp(n, errors, s) = k]`.
fn weight(n: u64, errors: u64, s: u64, k: u64) -> f64 {
    if k > errors || s - k > n - errors {
        return 0.0;
    }
    (choose(errors, k) * choose(n - errors, s - k)) as f64 / choose(n, s) as f64
}

#[test]
fn the_result_is_the_exact_inversion_and_fails_at_most_as_often_as_allowed() {
    for n in [1u64, 2, 7, 30] {
        for s in 1..=n {
            for allowed in [0.6, 0.0501, 1e-4] {
                let bound = |k| {
                    population_errors(risk(k, s), size(n), delta(allowed))
                        .unwrap()
                        .count()
                };
                for k in 0..=s {
                    let tail = |errors| (0..=k).map(|j| weight(n, errors, s, j)).sum::<f64>();
                    let exact = (k..=n - (s - k))
                        .rev()
                        .find(|&errors| tail(errors) >= allowed)
                        .unwrap();
                    assert_eq!(bound(k), exact, "n {n}, s {s}, k {k}");
                }
                for errors in 0..=n {
                    let possible = (0..=s).filter(|&k| weight(n, errors, s, k) > 0.0);
                    let failure: f64 = possible
                        .filter(|&k| bound(k) < errors)
                        .map(|k| weight(n, errors, s, k))
                        .sum();
                    assert!(failure <= allowed);
                }
            }
        }
    }
}

#[test]
fn the_weights_are_those_of_statrs() {
    for n in [1, 2, 7, 30] {
        for errors in 0..=n {
            for s in 1..=n {
                let law = Hypergeometric::new(n, errors, s).unwrap();
                for k in 0..=s {
                    assert!((weight(n, errors, s, k) - law.pmf(k)).abs() < 1e-12);
                }
            }
        }
    }
}

#[test]
fn a_trillion_examples_are_no_trouble() {
    let all = population_errors(
        risk(500_000_000, 1_000_000_000),
        size(1_000_000_000_000),
        delta(0.05),
    )
    .unwrap();
    assert!(all.rate() > 0.5 && all.rate() < 0.5001);
    let sample = population_errors(risk(3, 11), size(10), delta(0.05));
    assert!(matches!(
        sample,
        Err(BoundError::Part {
            part: 11,
            examples: 10,
            ..
        })
    ));
}

proptest! {
    #[test]
    fn the_whole_is_its_own_sample_and_a_part_bounds_it_from_above(
        n in 1u64..100_000,
        fraction in 0.0..=1.0f64,
    ) {
        let k = (fraction * n as f64) as u64;
        prop_assert_eq!(
            population_errors(risk(k, n), size(n), delta(0.05)).unwrap(),
            risk(k, n)
        );
        let part = risk(k.div_ceil(2), n.div_ceil(2));
        prop_assert!(
            population_errors(part, size(n), delta(0.05))
                .unwrap()
                .count()
                >= part.count()
        );
    }
}
