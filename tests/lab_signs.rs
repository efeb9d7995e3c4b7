//! Perceptrons of signs: the population error against enumeration, the file, the learner, and draws
//! that do not depend on who makes them.
#![cfg(feature = "lab")]
#![allow(clippy::unwrap_used)]

use std::fs;

use nonvacuous::bounds::Probability;
use nonvacuous::code::Model;
use nonvacuous::data::SearchPath;
use nonvacuous::evaluate::Evaluator;
use nonvacuous::lab::run::{draw_all, links, run, summary, DrawnRow, Experiment, Store};
use nonvacuous::lab::signs::{
    disagreement, images, information_limits, information_of_agreements, perceptron, signs_of,
    BestSigns, SignChain, SignLaw, Signs, StochasticBeliefPropagation,
};
use nonvacuous::pieces::Shard;
use nonvacuous::random::stream;

/// The sum of signs of one pattern of bits times those of another, `N` of them.
fn sum(inputs: u32, one: u32, other: u32) -> i64 {
    i64::from(inputs) - 2 * i64::from((one ^ other).count_ones())
}

fn signs(count: u32, bits: u32) -> Signs {
    let positive: Vec<bool> = (0..count).map(|place| bits >> place & 1 == 1).collect();
    Signs::from_positive(&positive)
}

fn probability(value: f64) -> Probability {
    Probability::new(value).unwrap()
}

#[test]
fn perceptrons_of_signs_differ_as_often_as_all_inputs_say() {
    for inputs in [1, 3, 5, 7, 11, 15] {
        for differing in 0..=inputs {
            let other = (1 << differing) - 1;
            let differ = (0..1 << inputs)
                .filter(|&input| (sum(inputs, input, 0) > 0) != (sum(inputs, input, other) > 0));
            let exact = differ.count() as f64 / f64::from(1 << inputs);
            let computed = disagreement(inputs as usize, differing as usize);
            assert!(
                (computed - exact).abs() <= 1e-14 * exact,
                "{inputs} {differing}: {computed} is not {exact}"
            );
        }
    }
}

#[test]
fn of_many_inputs_they_differ_by_the_angle_between_them() {
    // Sheppard's formula (1899) in the limit of many inputs: arccos(1 - 2 d/N)/pi.
    for (differing, tolerance) in [(0, 0.0), (1_000, 5e-5), (50_000, 1e-5), (99_999, 1e-12)] {
        let angle = (1.0 - 2.0 * f64::from(differing) / 99_999.0).acos();
        let computed = disagreement(99_999, differing as usize);
        let expected = angle / std::f64::consts::PI;
        assert!(
            (computed - expected).abs() <= tolerance,
            "{computed} {expected}"
        );
    }
}

#[test]
fn the_population_error_with_label_noise_is_that_over_all_inputs_and_labels() {
    let (inputs, teacher, noise) = (9, 0b1_0110_0101, 0.125);
    let law = SignLaw::Teacher {
        weights: signs(inputs, teacher),
        noise: probability(noise),
    };
    for student in [teacher, !teacher & 0x1ff, 0, 0b1_0101_1100] {
        let error = |input: u32| {
            let differ = (sum(inputs, input, teacher) > 0) != (sum(inputs, input, student) > 0);
            if differ {
                1.0 - noise
            } else {
                noise
            }
        };
        let exact = (0..1 << inputs).map(error).sum::<f64>() / f64::from(1 << inputs);
        let computed = law.population_error(&signs(inputs, student));
        assert!(
            (computed - exact).abs() < 1e-15,
            "{computed} is not {exact}"
        );
    }
}

#[test]
fn labels_of_a_teacher_are_wrong_as_often_as_they_should_be() {
    let mut random = stream(1, "signs", 0, "labels");
    let weights = Signs::random(201, &mut random);
    for noise in [0.0, 0.2] {
        let law = SignLaw::Teacher {
            weights: weights.clone(),
            noise: probability(noise),
        };
        let sample = law.sample(20_000, &mut random);
        let wrong = sample.errors(&weights) as f64 / 20_000.0;
        assert!((wrong - noise).abs() <= 0.015 * noise.signum(), "{wrong}");
        let opposite = sample.errors(&weights.opposite()) as f64 / 20_000.0;
        assert!((opposite + wrong - 1.0).abs() < 1e-12);
    }
}

#[test]
fn a_file_decodes_to_the_same_signs_and_decides_as_they_do() {
    let mut random = stream(1, "signs", 0, "files");
    for inputs in [1, 9, 63, 65, 1_001, 2_001] {
        let signs = Signs::random(inputs, &mut random);
        let model = perceptron(&signs).unwrap().unwrap();
        let file = model.encode().unwrap();
        let received = Model::decode(&file).unwrap();
        assert_eq!(signs_of(&received), signs);
        let sample = SignLaw::CoinFlips { inputs }.sample(700, &mut random);
        let evaluator = Evaluator::new(&received);
        let errors = images(&sample, 256).map(|part| evaluator.errors(&part.unwrap()).unwrap());
        assert_eq!(errors.sum::<u64>(), sample.errors(&signs));
        assert!(8 * file.len() <= inputs + 80, "{}", 8 * file.len());
    }
}

#[test]
fn signs_that_are_nearly_all_the_same_decide_up_to_where_they_are_refused() {
    let ones = |positive: usize, inputs: usize| {
        let signs: Vec<bool> = (0..inputs).map(|place| place < positive).collect();
        Signs::from_positive(&signs)
    };
    let mut random = stream(1, "signs", 0, "lopsided");
    // Sums of 8,189, and of 8,191.
    let signs = ones(8_195, 8_201);
    let model = perceptron(&signs).unwrap().unwrap();
    let sample = SignLaw::CoinFlips { inputs: 8_201 }.sample(400, &mut random);
    let evaluator = Evaluator::new(&model);
    let errors = images(&sample, 100).map(|part| evaluator.errors(&part.unwrap()).unwrap());
    assert_eq!(errors.sum::<u64>(), sample.errors(&signs));
    assert!(perceptron(&ones(8_196, 8_201)).unwrap().is_none());
    assert!(perceptron(&ones(0, 8_191)).unwrap().is_none());
}

#[test]
fn coin_flips_are_remembered_and_a_teacher_is_found() {
    let method = StochasticBeliefPropagation {
        reinforcement: probability(0.3),
        passes: 2_000,
        attempts: 2,
    };
    for draw in 0..10 {
        let mut random = stream(1, "signs", draw, "learner");
        let sample = SignLaw::CoinFlips { inputs: 501 }.sample(280, &mut random);
        let learnt = method.learn(&sample, &mut random);
        assert_eq!((learnt.errors, sample.errors(&learnt.weights)), (0, 0));
        let teacher = SignLaw::Teacher {
            weights: Signs::random(501, &mut random),
            noise: probability(0.0),
        };
        let learnt = method.learn(&teacher.sample(1_100, &mut random), &mut random);
        assert_eq!(teacher.population_error(&learnt.weights), 0.0);
    }
}

#[test]
fn what_cannot_be_remembered_is_left_with_the_fewest_errors_and_all_passes_made() {
    let method = StochasticBeliefPropagation {
        reinforcement: probability(0.3),
        passes: 30,
        attempts: 3,
    };
    let mut random = stream(1, "signs", 0, "too many");
    let sample = SignLaw::CoinFlips { inputs: 101 }.sample(300, &mut random);
    let learnt = method.learn(&sample, &mut random);
    assert_eq!(learnt.errors, sample.errors(&learnt.weights));
    assert!(
        learnt.errors > 0 && learnt.errors < 120,
        "{}",
        learnt.errors
    );
    assert_eq!((learnt.passes, learnt.attempts), (90, 3));
}

#[test]
fn the_best_signs_are_those_that_trying_each_finds() {
    let mut random = stream(1, "signs", 0, "best");
    for (inputs, examples) in [
        (1, 3),
        (3, 2),
        (5, 9),
        (7, 4),
        (9, 1),
        (11, 30),
        (13, 8),
        (15, 24),
    ] {
        let law = SignLaw::CoinFlips {
            inputs: inputs as usize,
        };
        let sample = law.sample(examples, &mut random);
        let errors: Vec<u64> = (0..1u32 << inputs)
            .map(|bits| sample.errors(&signs(inputs, bits)))
            .collect();
        let fewest = errors.iter().copied().min().unwrap();
        let best = BestSigns::of(&sample).unwrap();
        assert_eq!(best.errors(), fewest, "{inputs} {examples}");
        let count = errors.iter().filter(|&&one| one == fewest).count() as u64;
        assert_eq!(best.count(), count, "{inputs} {examples}");
        // Each best perceptron agrees with each example in some number of places.
        let agreements = best.agreements_with(&sample);
        assert_eq!(agreements.len(), inputs as usize + 1);
        assert_eq!(agreements.iter().sum::<u64>(), count * examples as u64);
        let right: u64 = agreements.iter().skip(inputs as usize / 2 + 1).sum();
        assert_eq!(right, count * (examples as u64 - fewest));
        for _ in 0..20 {
            assert_eq!(sample.errors(&best.draw(&mut random)), fewest);
        }
    }
    let sample = SignLaw::CoinFlips { inputs: 27 }.sample(3, &mut random);
    assert_eq!(BestSigns::of(&sample), None);
}

#[test]
fn a_teacher_of_25_signs_is_among_the_solutions_and_alone_after_enough_examples() {
    let mut random = stream(1, "signs", 0, "teacher of 25");
    let weights = Signs::random(25, &mut random);
    let law = SignLaw::Teacher {
        weights: weights.clone(),
        noise: probability(0.0),
    };
    let best = BestSigns::of(&law.sample(10, &mut random)).unwrap();
    assert!(best.errors() == 0 && best.count() > 100, "{}", best.count());
    let best = BestSigns::of(&law.sample(100, &mut random)).unwrap();
    assert_eq!((best.errors(), best.count()), (0, 1));
    assert_eq!(best.draw(&mut random), weights);
}

#[test]
fn the_links_of_few_signs_are_those_that_can_be_worked_out_by_hand() {
    for inputs in [1, 3, 5, 7] {
        // Half of all are right on one example, by a bit, whatever else it says.
        let chain = SignChain::exact(inputs, 1).unwrap();
        assert_eq!(chain.train, 0.0);
        assert!((chain.examplewise - 1.0).abs() < 1e-12 && (chain.information - 1.0).abs() < 1e-12);
        assert_eq!(chain.entropy, inputs as f64);
    }
    // One weight, two examples: they agree and say it, or do not and say nothing.
    let chain = SignChain::exact(1, 2).unwrap();
    assert_eq!((chain.train, chain.information), (0.25, 0.5));
    // It agrees with each of them with probability 3/4.
    let examplewise = 2.0 * information_of_agreements(&[0.25, 0.75]);
    assert!((chain.examplewise - examplewise).abs() < 1e-12);
    assert_eq!(SignChain::exact(4, 1), None);
    assert_eq!(SignChain::exact(3, 0), None);
    assert_eq!(SignChain::exact(13, 1), None);
    assert_eq!(SignChain::exact(5, 6), None);
    assert_eq!(SignChain::exact(11, usize::MAX), None);
}

#[test]
fn what_examples_tell_is_found_from_draws_within_its_limits() {
    let exact = SignChain::exact(5, 4).unwrap();
    let law = SignLaw::CoinFlips { inputs: 5 };
    let laws = |first: u64, draws: u64| {
        let one = |draw| {
            let sample = law.sample(4, &mut stream(1, "signs", draw, "examples"));
            let counts = BestSigns::of(&sample).unwrap().agreements_with(&sample);
            let all = counts.iter().sum::<u64>() as f64;
            counts.iter().map(|&count| count as f64 / all).collect()
        };
        (first..first + draws).map(one).collect::<Vec<Vec<f64>>>()
    };
    let within = |place: u64| {
        let (lower, mean, upper) = information_limits(&laws(1000 * place, 1000));
        assert!(lower <= mean && mean <= upper && upper - lower < 0.08);
        (lower..=upper).contains(&(exact.examplewise / 4.0))
    };
    // Each of 100 fails with probability 5%: 12 or more do once in 200.
    assert!((0..100).filter(|&place| !within(place)).count() < 12);
    let (lower, mean, upper) = information_limits(&laws(0, 1));
    assert!(lower == 0.0 && mean >= 0.0 && upper == 5.0);
}

const EXPERIMENT: &str = r#"
name = "signs"
seed = 3
draws = 40

[signs]
attempts = 2
inputs = 101
labels = ["coin-flips", "teacher"]
load = [0.5, 2.0]
noise = 0.0
passes = 100
reinforcement = 0.3
"#;

/// An experiment is refused with what would do.
fn refuses(text: &str, expected: &str) {
    let error = Experiment::parse(text, &SearchPath::from_environment(None)).unwrap_err();
    assert!(error.to_string().contains(expected), "{error}");
}

fn experiment(text: &str) -> Experiment {
    Experiment::parse(text, &SearchPath::from_environment(None)).unwrap()
}

fn rows_with(threads: usize) -> Vec<DrawnRow> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    pool.unwrap()
        .install(|| draw_all(&experiment(EXPERIMENT)).unwrap())
}

#[test]
fn draws_depend_on_no_threads_and_say_what_they_should() {
    let rows = rows_with(1);
    assert_eq!(rows, rows_with(3));
    let experiment = experiment(EXPERIMENT);
    let summaries = summary(&experiment, &rows).unwrap();
    assert_eq!(summaries.len(), 4);
    for (place, one) in summaries.iter().enumerate() {
        let coin_flips = place < 2;
        let few = place % 2 == 0;
        assert_eq!(one.draws, 40);
        assert!(one.bits.mean > 101.0 && one.bits.mean < 101.0 + 80.0);
        if coin_flips {
            assert_eq!(one.test.mean, 0.5);
        } else if !few {
            // The teacher is found: nothing is owed.
            assert!(one.test.mean < 0.02 && one.limit.mean < 0.5, "{one:?}");
        }
        if few {
            let examples = 51.0;
            assert!(one.limit.mean <= examples && one.bits.mean >= one.limit.mean);
        }
    }
}

#[test]
fn a_run_that_was_cut_off_ends_with_the_same_rows() {
    let experiment = experiment(EXPERIMENT);
    let all = rows_with(2);
    let folder = tempfile::tempdir().unwrap();
    let part: Shard = "2/3".parse().unwrap();
    let store = Store::open(folder.path(), &experiment, part).unwrap();
    run(&experiment, part, &store, |_| ()).unwrap();
    drop(store);
    let path = {
        let store = Store::open(folder.path(), &experiment, Shard::WHOLE).unwrap();
        assert_eq!(store.len(), 4 * 13);
        run(&experiment, Shard::WHOLE, &store, |_| ()).unwrap();
        assert_eq!(store.rows(&experiment).unwrap(), all);
        store.path().to_path_buf()
    };
    let whole = fs::read(&path).unwrap();
    fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    let store = Store::open(folder.path(), &experiment, Shard::WHOLE).unwrap();
    assert!(store.len() < all.len());
    run(&experiment, Shard::WHOLE, &store, |_| ()).unwrap();
    assert_eq!(store.rows(&experiment).unwrap(), all);
}

#[test]
fn values_that_make_no_sense_are_refused_with_what_would_do() {
    for (from, to, expected) in [
        (
            "inputs = 101",
            "inputs = 100",
            "odd numbers from 1 to 65535",
        ),
        ("inputs = 101", "inputs = 65537", "odd numbers"),
        (
            "load = [0.5, 2.0]",
            "load = 0.0",
            "numbers above 0, up to 100",
        ),
        ("load = [0.5, 2.0]", "load = 0.001", "examples"),
        ("attempts = 2", "attempts = 0", "1 or more"),
        ("passes = 100", "passes = 0", "1 or more"),
        (
            "reinforcement = 0.3",
            "reinforcement = 1.5",
            "numbers from 0 to 1",
        ),
        ("noise = 0.0", "noise = 0.7", "numbers from 0 to 0.5"),
        ("noise = 0.0", "noise = 0.1", "0 with labels by coin flips"),
        ("\"coin-flips\"", "\"coin\"", "did you mean `coin-flips`?"),
        ("noise = 0.0", "", "missing field `noise`"),
    ] {
        refuses(&EXPERIMENT.replace(from, to), expected);
    }
}

const SOLUTIONS: &str = r#"
name = "solutions"
seed = 5
draws = 60

[solutions]
inputs = [5, 15]
labels = ["coin-flips", "teacher"]
load = [0.4, 0.8]
noise = 0.0
"#;

#[test]
fn draws_among_all_solutions_come_with_every_link_of_the_converse() {
    let experiment = experiment(SOLUTIONS);
    let rows = draw_all(&experiment).unwrap();
    assert_eq!(rows.len(), 8 * 60);
    assert_eq!(summary(&experiment, &rows).unwrap().len(), 8);
    let links = links(&experiment, &rows).unwrap();
    // Coin flips only: with a teacher what is sent is not uniform.
    let places: Vec<usize> = links.iter().map(|(place, _)| *place).collect();
    assert_eq!(places, [0, 1, 4, 5]);
    for ((place, one), inputs) in links.into_iter().zip([5.0, 5.0, 15.0, 15.0]) {
        assert_eq!((one.draws, one.entropy), (60, inputs));
        assert_eq!(one.is_exact, inputs < 15.0, "{place}");
        for mean in [one.limit, one.examplewise, one.information, one.bits] {
            assert!(
                mean.lower <= mean.mean + 1e-9 && mean.mean <= mean.upper + 1e-9,
                "{one:?}"
            );
        }
        assert!(one.limit.lower <= one.examplewise.upper, "{one:?}");
        assert!(one.examplewise.lower <= one.information.upper, "{one:?}");
        assert!(
            one.information.upper <= one.entropy && one.entropy < one.bits.lower,
            "{one:?}"
        );
    }
}

#[test]
fn more_signs_than_can_be_tried_are_refused() {
    for (from, to, expected) in [
        ("[5, 15]", "27", "odd numbers from 1 to 25"),
        ("[5, 15]", "4", "odd numbers from 1 to 25"),
        (
            "noise = 0.0",
            "noise = 0.0\npasses = 3",
            "unknown field `passes`",
        ),
        ("noise = 0.0", "noise = 0.1", "0 with labels by coin flips"),
    ] {
        refuses(&SOLUTIONS.replace(from, to), expected);
    }
}
