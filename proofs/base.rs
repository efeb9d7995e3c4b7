//! Properties that would break if `proofs/base.md`, or its implementation, were wrong.

use crate::common::{bits, delta, risk};
use nonvacuous::bounds::occam_binomial;

/// Labels are coin flips, so every function errs on half of all new examples.
const TRUTH: f64 = 0.5;

/// Places of examples, and examples of a sample.
const PLACES: usize = 3;
const EXAMPLES: u32 = 4;

const ALLOWED: f64 = 0.2;

/// The labels of all places as the bits of a number.
type Function = usize;

const FUNCTIONS: usize = 1 << PLACES;

/// All samples, which are equally probable: places and labels.
fn samples() -> impl Iterator<Item = Vec<(usize, usize)>> {
    let kinds = 2 * PLACES;
    (0..kinds.pow(EXAMPLES)).map(move |number| {
        let example = |index| number / kinds.pow(index) % kinds;
        let examples = (0..EXAMPLES).map(example);
        examples.map(|kind| (kind / 2, kind % 2)).collect()
    })
}

fn errors(function: Function, sample: &[(usize, usize)]) -> u64 {
    let is_wrong = |&&(place, label): &&(usize, usize)| function >> place & 1 != label;
    sample.iter().filter(is_wrong).count() as u64
}

/// Files relative to a base: the base itself in a bit, or with the label of one place turned in a
/// bit and two more.
fn relative_to(base: Function) -> Vec<(Function, f64)> {
    let turned = (0..PLACES).map(|place| (base ^ 1 << place, 3.0));
    [(base, 1.0)].into_iter().chain(turned).collect()
}

/// The fraction of samples on which some bound is below the truth, for bases that follow from the
/// sample, and bits that are charged for their choice.
fn failures(base: impl Fn(&[(usize, usize)]) -> Function, charged: f64) -> f64 {
    let (mut failed, mut all) = (0, 0);
    for sample in samples() {
        let bound = |&(function, length): &(Function, f64)| {
            let risk = risk(errors(function, &sample), u64::from(EXAMPLES));
            occam_binomial(risk, bits(length + charged), delta(ALLOWED))
        };
        let is_false = relative_to(base(&sample))
            .iter()
            .any(|file| bound(file) < TRUTH);
        failed += usize::from(is_false);
        all += 1;
    }
    failed as f64 / all as f64
}

/// Of all functions the first with the fewest errors.
fn fitted(sample: &[(usize, usize)]) -> Function {
    let all = 0..FUNCTIONS;
    all.min_by_key(|&function| errors(function, sample))
        .unwrap()
}

#[test]
fn with_a_base_that_knows_nothing_of_the_sample_bounds_fail_with_probability_at_most_delta() {
    for base in 0..FUNCTIONS {
        assert!(failures(|_| base, 0.0) <= ALLOWED, "{base}");
    }
}

#[test]
fn with_a_base_that_was_made_from_the_sample_they_fail_more_often() {
    let failed = failures(fitted, 0.0);
    assert!(failed > ALLOWED, "{failed}");
}

#[test]
fn a_base_that_was_chosen_for_the_sample_costs_the_logarithm_of_how_many_there_were() {
    let choice = (FUNCTIONS as f64).log2();
    assert!(failures(fitted, choice) <= ALLOWED);
}
