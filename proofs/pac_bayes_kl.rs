//! Properties that would break if `proofs/pac_bayes_kl.md`, or its implementation, were wrong.

use crate::common::{assert_fails_rarely, delta, nats, probability, risk, size};
use nonvacuous::bounds::{
    kl_inverse, lambda_bound, ln_two_sqrt, ln_xi, mcallester, pac_bayes_kl, pac_bayes_kl_xi,
    thiemann, GibbsRisk, Lambda,
};
use proptest::prelude::*;

/// `xi(n)` by its definition.
fn xi_by_definition(n: u64) -> f64 {
    let term = |k: u64| {
        // The term of k and of n - k is the same; the smaller rate does not underflow.
        let rarer = k.min(n - k);
        crate::common::binomial_weights(n, rarer as f64 / n as f64)[rarer as usize]
    };
    2.0 + (1..n).map(term).sum::<f64>()
}

#[test]
fn the_constant_is_its_definition_and_between_the_square_root_and_twice_it() {
    for n in 1..300 {
        assert!(
            (ln_xi(size(n)).get() - xi_by_definition(n).ln()).abs() < 1e-11,
            "{n}"
        );
    }
    for exponent in 0..=12 {
        for n in [
            10u64.pow(exponent),
            3 * 10u64.pow(exponent.min(11)),
            4096,
            4097,
        ] {
            let ln_xi = ln_xi(size(n)).get();
            assert!(ln_xi <= ln_two_sqrt(size(n)).get() * (1.0 + 1e-10));
            assert!(n < 8 || ln_xi >= (n as f64).ln() / 2.0);
        }
    }
}

#[test]
fn the_constant_is_continuous_where_the_theorem_takes_over() {
    let step = |n| ln_xi(size(n + 1)).get() - ln_xi(size(n)).get();
    assert!((step(4096) / step(4095) - 1.0).abs() < 1e-3);
}

#[test]
fn the_probability_of_failure_over_all_samples_is_at_most_delta() {
    for allowed in [0.3, 0.05, 0.001] {
        assert_fails_rarely(allowed, |risk| {
            pac_bayes_kl_xi(risk.into(), nats(0.0), delta(allowed))
        });
        assert_fails_rarely(allowed, |risk| {
            pac_bayes_kl(risk.into(), nats(0.0), delta(allowed))
        });
        assert_fails_rarely(allowed, |risk| {
            mcallester(risk.into(), nats(0.0), delta(allowed))
        });
        assert_fails_rarely(allowed, |risk| {
            thiemann(risk.into(), nats(0.0), delta(allowed))
        });
    }
}

#[test]
fn the_exponential_moment_is_the_constant_whatever_the_truth() {
    for truth in [0.01, 0.3, 0.5, 0.9] {
        let n = 30u64;
        let moment: f64 = crate::common::binomial_weights(n, truth)
            .iter()
            .zip(0..=n)
            .map(|(weight, k)| {
                let divergence =
                    nonvacuous::bounds::kl(probability(k as f64 / n as f64), probability(truth));
                weight * (n as f64 * divergence).exp()
            })
            .sum();
        assert!((moment / xi_by_definition(n) - 1.0).abs() < 1e-9);
    }
}

proptest! {
    #[test]
    fn the_forms_are_ordered_and_at_least_the_training_error(
        n in 1u64..1_000_000_000_000,
        mean in 0.0..=1.0f64,
        budget in 0.0..3.0f64,
        allowed in 1e-300..0.99f64,
    ) {
        let risk = GibbsRisk::new(probability(mean), size(n));
        let (divergence, delta) = (nats(budget * n as f64), delta(allowed));
        let exact = pac_bayes_kl_xi(risk, divergence, delta);
        let simple = pac_bayes_kl(risk, divergence, delta);
        let slack = 1.0 + 1e-10;
        prop_assert!(mean <= exact * (1.0 + 1e-15));
        prop_assert!(kl_inverse(risk, divergence.plus(delta.nats())) <= exact * slack);
        prop_assert!(exact <= simple * slack);
        prop_assert!(simple <= mcallester(risk, divergence, delta) * slack);
        prop_assert!(simple <= thiemann(risk, divergence, delta) * slack);
    }

    #[test]
    fn no_other_lambda_is_better_than_the_closed_form(
        n in 1u64..10_000_000,
        mean in 0.0..=1.0f64,
        budget in 0.0..0.3f64,
        lambda in 1e-3..1.999f64,
    ) {
        let risk = GibbsRisk::new(probability(mean), size(n));
        let (divergence, delta) = (nats(budget * n as f64), delta(0.05));
        let best = thiemann(risk, divergence, delta);
        prop_assert!(
            best <= lambda_bound(risk, divergence, delta, Lambda::new(lambda).unwrap())
                * (1.0 + 1e-10)
        );
    }

    #[test]
    fn the_bound_is_monotone_in_every_argument(
        n in 2u64..100_000,
        mean in 0.0..0.99f64,
        divergence in 0.0..20_000.0f64,
        allowed in 1e-6..0.5f64,
    ) {
        let bound = |mean, n, divergence, allowed| {
            pac_bayes_kl(
                GibbsRisk::new(probability(mean), size(n)),
                nats(divergence),
                delta(allowed),
            )
        };
        let (here, slack) = (bound(mean, n, divergence, allowed), 1.0 + 1e-10);
        prop_assert!(here <= bound(mean + 0.01, n, divergence, allowed) * slack);
        prop_assert!(here <= bound(mean, n, divergence + 1.0, allowed) * slack);
        prop_assert!(here <= bound(mean, n, divergence, allowed / 2.0) * slack);
        prop_assert!(bound(mean, n + 1, divergence, allowed) <= here * slack);
    }

    #[test]
    fn one_hypothesis_as_a_posterior_is_bounded_less_tightly_than_by_occam(
        n in 1u64..1_000_000,
        fraction in 0.0..=1.0f64,
        length in 0.0..1e6f64,
    ) {
        let risk = risk((fraction * n as f64) as u64, n);
        let occam = nonvacuous::bounds::occam_kl(risk, crate::common::bits(length), delta(0.05));
        let gibbs = pac_bayes_kl_xi(
            risk.into(),
            crate::common::bits(length).to_nats(),
            delta(0.05),
        );
        prop_assert!(occam <= gibbs * (1.0 + 1e-10));
    }
}
