//! Properties that would break if `proofs/attainment.md`, or its implementation, were wrong.

use crate::common::{probability, risk, size};
use nonvacuous::bounds::{limit_kl, LengthPrior, RandomCodebook};

fn learner(k: u64, n: u64, error: f64) -> RandomCodebook {
    RandomCodebook::new(risk(k, n), probability(error))
}

#[test]
fn expected_lengths_are_those_of_the_summed_series() {
    for (k, n, error) in [
        (0, 1, 0.5),
        (1, 5, 0.4),
        (0, 8, 0.5),
        (2, 12, 0.5),
        (6, 7, 0.9),
        (0, 13, 0.5),
    ] {
        let learner = learner(k, n, error);
        let t: f64 = crate::common::binomial_weights(n, error)
            .iter()
            .take(k as usize + 1)
            .sum();
        let mean = |value: &dyn Fn(u64) -> f64| {
            let (mut sum, mut mass) = (0.0, t);
            for j in 1..(50.0 / t) as u64 {
                sum += mass * value(j);
                mass *= 1.0 - t;
            }
            sum
        };
        let code = |prior: LengthPrior, j: u64| {
            prior.cost(j.try_into().unwrap()).get() / std::f64::consts::LN_2
        };
        let rice = |r: u32| mean(&|j| f64::from(r) + 1.0 + ((j - 1) >> r) as f64);
        for (name, computed, exact) in [
            (
                "log2",
                learner.expected_log2_index(),
                mean(&|j| (j as f64).log2()),
            ),
            (
                "gamma",
                learner.elias_gamma_bits().get(),
                mean(&|j| code(LengthPrior::EliasGamma, j)),
            ),
            (
                "delta",
                learner.elias_delta_bits().get(),
                mean(&|j| code(LengthPrior::EliasDelta, j)),
            ),
            (
                "omega",
                learner.elias_omega_bits().get(),
                mean(&|j| code(LengthPrior::EliasOmega, j)),
            ),
            (
                "ideal",
                learner.ideal_bits().get(),
                mean(&|j| -(t.log2() + (j - 1) as f64 * (1.0 - t).log2())),
            ),
            (
                "rice",
                learner.rice_bits().get(),
                (0..16).map(rice).fold(f64::INFINITY, f64::min),
            ),
        ] {
            assert!(
                (computed - exact).abs() < 1e-9 * (1.0 + exact),
                "{name}, t {t}: {computed} is not {exact}"
            );
        }
    }
}

#[test]
fn every_code_is_above_the_limit_and_the_matched_ones_close_to_it() {
    for (k, n, error) in [
        (10, 1_000, 0.5),
        (0, 60_000, 0.5),
        (900, 60_000, 0.9),
        (1_000, 1_000_000, 0.3),
    ] {
        let learner = learner(k, n, error);
        let train = probability(learner.expected_training_error());
        let limit = limit_kl(size(n), train, probability(error)).unwrap().get();
        let ideal = learner.ideal_bits().get();
        assert!(limit <= ideal && ideal <= learner.rice_bits().get());
        assert!(learner.rice_bits().get() < ideal + 0.13);
        for elias in [
            learner.elias_gamma_bits(),
            learner.elias_delta_bits(),
            learner.elias_omega_bits(),
        ] {
            assert!(elias.get() >= ideal);
        }
        let excess = ideal - limit;
        assert!(excess < 4.0 * (n as f64).log2(), "{excess} bits");
        assert!(learner.elias_omega_bits().get() - limit < 0.06 * n as f64);
    }
}

#[test]
fn success_probabilities_far_below_the_smallest_double_are_no_trouble() {
    // ln t = -1e6 ln 2, so that log2 J is a million on average, less Euler's constant.
    let learner = learner(0, 1_000_000, 0.5);
    assert!(
        (learner.expected_log2_index() - (1e6 - 0.577_215_664_901_532_9 / std::f64::consts::LN_2))
            .abs()
            < 1e-4
    );
    assert!((learner.ideal_bits().get() - (1e6 + std::f64::consts::LOG2_E)).abs() < 1e-4);
    assert!(
        learner.elias_omega_bits().get() > 1e6 && learner.elias_omega_bits().get() < 1e6 + 40.0
    );
}
