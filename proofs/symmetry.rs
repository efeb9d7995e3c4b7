//! Properties that would break if `proofs/symmetry.md`, or its implementation, were wrong.

use crate::common::nats;
use nonvacuous::bounds::symmetry_gain;

#[test]
fn the_gain_is_the_sum_of_logarithms_from_below() {
    let mut sum = 0.0;
    for units in 1..2000u64 {
        sum += (units as f64).ln();
        let gain = symmetry_gain(units).get();
        assert!(
            gain <= sum * (1.0 + 1e-13) && gain >= sum * (1.0 - 1e-12),
            "{units}"
        );
    }
    // ln 20!, with mpmath to 20 digits.
    assert!(symmetry_gain(20).get() <= 42.335_616_460_753_485);
    assert!(symmetry_gain(20).get() > 42.335_616_460_752);
}

#[test]
fn a_divergence_does_not_become_negative() {
    assert_eq!(nats(3.0).less(symmetry_gain(50)).get(), 0.0);
    assert!(nats(200.0).less(symmetry_gain(50)).get() > 200.0 - symmetry_gain(50).get());
}
