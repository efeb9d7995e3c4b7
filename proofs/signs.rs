//! Perceptrons of signs: what would break if the chapter were wrong.

use nonvacuous::bounds::{limit_kl, Probability, SampleSize};
use nonvacuous::lab::signs::{disagreement, information_of_agreements, SignChain};
use proptest::prelude::*;

#[test]
fn the_links_of_few_signs_are_in_their_order_and_nothing_is_told_twice() {
    for (inputs, most) in [(1, 30), (3, 9), (5, 4), (7, 3)] {
        let mut before = 0.0;
        for examples in 1..=most {
            let chain = SignChain::exact(inputs, examples).unwrap();
            let n = SampleSize::new(examples as u64).unwrap();
            let train = Probability::new(chain.train).unwrap();
            let limit = limit_kl(n, train, Probability::new(0.5).unwrap()).unwrap();
            assert!(
                limit.get() <= chain.examplewise + 1e-9,
                "{inputs} {examples}"
            );
            assert!(
                chain.examplewise <= chain.information + 1e-9,
                "{inputs} {examples}"
            );
            assert!(chain.information <= chain.entropy, "{inputs} {examples}");
            // More examples, fewer solutions: as long as the learner errs on few of them.
            if chain.train < 0.05 {
                assert!(chain.information > before, "{inputs} {examples}");
            }
            before = chain.information;
        }
    }
}

proptest! {
    #[test]
    fn perceptrons_that_differ_more_decide_differently_more_often(
        half in 0usize..400,
        part in 0.0..1.0f64,
    ) {
        let inputs = 2 * half + 1;
        let differing = (part * inputs as f64) as usize;
        let here = disagreement(inputs, differing);
        prop_assert!(here <= disagreement(inputs, differing + 1) + 1e-12);
        // Turned over altogether they differ where they did not.
        let turned = disagreement(inputs, inputs - differing);
        prop_assert!((here + turned - 1.0).abs() < 1e-12);
    }

    #[test]
    fn agreements_tell_no_less_than_whether_they_are_most(
        weights in prop::collection::vec(0.0..1.0f64, 16..=16),
    ) {
        let all: f64 = weights.iter().sum::<f64>() + 1e-9;
        let law: Vec<f64> = weights.iter().map(|weight| (weight + 1e-9 / 16.0) / all).collect();
        let errors: f64 = law.iter().take(8).sum();
        let one = SampleSize::new(1).unwrap();
        let errs = Probability::new(errors.min(0.5)).unwrap();
        let limit = limit_kl(one, errs, Probability::new(0.5).unwrap()).unwrap();
        prop_assert!(limit.get() <= information_of_agreements(&law) + 1e-9);
    }
}
