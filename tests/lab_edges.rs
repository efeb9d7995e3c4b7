//! Laws at the edges of bounds: their exact failure probabilities against all training sets, how
//! near they come to delta, and that claims which are wrong are seen to be.
#![cfg(feature = "lab")]
#![allow(clippy::unwrap_used)]

use nonvacuous::bounds::{EmpiricalRisk, FailureProbability, SampleSize, BOUNDS};
use nonvacuous::data::SearchPath;
use nonvacuous::lab::confidence::proportion_limits;
use nonvacuous::lab::edges::{Claim, Edge, EdgeLaw};
use nonvacuous::lab::run::{draw_all, edges, Experiment};
use nonvacuous::random::stream;

const DELTA: f64 = 0.05;

fn delta(delta: f64) -> FailureProbability {
    FailureProbability::new(delta).unwrap()
}

fn risk(errors: u64, examples: u64) -> EmpiricalRisk {
    EmpiricalRisk::new(errors, examples).unwrap()
}

fn bits(length: u32) -> nonvacuous::bounds::Bits {
    nonvacuous::bounds::Bits::new(length.into()).unwrap()
}

fn code_word(name: &str) -> Claim {
    Claim::CodeWord(*BOUNDS.iter().find(|bound| bound.name == name).unwrap())
}

fn at(law: &str, allowed: f64) -> Edge {
    let law: EdgeLaw = law.parse().unwrap();
    law.edge(delta(allowed)).unwrap()
}

/// Limits of the failure probability, each wrong with probability 1e-4, from `sets` training sets.
fn drawn(edge: &Edge, sets: u64, purpose: &str) -> (f64, f64) {
    let mut random = stream(1, "tests of edges", 0, purpose);
    let failures = (0..sets)
        .filter(|_| edge.fails(&mut random).unwrap())
        .count();
    proportion_limits(failures as u64, sets, delta(1e-4)).unwrap()
}

#[test]
fn the_failure_probability_is_the_mass_of_all_training_sets_on_which_the_bound_fails() {
    for (claim, errors, examples, lengths, allowed) in [
        (code_word("occam_binomial"), 1, 5, vec![1, 2, 2], 0.3),
        (code_word("occam_binomial"), 2, 4, vec![2; 4], 0.05),
        (code_word("occam_kl"), 0, 6, vec![1, 1], 0.05),
        (code_word("occam_kl"), 1, 5, vec![1, 2, 2], 0.4),
        (code_word("occam_hoeffding"), 0, 5, vec![1, 2, 2], 0.5),
        (code_word("pac_bayes_kl_xi"), 0, 3, vec![1, 2, 2], 0.2),
        (code_word("mcallester"), 0, 9, vec![1, 1], 0.5),
        (Claim::HeldOut, 3, 12, vec![0], 0.05),
        (Claim::MonteCarloPairs, 2, 9, vec![0], 0.1),
        (Claim::MonteCarloMeans, 1, 9, vec![0], 0.1),
    ] {
        let edge = Edge::new(claim, delta(allowed), risk(errors, examples), &lengths);
        let edge = edge.unwrap().unwrap();
        // Which hypothesis errs on which example, in all ways.
        let pairs = examples as usize * lengths.len();
        let mut failure = 0.0;
        for set in 0u32..1 << pairs {
            let (mut mass, mut counts) = (1.0, vec![0; lengths.len()]);
            for pair in 0..pairs {
                let hypothesis = pair % lengths.len();
                let truth = edge.truths()[hypothesis];
                let errs = set >> pair & 1 == 1;
                mass *= if errs { truth } else { 1.0 - truth };
                counts[hypothesis] += u64::from(errs);
            }
            // That it fails for the one that is sent is that it fails for any.
            let fails = |hypothesis: usize| {
                let length = bits(lengths[hypothesis]);
                let limit = claim.limit(risk(counts[hypothesis], examples), length, delta(allowed));
                limit.unwrap() < edge.truths()[hypothesis]
            };
            if (0..lengths.len()).any(fails) {
                failure += mass;
            }
        }
        let exact = edge.failure_probability();
        let name = claim.name();
        assert!(
            (failure / exact - 1.0).abs() < 1e-9,
            "{name}: {failure} {exact}"
        );
        assert!(exact <= allowed, "{name}: {exact}");
        let (lower, upper) = drawn(&edge, 20_000, name);
        assert!(
            lower <= exact && exact <= upper,
            "{name}: {lower} {exact} {upper}"
        );
    }
}

#[test]
fn the_failure_probability_of_a_subsample_is_the_part_of_all_subsamples_that_mislead() {
    let population = SampleSize::new(15).unwrap();
    let claim = Claim::Subsample { population };
    let edge = Edge::new(claim, delta(0.1), risk(1, 6), &[0])
        .unwrap()
        .unwrap();
    let errors = (edge.truths()[0] * 15.0).round() as u32;
    let (mut all, mut misled) = (0u32, 0u32);
    for sample in (0u32..1 << 15).filter(|sample| sample.count_ones() == 6) {
        let seen = (sample & ((1 << errors) - 1)).count_ones();
        let limit = claim
            .limit(risk(seen.into(), 6), bits(0), delta(0.1))
            .unwrap();
        all += 1;
        misled += u32::from(limit < edge.truths()[0]);
    }
    let exact = f64::from(misled) / f64::from(all);
    assert!((edge.failure_probability() / exact - 1.0).abs() < 1e-9);
    let (lower, upper) = drawn(&edge, 20_000, "subsample");
    assert!(lower <= exact && exact <= upper, "{lower} {exact} {upper}");
}

#[test]
fn bounds_that_are_nearly_tight_fail_within_a_factor_of_two_of_delta() {
    for (law, least) in [
        ("occam_binomial:200:5:6", 0.975),
        ("occam_binomial:200:5:1-6", 0.975),
        ("occam_kl:200:0:6", 0.975),
        ("held_out:1000:20", 0.999_999),
        ("subsample:10000:500:20", 0.95),
        ("monte_carlo_pairs:1000:20", 0.999_999),
        ("monte_carlo_means:100:0", 0.999_999),
        ("monte_carlo_split:1000000:100:5", 0.8),
        ("occam_hoeffding:3:0:0", 0.5),
        ("pac_bayes_kl_xi:1:0:0", 0.499_999),
    ] {
        let edge = at(law, DELTA);
        let part = edge.failure_probability() / DELTA;
        assert!(least <= part && part <= 1.0, "{law}: {part}");
        // Enough training sets to tell a rate of delta from one of a quarter of it.
        let (lower, upper) = drawn(&edge, 4_000, law);
        assert!(
            lower <= DELTA && DELTA / 4.0 <= upper,
            "{law}: {lower} {upper}"
        );
    }
}

/// What is claimed with 5% would hold with 10% only.
#[test]
fn twice_the_delta_is_refuted_by_the_lower_limit() {
    for law in [
        "occam_binomial:200:5:6",
        "occam_kl:200:0:6",
        "held_out:1000:20",
        "subsample:10000:500:20",
        "monte_carlo_pairs:1000:20",
        "monte_carlo_means:100:0",
        "monte_carlo_split:1000000:100:5",
    ] {
        let (lower, _) = drawn(&at(law, 2.0 * DELTA), 8_000, law);
        assert!(lower > DELTA, "{law}: {lower}");
    }
}

#[test]
fn a_bit_dropped_from_every_length_is_refuted_by_the_lower_limit() {
    for (name, errors) in [("occam_binomial", 5), ("occam_kl", 0)] {
        let edge = |length| {
            let most = risk(errors, 200);
            let edge = Edge::new(code_word(name), delta(DELTA), most, &[length; 64]);
            drawn(&edge.unwrap().unwrap(), 8_000, name).0
        };
        assert!(edge(6) <= DELTA, "{name}");
        assert!(edge(5) > DELTA, "{name}: {}", edge(5));
    }
}

/// The laws of `experiments/edges.toml` for bounds that are not tight: of those of few examples
/// and hypotheses none is nearer to delta.
#[test]
fn no_small_law_comes_nearer_to_delta_than_those_that_are_reported() {
    for (law, most_examples) in [
        ("occam_hoeffding:3:0:0", 40),
        ("pac_bayes_kl_xi:1:0:0", 40),
        ("pac_bayes_kl:1:0:0", 40),
        ("mcallester:4:0:0", 40),
        ("thiemann:750:35:0", 40),
        ("catoni_lambda_sqrt_n:140:46:0", 160),
    ] {
        let reported = at(law, DELTA);
        for examples in 1..=most_examples {
            for (length, errors) in
                (0..4).flat_map(|length| (0..examples).map(move |k| (length, k)))
            {
                let lengths = vec![length; 1 << length];
                let most = risk(errors, examples);
                let edge = Edge::new(*reported.claim(), delta(DELTA), most, &lengths).unwrap();
                let found = edge.map_or(0.0, |edge| edge.failure_probability());
                let best = reported.failure_probability();
                assert!(
                    found <= best * (1.0 + 1e-9),
                    "{law}: {found} at {most:?}, {length}"
                );
            }
        }
    }
}

#[test]
fn an_experiment_counts_what_its_draws_say() {
    let text = "name = \"edges\"\nseed = 3\ndraws = 4\n[edges]\ndelta = 0.2\n\
                law = [\"held_out:30:2\", \"occam_kl:30:0:2\"]\nsets = 500\n";
    let experiment = Experiment::parse(text, &SearchPath::from_environment(None)).unwrap();
    let rows = draw_all(&experiment).unwrap();
    let found = edges(&experiment, &rows).unwrap();
    assert_eq!(found.len(), 2);
    for (place, edge) in found {
        let own = rows.iter().filter(|row| row.key.configuration == place);
        let failures: u64 = own
            .map(|row| row.cells.last().unwrap().parse::<u64>().unwrap())
            .sum();
        assert_eq!((edge.failures, edge.sets), (failures, 2000));
        assert_eq!(edge.rate.mean, failures as f64 / 2000.0);
        assert!(edge.holds() && edge.rate.upper > 0.1, "{edge:?}");
    }
}

#[test]
fn laws_that_are_at_no_edge_are_refused_with_what_would_do() {
    let refused = |law: &str| {
        let text = format!(
            "name = \"edges\"\nseed = 3\ndraws = 4\n[edges]\ndelta = 0.05\nlaw = \"{law}\"\n\
             sets = 5\n"
        );
        let error = Experiment::parse(&text, &SearchPath::from_environment(None)).unwrap_err();
        let source = std::error::Error::source(&error);
        let cause = source.map(|source| source.to_string()).unwrap_or_default();
        format!("{error}: {cause}")
    };
    for (law, expected) in [
        ("occam:200:5:6", "accepted are BOUND:EXAMPLES:ERRORS:BITS"),
        ("occam_kl", "accepted are BOUND:EXAMPLES:ERRORS:BITS"),
        ("occam_kl:200:5", "held_out:EXAMPLES:ERRORS"),
        ("occam_kl:200:5:6:7", "held_out:EXAMPLES:ERRORS"),
        ("occam_kl:many:5:6", "held_out:EXAMPLES:ERRORS"),
        ("occam_kl:200:5:17", "accepted are 0 to 16"),
        ("occam_kl:200:5:1-0", "1-1 to 1-16"),
        ("occam_kl:200:201:6", "more errors than examples"),
        ("held_out:0:0", "accepted are 1 to 1e12"),
        ("held_out:100000000:0", "accepted are up to 16777216"),
        ("subsample:10:20:3", "accepted are at most 10"),
        ("occam_hoeffding:1:0:0", "the bound is 1 there"),
        ("held_out:20:20", "the bound is 1 there"),
    ] {
        let error = refused(law);
        assert!(
            error.contains(expected) && error.contains(law),
            "{law}: {error}"
        );
    }
    let text = "name = \"edges\"\nseed = 3\ndraws = 4\n[edges]\ndelta = 0.05\n\
                law = \"held_out:30:2\"\nsets = 0\n";
    let error = Experiment::parse(text, &SearchPath::from_environment(None)).unwrap_err();
    assert!(error
        .to_string()
        .contains("sets = 0: accepted are 1 to 1000000"));
}
