//! Perceptrons with zeros among their weights: the population error against enumeration, the file,
//! the learner, and draws.
#![cfg(feature = "lab")]
#![allow(clippy::unwrap_used)]

use nonvacuous::bounds::Probability;
use nonvacuous::code::Model;
use nonvacuous::data::SearchPath;
use nonvacuous::evaluate::Evaluator;
use nonvacuous::lab::run::{draw_all, summary, Experiment};
use nonvacuous::lab::signs::{
    disagreement, disagreement_with_zeros, images, sum_is_zero, ternary_perceptron,
    ternary_weights_of, SignLaw, Signs, StochasticBeliefPropagation, TernaryWeights,
};
use nonvacuous::random::stream;
use proptest::prelude::*;

/// The sum of weights times an input whose sign `i` is bit `i`.
fn sum(weights: &[i8], input: u32) -> i64 {
    let terms = weights.iter().zip(0..);
    terms
        .map(|(&weight, place)| i64::from(weight) * (2 * i64::from(input >> place & 1) - 1))
        .sum()
}

fn probability(value: f64) -> Probability {
    Probability::new(value).unwrap()
}

fn weights() -> impl Strategy<Value = Vec<i8>> {
    (0usize..=5).prop_flat_map(|half| prop::collection::vec(-1i8..=1, 2 * half + 1))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn the_population_error_is_that_over_all_inputs_and_labels(
        weights in weights(),
        teacher in any::<u32>(),
        noise in 0.0..=0.5f64,
    ) {
        let inputs = weights.len();
        let all = 1u32 << inputs;
        let sign = |place: usize| (2 * (teacher >> place & 1)) as i8 - 1;
        let signs: Vec<i8> = (0..inputs).map(sign).collect();
        let ternary = TernaryWeights::new(&weights);
        let error = |input: u32| {
            // Of the labels +1 and -1, which are as likely as each other with coin flips.
            let own = sum(&weights, input);
            let wrong = |label: i64| f64::from(u8::from(own * label <= 0));
            let truth = sum(&signs, input).signum();
            (
                (wrong(1) + wrong(-1)) / 2.0,
                (1.0 - noise) * wrong(truth) + noise * wrong(-truth),
            )
        };
        let (mut coins, mut taught) = (0.0, 0.0);
        for (of_coins, of_teacher) in (0..all).map(error) {
            coins += of_coins / f64::from(all);
            taught += of_teacher / f64::from(all);
        }
        let law = SignLaw::CoinFlips { inputs };
        prop_assert!((ternary.population_error(&law) - coins).abs() < 1e-13);
        let positive: Vec<bool> = signs.iter().map(|&sign| sign > 0).collect();
        let law = SignLaw::Teacher {
            weights: Signs::from_positive(&positive),
            noise: probability(noise),
        };
        let computed = ternary.population_error(&law);
        prop_assert!((computed - taught).abs() < 1e-13, "{} is not {}", computed, taught);
    }

    #[test]
    fn weights_are_what_they_were_made_of(weights in weights()) {
        let ternary = TernaryWeights::new(&weights);
        prop_assert_eq!(ternary.values().collect::<Vec<i8>>(), weights.clone());
        prop_assert_eq!(ternary.zeros(), weights.iter().filter(|&&one| one == 0).count());
        let sum: i64 = weights.iter().map(|&one| i64::from(one)).sum();
        prop_assert_eq!(ternary.sum(), sum);
    }

    #[test]
    fn a_file_decides_as_its_weights_do_and_errs_where_their_sum_is_0(
        weights in weights(),
        seed in any::<u64>(),
    ) {
        let ternary = TernaryWeights::new(&weights);
        let file = ternary_perceptron(&ternary).unwrap().unwrap().encode().unwrap();
        let received = Model::decode(&file).unwrap();
        prop_assert_eq!(&ternary_weights_of(&received), &ternary);
        let law = SignLaw::CoinFlips { inputs: weights.len() };
        let sample = law.sample(100, &mut stream(seed, "ternary", 0, "inputs"));
        let evaluator = Evaluator::new(&received);
        let counted = images(&sample, 64).map(|part| evaluator.errors(&part.unwrap()).unwrap());
        let errs = |(input, label): &(Signs, bool)| {
            let input = input.positive().zip(0..).fold(0, |bits, (positive, place)| {
                bits | u32::from(positive) << place
            });
            sum(&weights, input) * (2 * i64::from(*label) - 1) <= 0
        };
        let expected = sample.examples().filter(errs).count() as u64;
        prop_assert_eq!(ternary.errors(&sample), expected);
        prop_assert_eq!(counted.sum::<u64>(), expected);
    }
}

#[test]
fn without_zeros_they_differ_as_signs_do_and_with_zeros_only_half_the_time() {
    for (agreeing, opposite) in [(0, 1), (3, 4), (400, 101), (1_001, 0)] {
        let signs = disagreement(agreeing + opposite, opposite);
        let zeros = disagreement_with_zeros(agreeing, opposite, 0);
        assert!((signs - zeros).abs() <= 1e-12 * signs, "{signs} {zeros}");
    }
    // All weights 0: every sum is.
    assert_eq!(disagreement_with_zeros(0, 0, 7), 1.0);
    assert_eq!(sum_is_zero(0), 1.0);
    assert_eq!(sum_is_zero(1_001), 0.0);
    // By Stirling's formula.
    let about = (2.0 / (std::f64::consts::PI * 10_000.0)).sqrt();
    assert!((sum_is_zero(10_000) / about - 1.0).abs() < 1e-4);
}

#[test]
fn coin_flips_are_remembered_with_few_zeros_and_a_teacher_is_found() {
    let method = StochasticBeliefPropagation {
        reinforcement: probability(0.4),
        passes: 2_000,
        attempts: 4,
    };
    for draw in 0..5 {
        let mut random = stream(1, "ternary", draw, "learner");
        let sample = SignLaw::CoinFlips { inputs: 501 }.sample(360, &mut random);
        let learnt = method.learn_with_zeros(&sample, 6, &mut random);
        assert_eq!((learnt.errors, learnt.weights.errors(&sample)), (0, 0));
        assert!(learnt.weights.zeros() < 100);
        let teacher = SignLaw::Teacher {
            weights: Signs::random(501, &mut random),
            noise: probability(0.0),
        };
        let learnt = method.learn_with_zeros(&teacher.sample(1_500, &mut random), 6, &mut random);
        assert_eq!(learnt.errors, 0);
        assert!(learnt.weights.population_error(&teacher) < 0.05);
    }
}

const EXPERIMENT: &str = r#"
name = "ternary"
seed = 3
draws = 20

[ternary]
attempts = 2
inputs = 151
labels = ["coin-flips", "teacher"]
load = 0.6
noise = 0.0
passes = 200
reinforcement = 0.3
threshold = 4
"#;

#[test]
fn draws_with_zeros_say_what_they_should() {
    let search = SearchPath::from_environment(None);
    let experiment = Experiment::parse(EXPERIMENT, &search).unwrap();
    let rows = draw_all(&experiment).unwrap();
    assert!(experiment.columns().contains(&"zeros"));
    let summaries = summary(&experiment, &rows).unwrap();
    assert_eq!(summaries.len(), 2);
    assert!(summaries[0].test.mean >= 0.5 && summaries[0].test.mean < 0.6);
    for one in &summaries {
        assert_eq!(one.draws, 20);
        assert!(one.bits.mean < 151.0 * 1.6 + 100.0 && one.bits.mean >= one.limit.mean);
    }
}

#[test]
fn a_threshold_of_0_and_other_values_that_make_no_sense_are_refused() {
    for (from, to, expected) in [
        ("threshold = 4", "threshold = 0", "1 or more"),
        ("threshold = 4", "", "missing field `threshold`"),
        (
            "inputs = 151",
            "inputs = 150",
            "odd numbers from 1 to 65535",
        ),
        ("attempts = 2", "attempts = 0", "1 or more"),
    ] {
        let search = SearchPath::from_environment(None);
        let error = Experiment::parse(&EXPERIMENT.replace(from, to), &search).unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
    }
}
