//! The bounds against high-precision values, and their properties.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use nonvacuous::bounds::{
    binomial_tail_inverse, errors_of, fewest_examples, fewest_examples_at_rate, held_out, kl,
    kl_inverse, kl_inverse_lower, kl_inverse_upper, ln_xi, most_bits, most_errors, occam_binomial,
    occam_kl, round_up_decimals, Bits, BoundError, EmpiricalRisk, FailureProbability, GridRatio,
    InverseTemperature, Lambda, Nats, Premises, Probability, SampleSize, Target, TrainingError,
    BOUNDS,
};
use proptest::prelude::*;

fn arguments(k: u64, n: u64, bits: f64, delta: f64) -> (EmpiricalRisk, Bits, FailureProbability) {
    (
        EmpiricalRisk::new(k, n).unwrap(),
        Bits::new(bits).unwrap(),
        FailureProbability::new(delta).unwrap(),
    )
}

fn probability(value: f64) -> Probability {
    Probability::new(value).unwrap()
}

/// `computed` is not below `exact`, and at most a relative 1e-10 above it. References are doubles
/// here, themselves rounded by up to one part in 2^53.
fn assert_on_the_safe_side(name: &str, computed: f64, exact: f64) {
    let rounding = exact * f64::EPSILON / 2.0;
    assert!(
        computed >= exact - rounding,
        "{name}: {computed:e} is below {exact:e}"
    );
    assert!(
        computed <= exact * (1.0 + 1e-10),
        "{name}: {computed:e} is far above {exact:e}"
    );
}

/// The rows of a reference file, as functions from a column's name to its text.
fn reference(file: &str) -> Vec<impl Fn(&str) -> String> {
    let mut reader = csv::Reader::from_path(format!("tests/reference/{file}")).unwrap();
    let headers = reader.headers().unwrap().clone();
    let records: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    records
        .into_iter()
        .map(|record| {
            let headers = headers.clone();
            move |name: &str| {
                record[headers.iter().position(|header| header == name).unwrap()].to_string()
            }
        })
        .collect()
}

#[test]
fn reference_values_are_reproduced_and_never_undercut() {
    let rows = reference("bounds.csv");
    assert_eq!(rows.len(), 26);
    for field in rows {
        let risk = EmpiricalRisk::new(
            field("errors").parse().unwrap(),
            field("n").parse().unwrap(),
        )
        .unwrap();
        let premises = Premises {
            training_error: TrainingError::Deterministic(risk),
            divergence: Bits::new(field("bits").parse().unwrap()).unwrap().to_nats(),
            delta: field("delta").parse().unwrap(),
            lambda: InverseTemperature::sqrt(risk.into()),
            ratio: GridRatio::ZHOU,
        };
        for bound in BOUNDS {
            if let Ok(exact) = field(bound.name).parse() {
                assert_on_the_safe_side(
                    &format!("{}, {risk:?}", bound.name),
                    bound.value(&premises).unwrap(),
                    exact,
                );
            }
        }
        let lambda = Lambda::optimal(risk.into(), premises.divergence, premises.delta).get();
        assert!((lambda / field("lambda_star").parse::<f64>().unwrap() - 1.0).abs() < 1e-10);
        if let Ok(exact) = field("ln_xi").parse() {
            assert_on_the_safe_side("ln_xi", ln_xi(risk.sample_size()).get(), exact);
        }
    }
}

#[test]
fn the_inverses_are_within_reach_of_sixty_digits_and_never_on_the_wrong_side() {
    let number = |text: String| text.parse::<f64>().unwrap();
    let rows = reference("kl_inverse.csv");
    assert_eq!(rows.len(), 150);
    for field in rows {
        let (q, c) = (
            probability(number(field("q"))),
            Nats::new(number(field("c"))).unwrap(),
        );
        assert_on_the_safe_side(
            &format!("upper {q:?} {c}"),
            kl_inverse_upper(q, c),
            number(field("upper")),
        );
        let (below, exact) = (kl_inverse_lower(q, c), number(field("lower")));
        let rounding = exact * f64::EPSILON / 2.0;
        assert!(
            below <= exact + rounding && below >= exact * (1.0 - 1e-10),
            "lower {q:?} {c}: {below:e} {exact:e}"
        );
    }
    let rows = reference("binomial_tail.csv");
    assert_eq!(rows.len(), 120);
    for field in rows {
        let risk = EmpiricalRisk::new(
            field("errors").parse().unwrap(),
            field("n").parse().unwrap(),
        )
        .unwrap();
        let nats = Nats::new(number(field("nats"))).unwrap();
        assert_on_the_safe_side(
            &format!("{risk:?} {nats}"),
            binomial_tail_inverse(risk, nats),
            number(field("p")),
        );
    }
}

#[test]
fn the_kernels_hold_on_both_sides_of_machine_independent_extremes() {
    // Values by mpmath to 50 digits at arguments where earlier versions were loose or undercut.
    let upper = |q, c| kl_inverse_upper(Probability::new(q).unwrap(), Nats::new(c).unwrap());
    let lower = |q, c| kl_inverse_lower(Probability::new(q).unwrap(), Nats::new(c).unwrap());
    for (q, c) in [
        (0.18647683141618232, 4.65791965887712),
        (0.25, 7.302850822626453),
        (1e-9, 1e-18),
        (0.3, 1e-22),
    ] {
        let (above, below) = (upper(q, c), lower(q, c));
        assert!(below <= q && q <= above && above < 1.0);
        for p in [above, below] {
            let spent = kl(Probability::new(q).unwrap(), Probability::new(p).unwrap());
            assert!(spent >= c * (1.0 - 1e-13), "{q} {c} {p} {spent}");
        }
    }
    // exp(-(73 + h(1/4)) * 4), far below the rounding of 1 - p.
    assert!(
        (lower(0.25, 73.0) / (-4.0f64 * (73.0 + 0.562_335_144_618_808_3)).exp() - 1.0).abs()
            < 1e-10
    );
}

#[test]
fn extreme_arguments_give_bounds_between_the_risk_and_one() {
    for n in [1, 2, 1_000, 1_000_000_000_000] {
        for k in [0, 1, n / 1_000_000, n - 1, n] {
            for bits in [0.0, 1e-12, 1.0, 1e6, 1.4e9] {
                for delta in [1e-300, 1e-9, 0.05, 0.5] {
                    let (risk, bits, delta) = arguments(k.min(n), n, bits, delta);
                    for bound in [
                        occam_binomial(risk, bits, delta),
                        occam_kl(risk, bits, delta),
                    ] {
                        assert!(
                            bound >= risk.rate() && bound <= 1.0,
                            "{risk:?} {bits:?} {delta:?}: {bound}"
                        );
                    }
                }
            }
        }
    }
}

#[test]
fn arguments_outside_the_domain_are_typed_errors() {
    assert_eq!(
        EmpiricalRisk::new(5, 4),
        Err(BoundError::MoreErrorsThanExamples {
            errors: 5,
            examples: 4
        })
    );
    assert_eq!(EmpiricalRisk::new(0, 0), Err(BoundError::Examples(0)));
    for delta in [0.0, 1.0, -0.1, f64::NAN] {
        assert!(matches!(
            FailureProbability::new(delta),
            Err(BoundError::FailureProbability(_))
        ));
    }
    for bits in [-1.0, f64::INFINITY, f64::NAN] {
        assert!(matches!(Bits::new(bits), Err(BoundError::Length(..))));
        assert!(matches!(Nats::new(bits), Err(BoundError::Length(..))));
    }
}

proptest! {
    #[test]
    fn the_inverse_of_the_divergence_spends_the_budget(
        n in 1u64..10_000_000,
        fraction in 0.0..1.0f64,
        budget in 1e-6..1e4f64,
    ) {
        let k = (fraction * n as f64) as u64;
        let p = kl_inverse(
            EmpiricalRisk::new(k, n).unwrap(),
            Nats::new(budget).unwrap(),
        );
        prop_assert!(
            p == 1.0
                || n as f64 * kl(probability(k as f64 / n as f64), probability(p))
                    >= budget * (1.0 - 1e-9)
        );
    }

    #[test]
    fn published_bounds_are_rounded_up_by_less_than_one_unit(
        value in 0.0..1.0f64,
        decimals in 1u32..9,
    ) {
        let rounded = round_up_decimals(value, decimals);
        prop_assert!(rounded >= value);
        prop_assert!(rounded - value < 1.0001 * 0.1f64.powi(decimals as i32));
    }

    #[test]
    fn more_held_out_errors_bound_less(n in 2u64..100_000, fraction in 0.0..1.0f64) {
        let k = (fraction * (n - 1) as f64) as u64;
        let delta = FailureProbability::new(0.05).unwrap();
        let bound = |k| held_out(EmpiricalRisk::new(k, n).unwrap(), delta);
        prop_assert!(bound(k) <= bound(k + 1));
    }

    #[test]
    fn every_bound_is_monotone_in_every_argument_and_between_the_risk_and_one(
        n in 2u64..1_000_000_000,
        fraction in 0.0..1.0f64,
        budget in 0.0..2.0f64,
        allowed in 1e-300..0.5f64,
    ) {
        let k = (fraction * (n - 1) as f64) as u64;
        let divergence = budget * n as f64;
        let lambda = InverseTemperature::sqrt(EmpiricalRisk::new(k, n).unwrap().into());
        let premises = |k, n, divergence, allowed| Premises {
            training_error: TrainingError::Deterministic(EmpiricalRisk::new(k, n).unwrap()),
            divergence: Nats::new(divergence).unwrap(),
            delta: FailureProbability::new(allowed).unwrap(),
            lambda,
            ratio: GridRatio::ZHOU,
        };
        for bound in BOUNDS {
            let value = |k, n, divergence, allowed| {
                bound.value(&premises(k, n, divergence, allowed)).unwrap()
            };
            // Each is within 1e-10 of an exact value that is monotone.
            let (here, slack) = (value(k, n, divergence, allowed), 1.0 + 1e-10);
            prop_assert!(
                here <= 1.0 && here >= k as f64 / n as f64,
                "{}: {here}",
                bound.name
            );
            prop_assert!(
                here <= value(k + 1, n, divergence, allowed) * slack,
                "{} in k",
                bound.name
            );
            prop_assert!(
                here <= value(k, n, divergence + 1.0, allowed) * slack,
                "{} in the divergence",
                bound.name
            );
            prop_assert!(
                here <= value(k, n, divergence, allowed / 2.0) * slack,
                "{} in delta",
                bound.name
            );
            prop_assert!(
                value(k, n + 1, divergence, allowed) <= here * slack,
                "{} in n",
                bound.name
            );
        }
    }
}

mod plans {
    use super::*;

    fn bound(k: u64, n: u64, bits: f64, delta: FailureProbability) -> f64 {
        occam_binomial(
            EmpiricalRisk::new(k, n).unwrap(),
            Bits::new(bits).unwrap(),
            delta,
        )
    }

    proptest! {
        #[test]
        fn the_answer_reaches_the_target_and_one_step_more_does_not(
            n in 1u64..10_000_000,
            fraction in 0.0..1.0f64,
            bits in 0u32..200_000,
            target in 0.001..0.999f64,
            delta in 1e-9..0.5f64,
        ) {
            let k = (fraction * n as f64) as u64;
            let (delta, goal) = (FailureProbability::new(delta).unwrap(), target);
            let target = Target::new(target).unwrap();
            let (size, length) = (SampleSize::new(n).unwrap(), f64::from(bits));
            let bits = Bits::new(length).unwrap();
            match most_bits(EmpiricalRisk::new(k, n).unwrap(), delta, target) {
                Some(most) => {
                    prop_assert!(bound(k, n, most as f64, delta) <= goal);
                    prop_assert!(bound(k, n, (most + 1) as f64, delta) > goal);
                }
                None => prop_assert!(bound(k, n, 0.0, delta) > goal),
            }
            match most_errors(size, bits, delta, target) {
                Some(most) => {
                    prop_assert!(bound(most, n, length, delta) <= goal);
                    prop_assert!(most == n || bound(most + 1, n, length, delta) > goal);
                }
                None => prop_assert!(bound(0, n, length, delta) > goal),
            }
            match fewest_examples(k, bits, delta, target) {
                Some(risk) => {
                    let fewest = risk.sample_size().get();
                    prop_assert!(risk.count() == k);
                    prop_assert!(bound(k, fewest, length, delta) <= goal);
                    if fewest > k.max(1) {
                        prop_assert!(bound(k, fewest - 1, length, delta) > goal);
                    }
                }
                None => prop_assert!(bound(k, SampleSize::LARGEST, length, delta) > goal),
            }
        }

        #[test]
        fn a_rate_is_a_whole_number_of_errors_and_takes_no_fewer_examples(
            percent in 0u64..60,
            more in 1u64..40,
            bits in 0u32..100_000,
        ) {
            let delta = FailureProbability::new(0.05).unwrap();
            let rate: Probability = format!("{}", percent as f64 / 100.0).parse().unwrap();
            let goal = (percent + more) as f64 / 100.0;
            let target = Target::new(goal).unwrap();
            let length = f64::from(bits);
            let bits = Bits::new(length).unwrap();
            let risk = fewest_examples_at_rate(rate, bits, delta, target).unwrap();
            let n = risk.sample_size().get();
            // Exactly, in whole numbers.
            prop_assert_eq!(risk.count(), percent * n / 100);
            prop_assert!(bound(risk.count(), n, length, delta) <= goal);
            if let Ok(fewer) = SampleSize::new(n - 1) {
                let errors = errors_of(rate, fewer);
                prop_assert!(bound(errors, n - 1, length, delta) > goal);
            }
            let counted = fewest_examples(risk.count(), bits, delta, target).unwrap();
            prop_assert!(counted.sample_size().get() <= n);
        }
    }

    #[test]
    fn targets_are_between_what_no_bound_and_what_every_bound_reaches() {
        for refused in ["0", "1", "-0.1", "nan", "a fifth"] {
            assert!(refused.parse::<Target>().is_err(), "{refused}");
        }
        assert!("0.2".parse::<Target>().unwrap().get() < 0.2);
        let delta = FailureProbability::new(0.05).unwrap();
        let target = Target::new(0.2).unwrap();
        let too_many = EmpiricalRisk::new(3, 10).unwrap();
        assert_eq!(most_bits(too_many, delta, target), None);
        let rate: Probability = "0.2".parse().unwrap();
        let bits = Bits::new(0.0).unwrap();
        assert_eq!(fewest_examples_at_rate(rate, bits, delta, target), None);
    }
}
