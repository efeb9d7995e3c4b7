//! Properties that would break if `proofs/held_out.md`, or its implementation, were wrong.

use crate::common::{assert_fails_rarely, bits, delta, risk, size};
use nonvacuous::bounds::{held_out, occam_binomial, BoundError, PriorSplit};
use proptest::prelude::*;
use statrs::distribution::{Beta, ContinuousCDF};

#[test]
fn the_probability_of_failure_over_all_samples_is_at_most_delta() {
    for allowed in [0.7, 0.3, 0.05, 1e-6] {
        assert_fails_rarely(allowed, |risk| held_out(risk, delta(allowed)));
    }
}

#[test]
fn the_bound_is_a_quantile_of_the_beta_distribution() {
    for (k, n) in [(0, 1), (0, 60), (3, 20), (150, 1000), (999, 1000)] {
        for allowed in [0.3, 0.05, 1e-4] {
            let quantile = Beta::new((k + 1) as f64, (n - k) as f64)
                .unwrap()
                .inverse_cdf(1.0 - allowed);
            let bound = held_out(risk(k, n), delta(allowed));
            assert!(
                (bound / quantile - 1.0).abs() < 1e-9,
                "{k} of {n}: {bound} {quantile}"
            );
        }
    }
}

#[test]
fn a_split_counts_only_what_the_prior_has_not_seen() {
    let split = PriorSplit::new(size(100), 60).unwrap();
    assert_eq!(split.bound_examples(), size(40));
    assert_eq!(split.risk(7), Ok(risk(7, 40)));
    assert_eq!(
        split.risk(41),
        Err(BoundError::MoreErrorsThanExamples {
            errors: 41,
            examples: 40
        })
    );
    assert!(PriorSplit::new(size(100), 100).is_err());
}

proptest! {
    #[test]
    fn a_code_word_of_no_bits_is_a_held_out_hypothesis(
        n in 1u64..1_000_000,
        fraction in 0.0..=1.0f64,
    ) {
        let risk = risk((fraction * n as f64) as u64, n);
        let code = occam_binomial(risk, bits(0.0), delta(0.05));
        prop_assert!((held_out(risk, delta(0.05)) / code - 1.0).abs() < 1e-13);
    }
}
