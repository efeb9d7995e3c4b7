//! Elementary functions against double precision.

use crate::elementary::erf::{error_function, gelu};
use crate::elementary::exponential::{exponential, sigmoid};
use crate::elementary::logarithm::logarithm;
use crate::elementary::power::power;
use crate::elementary::tanh::hyperbolic_tangent;

/// Numbers of all magnitudes and both signs: so many of each exponent, and what is special.
fn grid() -> impl Iterator<Item = f32> {
    // A prime step meets all patterns of digits.
    let bits = (0..=u32::MAX).step_by(20_011);
    let special = [0.0, -0.0, f32::INFINITY, f32::NEG_INFINITY, f32::NAN];
    let limits = [f32::MAX, f32::MIN_POSITIVE, f32::from_bits(1), 1.0, -1.0];
    // Where results change most.
    let near = (-100_000..=100_000).map(|step: i32| step as f32 / 900.0);
    bits.map(f32::from_bits)
        .chain(special)
        .chain(limits)
        .chain(near)
}

/// The distance between two neighbours of single precision around a number.
fn unit_in_last_place(truth: f64) -> f64 {
    let exponent = (truth.abs() as f32).to_bits() >> 23;
    2f64.powi(exponent.max(1) as i32 - 150)
}

/// The largest distance from the truth in units in the last place; what is infinite, too large for
/// single precision or not a number in truth is so in the function.
fn largest_error(function: fn(f32) -> f32, truth: fn(f64) -> f64) -> f64 {
    let mut largest = 0.0;
    for x in grid() {
        let (computed, truth) = (function(x), truth(f64::from(x)));
        let rounded = truth as f32;
        if computed.is_finite() && rounded.is_finite() {
            let error = (f64::from(computed) - truth).abs() / unit_in_last_place(truth);
            largest = f64::max(largest, error);
        } else {
            let is_same = computed == rounded || computed.is_nan() && rounded.is_nan();
            assert!(is_same, "{x:e}: {computed:e} instead of {truth:e}");
        }
    }
    largest
}

#[test]
fn exponential_is_within_1_1_units_of_the_truth() {
    let error = largest_error(exponential, f64::exp);
    assert!(error < 1.1, "{error}");
    assert_eq!(exponential(0.0), 1.0);
    assert_eq!(exponential(-103.9), f32::from_bits(1));
    assert_eq!(exponential(88.72), f64::from(88.72f32).exp() as f32);
}

#[test]
fn logarithm_is_within_a_unit_of_the_truth() {
    let error = largest_error(logarithm, f64::ln);
    assert!(error < 1.0, "{error}");
    assert_eq!(logarithm(-0.0), f32::NEG_INFINITY);
}

#[test]
fn error_function_is_within_1_7_units_of_the_truth() {
    let error = largest_error(error_function, statrs::function::erf::erf);
    assert!(error < 1.7, "{error}");
}

#[test]
fn hyperbolic_tangent_is_within_1_4_units_of_the_truth() {
    let error = largest_error(hyperbolic_tangent, f64::tanh);
    assert!(error < 1.4, "{error}");
}

#[test]
fn the_error_function_keeps_the_sign_of_zero_and_the_tangent_loses_it() {
    assert_eq!(error_function(-0.0).to_bits(), (-0.0f32).to_bits());
    assert_eq!(hyperbolic_tangent(-0.0).to_bits(), 0);
}

#[test]
fn sigmoid_is_within_2_5_units_of_the_truth_or_the_least_normal_number() {
    for x in grid().filter(|x| !x.is_nan()) {
        let truth = 1.0 / (1.0 + (-f64::from(x)).exp());
        let error = (f64::from(sigmoid(x)) - truth).abs();
        let accepted = (2.5 * unit_in_last_place(truth)).max(f64::from(f32::MIN_POSITIVE));
        assert!(error < accepted, "{x:e}");
    }
    assert!(sigmoid(f32::NAN).is_nan());
}

#[test]
fn gelu_is_within_a_unit_of_its_argument_of_the_truth() {
    for x in grid().filter(|x| x.is_finite() && x.abs() > 1e-30) {
        let wide = f64::from(x);
        let truth = wide * (1.0 + statrs::function::erf::erf(wide / 2f64.sqrt())) / 2.0;
        let error = (f64::from(gelu(x)) - truth).abs() / wide.abs();
        assert!(error < 2f64.powi(-23), "{x:e}: {error:e}");
    }
}

#[test]
fn powers_are_within_the_error_of_their_logarithm() {
    let exponents = [-3.0, -2.0, -0.75, 0.25, 0.75, 1.5, 2.2, 4.0, 7.0, 31.0];
    for base in grid().filter(|base| base.is_normal()) {
        for exponent in exponents {
            let truth = f64::from(base).powf(f64::from(exponent));
            let computed = power(base, exponent);
            if !(truth as f32).is_normal() {
                continue;
            }
            let logarithm = (f64::from(exponent) * f64::from(base.abs()).ln()).abs();
            let accepted = 2f64.powi(-22) * (1.0 + logarithm);
            let error = (f64::from(computed) / truth - 1.0).abs();
            assert!(
                error <= accepted,
                "{base:e}^{exponent}: {computed:e}, not {truth:e}"
            );
        }
    }
}

#[test]
fn some_powers_are_products_quotients_and_roots() {
    for base in grid().filter(|base| !base.is_nan()) {
        let same = |exponent: f32, expected: f32| {
            let power = power(base, exponent);
            let is_same = power.to_bits() == expected.to_bits() || power.is_nan();
            assert!(
                is_same && power.is_nan() == expected.is_nan(),
                "{base:e}^{exponent}"
            );
        };
        same(0.0, 1.0);
        same(1.0, base);
        same(2.0, base * base);
        same(3.0, base * base * base);
        same(-1.0, 1.0 / base);
        same(0.5, base.sqrt());
        same(-0.5, 1.0 / base.sqrt());
    }
    assert!(power(-2.0, 0.3).is_nan() && power(-2.0, 5.0) < 0.0 && power(-2.0, 4.0) > 0.0);
    assert_eq!((power(0.0, 0.3), power(0.0, -0.3)), (0.0, f32::INFINITY));
}
