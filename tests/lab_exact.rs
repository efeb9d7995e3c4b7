//! The exact laboratory, the laws and the random codebook, through their public surfaces.
#![cfg(feature = "lab")]
#![allow(clippy::unwrap_used)]

use nonvacuous::bounds::{EmpiricalRisk, FailureProbability, Probability, RandomCodebook};
use nonvacuous::data::{DataError, Law, Target};
use nonvacuous::lab::confidence::mean_limits;
use nonvacuous::lab::exact::{
    huffman_total, Chain, EmpiricalRiskMinimiser, FiniteLaw, FirstExample, Gibbs, HypothesisClass,
    Instance, InstanceError, Learner, Memoriser, Messages, Posterior, PrefixCode, RandomMap, Ties,
    POSTERIOR_TOTAL,
};
use nonvacuous::lab::random_codebook::{search, Index};
use nonvacuous::random::stream;
use proptest::prelude::*;

fn instance(weights: &[u64], class: HypothesisClass, examples: u32) -> Instance {
    let code = PrefixCode::random(class.len(), &mut stream(1, "test", 0, "code"));
    Instance::new(
        FiniteLaw::new(weights.to_vec()).unwrap(),
        class,
        code,
        examples,
    )
    .unwrap()
}

/// The same learner, but each sequence is enumerated.
struct Unsorted<L>(L);

impl<L: Learner> Learner for Unsorted<L> {
    fn name(&self) -> String {
        self.0.name()
    }

    fn is_symmetric(&self) -> bool {
        false
    }

    fn posterior(&self, class: &HypothesisClass, sample: &[usize]) -> Posterior {
        self.0.posterior(class, sample)
    }
}

#[test]
fn type_classes_give_what_sequences_give() {
    let learners: [(Box<dyn Learner>, Box<dyn Learner>); 4] = [
        (
            Box::new(EmpiricalRiskMinimiser(Ties::Uniform)),
            Box::new(Unsorted(EmpiricalRiskMinimiser(Ties::Uniform))),
        ),
        (
            Box::new(EmpiricalRiskMinimiser(Ties::Arbitrary(3))),
            Box::new(Unsorted(EmpiricalRiskMinimiser(Ties::Arbitrary(3)))),
        ),
        (
            Box::new(Gibbs {
                inverse_temperature: 1.5,
            }),
            Box::new(Unsorted(Gibbs {
                inverse_temperature: 1.5,
            })),
        ),
        (
            Box::new(Gibbs {
                inverse_temperature: -0.5,
            }),
            Box::new(Unsorted(Gibbs {
                inverse_temperature: -0.5,
            })),
        ),
    ];
    let instance = instance(&[3, 1, 2, 5], HypothesisClass::all_labellings(2), 5);
    for (by_types, by_sequences) in learners {
        let (one, other) = (
            Chain::new(&instance, &*by_types),
            Chain::new(&instance, &*by_sequences),
        );
        let terms = |chain: &Chain| {
            let Chain {
                train,
                test,
                examplewise,
                information,
                messages,
                code,
                ..
            } = chain.clone();
            [
                train,
                test,
                examplewise,
                information,
                messages.entropy,
                messages.huffman,
                code,
            ]
        };
        for (one, other) in terms(&one).into_iter().zip(terms(&other)) {
            assert!(
                (one - other).abs() < 1e-12,
                "{}: {one} {other}",
                by_types.name()
            );
        }
    }
}

/// Two fair coin flips of one input, and the learner sends the majority, ties drawn: everything is
/// known on paper.
#[test]
fn a_chain_on_paper_is_reproduced() {
    let instance = instance(&[1, 1], HypothesisClass::all_labellings(1), 2);
    let chain = Chain::new(&instance, &EmpiricalRiskMinimiser(Ties::Uniform));
    // Errors: none with probability 1/2, one of two otherwise. W is a fair coin; given a mixed
    // sample it is still one.
    assert!((chain.train - 0.25).abs() < 1e-15 && (chain.test - 0.5).abs() < 1e-15);
    assert!(
        (chain.messages.entropy - 1.0).abs() < 1e-15 && (chain.information - 0.5).abs() < 1e-15
    );
    // Each label agrees with W with probability 3/4: 1 - h(1/4) bits.
    let each = 1.0 + 0.25 * 0.25f64.log2() + 0.75 * 0.75f64.log2();
    assert!((chain.examplewise - 2.0 * each).abs() < 1e-15);
}

#[test]
fn learners_that_look_at_order_are_told_apart() {
    let instance = instance(&[1, 1, 1], HypothesisClass::memories(3), 3);
    let chain = Chain::new(&instance, &FirstExample);
    let log2_3 = 3f64.log2();
    // W is the first example: it says everything about it and nothing about the others.
    for term in [chain.examplewise, chain.information, chain.messages.entropy] {
        assert!((term - log2_3).abs() < 1e-14);
    }
    let chain = Chain::new(&instance, &RandomMap(1));
    assert!(chain.examplewise <= chain.information + 1e-14);
    assert!((chain.information - chain.messages.entropy).abs() < 1e-14);
    let chain = Chain::new(&instance, &Memoriser);
    assert_eq!(chain.train, 0.0);
}

/// Both errors were once sums of doubles, of which one rounded to 1 and the other did not: no
/// training error but 1 goes with a test error of 1.
#[test]
fn hypotheses_that_always_err_have_errors_of_exactly_one() {
    let class = HypothesisClass::new(vec![vec![true; 3]; 3]).unwrap();
    for (weights, examples) in [([20, 1, 20], 17), ([7, 3, 1], 21), ([3, 3, 3], 9)] {
        let chain = Chain::new(
            &instance(&weights, class.clone(), examples),
            &Gibbs {
                inverse_temperature: 1.0,
            },
        );
        assert_eq!((chain.train, chain.test), (1.0, 1.0));
        let chain = Chain::new(
            &instance(&weights, class.clone(), examples),
            &EmpiricalRiskMinimiser(Ties::Arbitrary(1)),
        );
        assert_eq!((chain.train, chain.test), (1.0, 1.0));
    }
}

#[test]
fn instances_that_cannot_be_enumerated_exactly_are_refused() {
    let law = |weights: Vec<u64>| FiniteLaw::new(weights).unwrap();
    let code = |messages| PrefixCode::random(messages, &mut stream(1, "test", 0, "code"));
    let class = HypothesisClass::memories(2);
    let new = |law, messages, examples| {
        Instance::new(law, class.clone(), code(messages), examples).unwrap_err()
    };
    assert_eq!(
        new(law(vec![1 << 40, 1]), 4, 3),
        InstanceError::TooLarge {
            examples: 3,
            total: (1 << 40) + 1
        }
    );
    assert_eq!(new(law(vec![1, 1]), 4, 0), InstanceError::NoExamples);
    assert!(matches!(
        new(law(vec![1, 1, 1]), 4, 1),
        InstanceError::Mismatch {
            law: 3,
            losses: 2,
            ..
        }
    ));
    assert!(matches!(
        new(law(vec![1, 1]), 3, 1),
        InstanceError::Mismatch {
            hypotheses: 4,
            messages: 3,
            ..
        }
    ));
    assert_eq!(FiniteLaw::new(vec![0, 0]), None);
    assert_eq!(FiniteLaw::new(vec![u64::MAX, 1]), None);
    assert_eq!(HypothesisClass::new(vec![vec![true], vec![]]), None);
}

proptest! {
    #[test]
    fn huffman_is_the_best_of_all_prefix_codes(
        weights in prop::collection::vec(1u64..1000, 1..7),
        seed in 0u64..1000,
    ) {
        let masses: Vec<u128> = weights.iter().map(|&weight| weight.into()).collect();
        let total = huffman_total(&masses);
        let code = PrefixCode::random(weights.len(), &mut stream(seed, "test", 0, "code"));
        let kraft: f64 = code
            .lengths()
            .iter()
            .map(|&length| (-f64::from(length)).exp2())
            .sum();
        prop_assert_eq!(kraft, 1.0);
        let length: u128 = masses
            .iter()
            .zip(code.lengths())
            .map(|(&mass, &length)| mass * u128::from(length))
            .sum();
        prop_assert!(total <= length);
        let Messages {
            entropy,
            huffman,
            one_to_one,
            ..
        } = Messages::new(&masses);
        prop_assert!(entropy <= huffman + 1e-12 && huffman < entropy + 1.0);
        prop_assert!(one_to_one <= huffman);
    }

    #[test]
    fn posteriors_sum_to_their_total(errors in prop::collection::vec(0.0..1.0f64, 1..9)) {
        prop_assume!(errors.iter().sum::<f64>() > 1e-3);
        prop_assert_eq!(
            Posterior::in_proportion(&errors)
                .units()
                .iter()
                .sum::<u64>(),
            POSTERIOR_TOTAL
        );
    }

    #[test]
    fn drawn_code_words_have_the_lengths_of_their_index(
        index in 1u64..u64::MAX,
        exponent in 0u64..40,
    ) {
        let drawn = Index::new(index).unwrap();
        prop_assert_eq!(drawn.magnitude(), u64::from(index.ilog2()));
        prop_assert_eq!(
            drawn.rice_bits(exponent),
            Some(((index - 1) >> exponent) + 1 + exponent)
        );
    }

    #[test]
    fn confidence_limits_enclose_the_mean_and_stay_in_the_range(
        values in prop::collection::vec(2.0..5.0f64, 0..50),
        failure in 0.001..0.5f64,
    ) {
        let failure = FailureProbability::new(failure).unwrap();
        let (lower, upper) = mean_limits(&values, (2.0, 5.0), failure).unwrap();
        prop_assert!(2.0 <= lower && lower <= upper && upper <= 5.0 + 1e-12);
        if !values.is_empty() {
            let mean = values.iter().sum::<f64>() / values.len() as f64;
            prop_assert!(lower <= mean + 1e-12 && mean <= upper + 1e-12);
        }
    }
}

/// The digits' joint law is that of a geometric variable: compared on all of its first values.
#[test]
fn indices_are_drawn_from_the_geometric_law() {
    const DRAWS: u32 = 40_000;
    for (errors, n, error) in [(0, 3, 0.5), (2, 4, 0.5), (1, 2, 0.3)] {
        let learner = RandomCodebook::new(
            EmpiricalRisk::new(errors, n).unwrap(),
            Probability::new(error).unwrap(),
        );
        let t = learner.ln_success().exp();
        let mut random = stream(3, "test", errors, "indices");
        let mut counts = vec![0u32; 12];
        for _ in 0..DRAWS {
            let index = Index::draw(&learner, &mut random);
            if let Some(count) = counts.get_mut(index.rice_bits(0).unwrap() as usize - 1) {
                *count += 1;
            }
        }
        for (place, count) in counts.into_iter().enumerate() {
            let expected = t * (1.0 - t).powi(place as i32);
            let deviation = (expected / f64::from(DRAWS)).sqrt();
            let share = f64::from(count) / f64::from(DRAWS);
            assert!(
                (share - expected).abs() < 6.0 * deviation + 1e-12,
                "t {t}, J {}: {share} {expected}",
                place + 1
            );
        }
    }
}

#[test]
fn a_search_ends_with_a_good_hypothesis_or_not_at_all() {
    let mut random = stream(1, "test", 0, "search");
    for _ in 0..20 {
        let (index, errors) = search(8, 2, 1, 1 << 20, &mut random).unwrap();
        assert!(index >= 1 && errors <= 1);
    }
    assert_eq!(search(60, 2, 0, 10, &mut random), None);
}

#[test]
fn targets_on_the_cube_are_what_they_are_called() {
    let labels = |target| {
        let law = Law::cube(5, target, 0.0, &mut stream(1, "test", 0, "law")).unwrap();
        law.points().labels().to_vec()
    };
    assert_eq!(labels(Target::Constant), [0; 32]);
    assert_eq!(labels(Target::Majority)[0b10110], 1);
    assert_eq!(labels(Target::Majority)[0b00110], 0);
    assert_eq!(labels(Target::Parity(2))[0b11101], 1);
    assert_eq!(labels(Target::Parity(2))[0b00111], 0);
    assert_eq!(
        labels(Target::Parity(9))
            .iter()
            .filter(|&&label| label == 1)
            .count(),
        16
    );
    let ones = labels(Target::Teacher(6))
        .iter()
        .filter(|&&label| label == 1)
        .count();
    assert!((8..=16).contains(&ones), "{ones}");
}

#[test]
fn the_population_error_is_that_of_a_large_sample() {
    let law = Law::cube(6, Target::Majority, 0.2, &mut stream(1, "test", 0, "law")).unwrap();
    // Decides for 1 at odd points, not at all at multiples of four, for 0 elsewhere.
    let decide = |point: usize| {
        if point % 2 == 1 {
            Some(1)
        } else if point.is_multiple_of(4) {
            None
        } else {
            Some(0)
        }
    };
    let exact = law.error(&(0..64).map(decide).collect::<Vec<Option<u8>>>());
    let sample = law
        .sample(100_000, &mut stream(1, "test", 0, "sample"))
        .unwrap();
    let point = |image: &[u8]| {
        image
            .iter()
            .enumerate()
            .map(|(i, &level)| usize::from(level) << i)
            .sum::<usize>()
    };
    let wrong = (0..sample.len())
        .filter(|&i| decide(point(sample.image(i))) != Some(sample.label(i)))
        .count();
    assert!((wrong as f64 / 1e5 - exact).abs() < 0.01, "{wrong} {exact}");
    assert_eq!(law.error(&[None; 64]), 1.0);
    assert!(law.least_error() <= 0.2 && law.least_error() > 0.199_999);
}

#[test]
fn labels_that_are_noise_with_less_of_it_are_the_same_with_more() {
    let law = |noise| {
        let stream = &mut stream(1, "test", 0, "law");
        Law::cube(6, Target::Majority, noise, stream).unwrap()
    };
    let sample = |noise| {
        let (mut places, mut labels) = (
            stream(1, "test", 0, "places"),
            stream(1, "test", 0, "labels"),
        );
        law(noise)
            .sample_apart(20_000, &mut places, &mut labels)
            .unwrap()
    };
    let clean = sample(0.0);
    let samples = [0.1, 0.25, 0.5].map(|noise| (noise, sample(noise)));
    for (noise, noisy) in &samples {
        assert_eq!(noisy.images(), clean.images());
        let pairs = noisy.labels().iter().zip(clean.labels());
        let differing = pairs.filter(|(label, clean)| label != clean).count();
        assert!(
            (differing as f64 / 20_000.0 - noise).abs() < 0.015,
            "{differing}"
        );
    }
    for ((_, less), (_, more)) in samples.iter().zip(samples.iter().skip(1)) {
        let labels = less.labels().iter().zip(more.labels()).zip(clean.labels());
        for ((less, more), clean) in labels {
            assert!(less == clean || less == more);
        }
    }
}

#[test]
fn laws_that_cannot_be_are_refused() {
    let cube = |dimension, noise| {
        Law::cube(
            dimension,
            Target::Majority,
            noise,
            &mut stream(1, "test", 0, "law"),
        )
    };
    assert!(matches!(
        cube(17, 0.0),
        Err(DataError::Dimension {
            dimension: 17,
            most: 16
        })
    ));
    assert!(matches!(cube(0, 0.0), Err(DataError::Dimension { .. })));
    assert!(matches!(cube(3, 1.5), Err(DataError::Noise(_))));
    assert!(matches!(cube(3, f64::NAN), Err(DataError::Noise(_))));
}
