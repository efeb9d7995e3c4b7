//! Properties that would break if `proofs/catoni.md`, or its implementation, were wrong.

use crate::common::{assert_fails_rarely, bits, delta, nats, probability, risk, size};
use nonvacuous::bounds::{
    catoni, catoni_uniform, kl_inverse, occam_binomial, GibbsRisk, GridRatio, InverseTemperature,
};
use proptest::prelude::*;

fn at(lambda: f64) -> InverseTemperature {
    InverseTemperature::new(lambda).unwrap()
}

#[test]
fn the_probability_of_failure_over_all_samples_is_at_most_delta() {
    for allowed in [0.3, 0.05, 0.001] {
        for lambda in [0.5, 3.0, 20.0, 300.0] {
            assert_fails_rarely(allowed, |risk| {
                catoni(risk.into(), nats(0.0), delta(allowed), at(lambda))
            });
        }
        for excess in [1e-4, 0.1, 1.0, 9.0] {
            let ratio = GridRatio::one_plus(excess).unwrap();
            assert_fails_rarely(allowed, |risk| {
                catoni_uniform(risk.into(), nats(0.0), delta(allowed), ratio).bound
            });
        }
    }
}

#[test]
fn minimising_over_lambda_unpaid_gives_the_kl_bound_without_its_constant() {
    let n = 40;
    for k in 1..n {
        let lambdas = (-40..80).map(|step| 10f64.powf(f64::from(step) / 40.0) * n as f64 / 10.0);
        let unpaid = lambdas
            .map(|lambda| catoni(risk(k, n).into(), nats(0.0), delta(0.05), at(lambda)))
            .fold(1.0, f64::min);
        assert!((unpaid / kl_inverse(risk(k, n), delta(0.05).nats()) - 1.0).abs() < 1e-2);
        assert!(
            unpaid
                < catoni_uniform(risk(k, n).into(), nats(0.0), delta(0.05), GridRatio::ZHOU).bound
        );
    }
}

#[test]
fn the_published_bounds_for_imagenet_are_recomputed() {
    // Zhou et al. 2019, table 1: MobileNet in 350 KiB on 1,281,167 images: 96.54% top-1, 89.03%
    // top-5.
    let length = bits(350.0 * 1024.0 * 8.0);
    assert_eq!(length.get(), 2_867_200.0);
    for (errors, published, tightest) in [(448_408, 0.9654, 0.965391), (166_552, 0.8903, 0.890276)]
    {
        let risk = risk(errors, 1_281_167);
        let bound =
            catoni_uniform(risk.into(), length.to_nats(), delta(0.05), GridRatio::ZHOU).bound;
        assert!((bound - published).abs() < 5e-5, "{bound}");
        let binomial = occam_binomial(risk, length, delta(0.05));
        assert!(binomial <= tightest && binomial > tightest - 1e-6 && binomial < bound);
    }
}

proptest! {
    #[test]
    fn the_uniform_form_is_a_minimum_and_pays_for_it(
        n in 2u64..1_000_000_000,
        mean in 0.0..=1.0f64,
        budget in 0.0..2.0f64,
        position in 0.0..1.0f64,
        excess in 1e-5..3.0f64,
    ) {
        let risk = GibbsRisk::new(probability(mean), size(n));
        let (divergence, delta) = (nats(budget * n as f64), delta(0.05));
        let minimum = catoni_uniform(
            risk,
            divergence,
            delta,
            GridRatio::one_plus(excess).unwrap(),
        )
        .bound;
        // The stated formula at any other lambda.
        let lambda = (position * (4.0 + (n as f64).ln())).exp();
        let price = 2.0 * (2.0 + lambda.ln() / excess.ln_1p()).ln();
        let paid = (1.0 + excess) * (divergence.get() + delta.nats().get() + price);
        let other = (-(lambda * mean + paid) / n as f64).exp_m1() / (-lambda / n as f64).exp_m1();
        prop_assert!(minimum <= other.min(1.0) * (1.0 + 1e-10));
        prop_assert!(kl_inverse(risk, divergence.plus(delta.nats())) <= minimum * (1.0 + 1e-10));
    }

    #[test]
    fn no_lambda_beats_the_kl_inverse_without_its_constant(
        n in 1u64..1_000_000,
        mean in 0.0..=1.0f64,
        budget in 0.0..2.0f64,
        exponent in -3.0..8.0f64,
    ) {
        let risk = GibbsRisk::new(probability(mean), size(n));
        let divergence = nats(budget * n as f64);
        let bound = catoni(risk, divergence, delta(0.05), at(10f64.powf(exponent)));
        prop_assert!(
            kl_inverse(risk, divergence.plus(delta(0.05).nats())) <= bound * (1.0 + 1e-10)
        );
    }
}
