//! Committees of signs: what they decide, how often two of them differ, the file, the learner, and
//! draws.
#![cfg(feature = "lab")]
#![allow(clippy::unwrap_used)]

use nonvacuous::bounds::Probability;
use nonvacuous::code::Model;
use nonvacuous::data::SearchPath;
use nonvacuous::evaluate::Evaluator;
use nonvacuous::lab::run::{draw_all, summary, Experiment};
use nonvacuous::lab::signs::{
    committee_model, disagreement, images, signs_of, Committee, CommitteeLaw, SignLaw, SignSample,
    Signs, StochasticBeliefPropagation,
};
use nonvacuous::random::stream;
use proptest::prelude::*;

fn signs(count: usize, bits: u32) -> Signs {
    let positive: Vec<bool> = (0..count).map(|place| bits >> place & 1 == 1).collect();
    Signs::from_positive(&positive)
}

/// The decision, from sums of integers.
fn decides(units: usize, weights: &[i64], input: &[i64]) -> bool {
    let inputs = weights.len() / units;
    let sum = |(weights, input): (&[i64], &[i64])| -> i64 {
        weights.iter().zip(input).map(|(w, x)| w * x).sum()
    };
    let votes = weights.chunks(inputs).zip(input.chunks(inputs)).map(sum);
    2 * votes.filter(|&sum| sum > 0).count() > units
}

fn integers(count: usize, bits: u32) -> Vec<i64> {
    (0..count)
        .map(|place| 2 * i64::from(bits >> place & 1) - 1)
        .collect()
}

/// Errors that the evaluator counts for what a file decodes to.
fn errors_of_file(file: &[u8], sample: &SignSample) -> u64 {
    let received = Model::decode(file).unwrap();
    let evaluator = Evaluator::new(&received);
    images(sample, 256)
        .map(|images| evaluator.errors(&images.unwrap()).unwrap())
        .sum()
}

fn method() -> StochasticBeliefPropagation {
    StochasticBeliefPropagation {
        reinforcement: Probability::new(0.1).unwrap(),
        passes: 500,
        attempts: 4,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn two_committees_differ_as_often_as_all_inputs_say(
        (units, inputs) in prop::sample::select(vec![(1, 9), (3, 1), (3, 3), (5, 1), (5, 3)]),
        one in any::<u32>(),
        other in any::<u32>(),
    ) {
        let count = units * inputs;
        let [one, other] = [one, other].map(|bits| bits & ((1 << count) - 1));
        let [first, second] = [one, other].map(|bits| integers(count, bits));
        let differ = (0..1u32 << count).filter(|&input| {
            let input = integers(count, input);
            decides(units, &first, &input) != decides(units, &second, &input)
        });
        let exact = differ.count() as f64 / f64::from(1u32 << count);
        let [one, other] =
            [one, other].map(|bits| Committee::new(units, &signs(count, bits)).unwrap());
        let computed = one.disagreement(&other);
        prop_assert!((computed - exact).abs() < 1e-13, "{computed} is not {exact}");
        prop_assert_eq!(other.disagreement(&one), computed);
        if units == 1 {
            let differing = one.signs().differences(&other.signs());
            prop_assert!((computed - disagreement(count, differing)).abs() < 1e-15);
        }
    }

    #[test]
    fn a_file_decides_as_its_committee_does_on_all_inputs(
        (units, inputs) in prop::sample::select(vec![(1, 5), (3, 1), (3, 3), (5, 1)]),
        bits in any::<u32>(),
    ) {
        let count = units * inputs;
        let weights = integers(count, bits);
        let committee = Committee::new(units, &signs(count, bits)).unwrap();
        let file = committee_model(&committee).unwrap().encode().unwrap();
        let received = Model::decode(&file).unwrap();
        prop_assert_eq!(&signs_of(&received), &committee.signs());
        for input in 0..1u32 << count {
            let expected = decides(units, &weights, &integers(count, input));
            prop_assert_eq!(committee.decides(&signs(count, input)), expected);
        }
        let mut random = stream(bits.into(), "committees", 0, "all inputs");
        let sample = SignLaw::CoinFlips { inputs: count }.sample(400, &mut random);
        prop_assert_eq!(errors_of_file(&file, &sample), committee.errors(&sample));
    }
}

#[test]
fn a_committee_has_odd_units_of_odd_inputs() {
    for (units, inputs, fits) in [
        (3, 9, true),
        (3, 15, true),
        (1, 5, true),
        (0, 9, false),
        (2, 6, false),
        (3, 6, false),
        (3, 10, false),
        (11, 9, false),
        (1_023, 1_023, true),
        (1_025, 1_025, false),
    ] {
        let all = Signs::from_positive(&vec![true; inputs]);
        let committee = Committee::new(units, &all);
        assert_eq!(committee.is_some(), fits, "{units} {inputs}");
    }
}

#[test]
fn the_files_of_large_committees_have_a_bit_a_weight_and_a_short_header() {
    let mut random = stream(1, "committees", 0, "files");
    for (units, inputs) in [(3, 5), (3, 501), (5, 201), (7, 143), (3, 1001)] {
        let committee = Committee::new(units, &Signs::random(units * inputs, &mut random)).unwrap();
        let file = committee_model(&committee).unwrap().encode().unwrap();
        let inputs = units * inputs;
        let sample = SignLaw::CoinFlips { inputs }.sample(300, &mut random);
        assert_eq!(errors_of_file(&file, &sample), committee.errors(&sample));
        assert!(8 * file.len() <= inputs + 136, "{} bits", 8 * file.len());
    }
}

#[test]
fn lopsided_committees_decide_exactly() {
    let mut random = stream(1, "committees", 0, "lopsided");
    let inputs = 3 * 8_191;
    let committee = Committee::new(3, &Signs::from_positive(&vec![true; inputs])).unwrap();
    let file = committee_model(&committee).unwrap().encode().unwrap();
    let sample = SignLaw::CoinFlips { inputs }.sample(100, &mut random);
    assert_eq!(errors_of_file(&file, &sample), committee.errors(&sample));
}

#[test]
fn as_many_units_as_there_may_be_are_counted_exactly() {
    let mut random = stream(1, "committees", 0, "many units");
    let committee = Committee::new(1_023, &Signs::random(3 * 1_023, &mut random)).unwrap();
    let file = committee_model(&committee).unwrap().encode().unwrap();
    let sample = SignLaw::CoinFlips { inputs: 3 * 1_023 }.sample(300, &mut random);
    assert_eq!(errors_of_file(&file, &sample), committee.errors(&sample));
}

#[test]
fn a_committee_remembers_coin_flips_and_finds_a_teacher() {
    for draw in 0..4 {
        let mut random = stream(1, "committees", draw, "learner");
        let sample = SignLaw::CoinFlips { inputs: 603 }.sample(320, &mut random);
        let learnt = method()
            .learn_committee(&sample, 3, 3, &mut random)
            .unwrap();
        assert_eq!((learnt.errors, learnt.weights.errors(&sample)), (0, 0));
        let committee = Committee::new(3, &Signs::random(303, &mut random)).unwrap();
        let law = CommitteeLaw::Teacher {
            committee,
            noise: Probability::new(0.0).unwrap(),
        };
        let sample = law.sample(1_500, &mut random);
        let learnt = method()
            .learn_committee(&sample, 3, 3, &mut random)
            .unwrap();
        assert_eq!(law.population_error(&learnt.weights), 0.0);
    }
    let sample = SignLaw::CoinFlips { inputs: 9 }.sample(3, &mut stream(1, "a", 0, "b"));
    assert!(method()
        .learn_committee(&sample, 5, 3, &mut stream(1, "a", 0, "b"))
        .is_none());
}

#[test]
fn a_teachers_labels_are_wrong_as_often_as_they_should_be() {
    let mut random = stream(1, "committees", 0, "labels");
    let committee = Committee::new(3, &Signs::random(63, &mut random)).unwrap();
    let law = CommitteeLaw::Teacher {
        committee: committee.clone(),
        noise: Probability::new(0.2).unwrap(),
    };
    assert!((law.population_error(&committee) - 0.2).abs() < 1e-15);
    let student = Committee::new(3, &Signs::random(63, &mut random)).unwrap();
    let sample = law.sample(20_000, &mut random);
    for one in [committee, student] {
        let found = one.errors(&sample) as f64 / 20_000.0;
        assert!((found - law.population_error(&one)).abs() < 0.015);
    }
}

const EXPERIMENT: &str = r#"
name = "committee"
seed = 3
draws = 20

[committee]
attempts = 2
inputs = 153
labels = ["coin-flips", "teacher"]
load = [0.4, 4.0]
margin = 3
noise = 0.0
passes = 200
reinforcement = 0.1
units = 3
"#;

#[test]
fn draws_of_committees_say_what_they_should() {
    let search = SearchPath::from_environment(None);
    let experiment = Experiment::parse(EXPERIMENT, &search).unwrap();
    let rows = draw_all(&experiment).unwrap();
    let summaries = summary(&experiment, &rows).unwrap();
    assert_eq!(summaries.len(), 4);
    for (place, one) in summaries.iter().enumerate() {
        assert_eq!(one.draws, 20);
        assert!(one.bits.mean > 153.0 && one.bits.mean < 153.0 + 120.0);
        match place {
            0 | 1 => assert_eq!(one.test.mean, 0.5),
            3 => assert!(one.test.mean < 0.02, "{one:?}"),
            _ => {}
        }
        if place == 0 {
            assert!(one.limit.mean <= 61.0 && one.bits.mean >= one.limit.mean);
        }
    }
}

#[test]
fn values_that_make_no_committee_are_refused_with_what_would_do() {
    for (from, to, expected) in [
        (
            "units = 3",
            "units = 0",
            "odd numbers up to 1023 that divide the inputs",
        ),
        (
            "units = 3",
            "units = 5",
            "odd numbers up to 1023 that divide the inputs",
        ),
        (
            "inputs = 153",
            "inputs = 150",
            "odd numbers from 1 to 65535",
        ),
        ("passes = 200", "passes = 0", "1 or more"),
        ("margin = 3", "", "missing field `margin`"),
        ("noise = 0.0", "noise = 0.1", "0 with labels by coin flips"),
    ] {
        let search = SearchPath::from_environment(None);
        let error = Experiment::parse(&EXPERIMENT.replace(from, to), &search).unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
    }
}
