//! The bounds against high-precision values, and their properties.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use nonvacuous::bounds::{
    held_out, kl, kl_inverse, occam_binomial, occam_hoeffding, occam_kl, round_up_decimals, Bits, BoundError,
    EmpiricalRisk, FailureProbability, Nats,
};
use proptest::prelude::*;

fn arguments(k: u64, n: u64, bits: f64, delta: f64) -> (EmpiricalRisk, Bits, FailureProbability) {
    (EmpiricalRisk::new(k, n).unwrap(), Bits::new(bits).unwrap(), FailureProbability::new(delta).unwrap())
}

/// `computed` is not below `exact`, and at most a relative 1e-10 above it. References are doubles here, themselves
/// rounded by up to one part in 2^53.
fn assert_on_the_safe_side(name: &str, computed: f64, exact: f64) {
    let rounding = exact * f64::EPSILON / 2.0;
    assert!(computed >= exact - rounding, "{name}: {computed:e} is below {exact:e}");
    assert!(computed <= exact * (1.0 + 1e-10), "{name}: {computed:e} is far above {exact:e}");
}

#[test]
fn reference_values_are_reproduced_and_never_undercut() {
    let mut reader = csv::Reader::from_path("tests/reference/bounds.csv").unwrap();
    let headers = reader.headers().unwrap().clone();
    let mut rows = 0;
    for record in reader.records() {
        let record = record.unwrap();
        let field = |name: &str| &record[headers.iter().position(|header| header == name).unwrap()];
        let (k, n) = (field("errors").parse().unwrap(), field("n").parse().unwrap());
        let (bits, delta) = (field("bits").parse().unwrap(), field("delta").parse().unwrap());
        let (risk, bits, delta) = arguments(k, n, bits, delta);
        type OccamBound = fn(EmpiricalRisk, Bits, FailureProbability) -> f64;
        let bounds: [(&str, OccamBound); 3] =
            [("occam_binomial", occam_binomial), ("occam_kl", occam_kl), ("occam_hoeffding", occam_hoeffding)];
        for (name, bound) in bounds {
            let exact: f64 = field(name).parse().unwrap();
            assert_on_the_safe_side(&format!("{name}, row {rows}"), bound(risk, bits, delta), exact);
        }
        rows += 1;
    }
    assert_eq!(rows, 26);
}

#[test]
fn extreme_arguments_give_bounds_between_the_risk_and_one() {
    for n in [1, 2, 1_000, 1_000_000_000_000] {
        for k in [0, 1, n / 1_000_000, n - 1, n] {
            for bits in [0.0, 1e-12, 1.0, 1e6, 1.4e9] {
                for delta in [1e-300, 1e-9, 0.05, 0.5] {
                    let (risk, bits, delta) = arguments(k.min(n), n, bits, delta);
                    for bound in [occam_binomial(risk, bits, delta), occam_kl(risk, bits, delta)] {
                        assert!(bound >= risk.rate() && bound <= 1.0, "{risk:?} {bits:?} {delta:?}: {bound}");
                    }
                }
            }
        }
    }
}

#[test]
fn arguments_outside_the_domain_are_typed_errors() {
    assert_eq!(EmpiricalRisk::new(5, 4), Err(BoundError::MoreErrorsThanExamples { errors: 5, examples: 4 }));
    assert_eq!(EmpiricalRisk::new(0, 0), Err(BoundError::Examples(0)));
    for delta in [0.0, 1.0, -0.1, f64::NAN] {
        assert!(matches!(FailureProbability::new(delta), Err(BoundError::FailureProbability(_))));
    }
    for bits in [-1.0, f64::INFINITY, f64::NAN] {
        assert!(matches!(Bits::new(bits), Err(BoundError::Length(..))));
        assert!(matches!(Nats::new(bits), Err(BoundError::Length(..))));
    }
}

proptest! {
    #[test]
    fn the_inverse_of_the_divergence_spends_the_budget(
        n in 1u64..10_000_000, fraction in 0.0..1.0f64, budget in 1e-6..1e4f64,
    ) {
        let k = (fraction * n as f64) as u64;
        let p = kl_inverse(EmpiricalRisk::new(k, n).unwrap(), Nats::new(budget).unwrap());
        prop_assert!(p == 1.0 || n as f64 * kl(k as f64 / n as f64, p) >= budget * (1.0 - 1e-9));
    }

    #[test]
    fn published_bounds_are_rounded_up_by_less_than_one_unit(value in 0.0..1.0f64, decimals in 1u32..9) {
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
}
