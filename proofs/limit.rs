//! Properties that would break if `proofs/limit.md`, or its implementation, were wrong.

use crate::common::{bits, probability, size};
use nonvacuous::bounds::{
    limit_injective, limit_jensen_shannon, limit_kl, limit_pinsker, max_test_error,
};
use proptest::prelude::*;

/// All samples of `n` coin flips; the learner sends the majority, and the table of all labels if it
/// is to memorise.
#[test]
fn the_chain_holds_by_enumeration() {
    for n in [1u32, 3, 5, 9] {
        for memorises in [false, true] {
            let samples = 1u32 << n;
            let ones = |sample: u32| u64::from(sample.count_ones());
            let errors = |sample: u32| {
                if memorises {
                    0
                } else {
                    ones(sample).min(u64::from(n) - ones(sample))
                }
            };
            let train = (0..samples)
                .map(|sample| errors(sample) as f64)
                .sum::<f64>()
                / f64::from(samples)
                / f64::from(n);
            // Fresh labels are coin flips, so that the test error is one half; W is uniform over
            // its values.
            let entropy = if memorises { f64::from(n) } else { 1.0 };
            let limit = limit_kl(size(n.into()), probability(train), probability(0.5))
                .unwrap()
                .get();
            assert!(limit <= entropy, "{n} {memorises}: {limit} > {entropy}");
            assert!(!memorises || limit > entropy * (1.0 - 1e-10));
        }
    }
}

proptest! {
    #[test]
    fn the_forms_are_ordered(
        n in 1u64..1_000_000_000_000,
        train in 0.0..=1.0f64,
        test in 1e-9..0.999_999f64,
    ) {
        let (n, train, test) = (size(n), probability(train), probability(test));
        let kl = limit_kl(n, train, test).unwrap().get();
        let js = limit_jensen_shannon(n, train, test).get();
        let pinsker = limit_pinsker(n, train, test).get();
        let slack = 1.0 + 1e-10;
        prop_assert!(2.0 * js <= kl * slack);
        prop_assert!(pinsker <= kl * slack);
        prop_assert!(pinsker / 4.0 <= js * slack);
        prop_assert!(limit_injective(bits(kl)).get() <= kl);
    }

    #[test]
    fn the_two_readings_are_inverse(
        n in 1u64..1_000_000,
        train in 0.0..0.9f64,
        above in 0.001..1.0f64,
    ) {
        let test = train + above * (0.999 - train);
        let limit = limit_kl(size(n), probability(train), probability(test)).unwrap();
        let largest = max_test_error(size(n), probability(train), limit);
        prop_assert!((largest / test - 1.0).abs() < 1e-9);
    }

    #[test]
    fn more_overfitting_takes_more_bits(
        n in 1u64..1_000_000,
        train in 0.0..0.5f64,
        test in 0.5..0.99f64,
    ) {
        let limit = |n, train, test| {
            limit_kl(size(n), probability(train), probability(test))
                .unwrap()
                .get()
        };
        let here = limit(n, train, test) * (1.0 - 1e-10);
        prop_assert!(here <= limit(n + 1, train, test));
        prop_assert!(here <= limit(n, train, test + 0.005));
        prop_assert!(here <= limit(n, train * 0.9, test));
    }
}
