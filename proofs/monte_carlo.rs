//! Properties that would break if `proofs/monte_carlo.md`, or its implementation, were wrong.

use crate::common::{assert_fails_rarely, delta, probability, size};
use nonvacuous::bounds::{monte_carlo_risk, monte_carlo_risk_of_pairs};
use proptest::prelude::*;

#[test]
fn the_probability_of_failure_over_all_draws_is_at_most_delta() {
    for allowed in [0.3, 0.05, 0.001] {
        assert_fails_rarely(allowed, |draws| {
            monte_carlo_risk_of_pairs(draws, size(60_000), delta(allowed))
                .unwrap()
                .rate()
        });
        assert_fails_rarely(allowed, |draws| {
            monte_carlo_risk(
                probability(draws.rate()),
                draws.sample_size(),
                size(60_000),
                delta(allowed),
            )
            .unwrap()
            .rate()
        });
    }
}

proptest! {
    #[test]
    fn more_draws_cost_less_and_never_nothing(mean in 0.0..0.99f64, draws in 1u64..1_000_000) {
        let limit = |draws| {
            monte_carlo_risk(probability(mean), size(draws), size(100), delta(0.01))
                .unwrap()
                .rate()
        };
        prop_assert!(limit(draws) > mean);
        prop_assert!(limit(draws + 1) <= limit(draws) * (1.0 + 1e-10));
    }
}
