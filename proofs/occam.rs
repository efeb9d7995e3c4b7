//! Properties that would break if `proofs/occam.md`, or its implementation, were wrong.

use crate::common::{assert_fails_rarely, binomial_weights, bits, delta, risk};
use nonvacuous::bounds::{occam_binomial, occam_hoeffding, occam_kl};
use proptest::prelude::*;

#[test]
fn the_probability_of_failure_over_all_samples_is_at_most_delta() {
    for allowed in [0.3, 0.05, 0.001] {
        // A single hypothesis with a code word of no bits.
        assert_fails_rarely(allowed, |risk| {
            occam_binomial(risk, bits(0.0), delta(allowed))
        });
        assert_fails_rarely(allowed, |risk| occam_kl(risk, bits(0.0), delta(allowed)));
        assert_fails_rarely(allowed, |risk| {
            occam_hoeffding(risk, bits(0.0), delta(allowed))
        });
    }
}

#[test]
fn the_summed_weights_at_the_bound_are_delta() {
    for n in [1, 2, 5, 17, 40] {
        for k in 0..n {
            for allowed in [0.9, 0.3, 0.05, 1e-3] {
                let bound = occam_binomial(risk(k, n), bits(3.0), delta(allowed));
                let tail: f64 = binomial_weights(n, bound).iter().take(k as usize + 1).sum();
                let target = allowed / 8.0;
                assert!(
                    tail <= target * (1.0 + 1e-12),
                    "n {n}, k {k}, delta {allowed}: {tail}"
                );
                assert!(
                    tail >= target * (1.0 - 1e-9) - 1e-12,
                    "n {n}, k {k}, delta {allowed}: {tail}"
                );
            }
        }
    }
}

#[test]
fn without_errors_the_bound_has_a_closed_form() {
    let bound = occam_binomial(risk(0, 1000), bits(100.0), delta(0.05));
    let exact = 1.0 - (-(100.0 * std::f64::consts::LN_2 - 0.05f64.ln()) / 1000.0).exp();
    assert!((bound / exact - 1.0).abs() < 1e-12);
}

proptest! {
    #[test]
    fn the_binomial_form_is_the_tightest_and_hoeffdings_the_loosest(
        n in 1u64..200_000,
        fraction in 0.0..=1.0f64,
        length in 0.0..50_000.0f64,
        allowed in 1e-9..0.99f64,
    ) {
        let (risk, bits, delta) = (
            risk((fraction * n as f64) as u64, n),
            bits(length),
            delta(allowed),
        );
        let binomial = occam_binomial(risk, bits, delta);
        let divergence = occam_kl(risk, bits, delta);
        // The empirical risk is a median: with more than half a chance to fail, the bound may be
        // below it.
        prop_assert!(risk.rate() <= binomial || allowed * (-length).exp2() > 0.5);
        prop_assert!(binomial <= divergence);
        // Both are within 1e-10 of exact values that are ordered.
        prop_assert!(divergence <= occam_hoeffding(risk, bits, delta) * (1.0 + 1e-10));
    }

    #[test]
    fn the_bound_is_monotone_in_every_argument(
        n in 2u64..100_000,
        fraction in 0.0..1.0f64,
        length in 0.0..20_000.0f64,
        allowed in 1e-6..0.5f64,
    ) {
        let k = (fraction * (n - 1) as f64) as u64;
        let slack = 1.0 + 1e-10;
        let bound = occam_binomial(risk(k, n), bits(length), delta(allowed));
        prop_assert!(bound <= occam_binomial(risk(k + 1, n), bits(length), delta(allowed)) * slack);
        prop_assert!(
            bound <= occam_binomial(risk(k, n), bits(length + 1.0), delta(allowed)) * slack
        );
        prop_assert!(
            bound <= occam_binomial(risk(k, n), bits(length), delta(allowed / 2.0)) * slack
        );
        prop_assert!(occam_binomial(risk(k, n + 1), bits(length), delta(allowed)) <= bound * slack);
    }
}
