//! The check of theorems: it passes, it notices broken ones, and it does not depend on threads.
#![cfg(feature = "lab")]
#![allow(clippy::unwrap_used)]

use std::sync::OnceLock;

use nonvacuous::bounds::BOUNDS;
use nonvacuous::lab::check::{check, Budget, Mutation, Report, Theory, THEOREMS};

const SMALL: Budget = Budget {
    converse: 600,
    coverage: 250,
    draws: 100,
    networks: 16,
};

/// The theorems as they are, checked once for all tests.
fn sound() -> &'static Report {
    static REPORT: OnceLock<Report> = OnceLock::new();
    REPORT.get_or_init(|| check(SMALL, 1, Theory::default()).unwrap())
}

fn broken(report: &Report) -> Vec<&str> {
    report
        .verdicts
        .iter()
        .filter(|verdict| !verdict.holds())
        .map(|verdict| verdict.theorem.name)
        .collect()
}

#[test]
fn every_theorem_is_checked_and_holds() {
    let report = sound();
    assert_eq!(broken(report), [""; 0]);
    assert_eq!(report.verdicts.len(), THEOREMS.len());
    assert_eq!(report.converse.len(), 1 + SMALL.converse as usize);
    assert_eq!(report.coverage.len(), 1 + SMALL.coverage as usize);
}

#[test]
fn the_tight_theorems_are_seen_to_be_tight() {
    let report = sound();
    for name in [
        "limit_examplewise",
        "limit_code",
        "entropy_huffman",
        "max_test_error",
        "occam_binomial",
        "held_out",
    ] {
        let verdict = report
            .verdicts
            .iter()
            .find(|verdict| verdict.theorem.name == name)
            .unwrap();
        assert!(
            verdict.smaller > 0.99 * verdict.larger,
            "{name}: {} {}",
            verdict.smaller,
            verdict.larger
        );
    }
}

#[test]
fn each_way_of_breaking_a_theorem_is_noticed_where_it_matters() {
    let expected: [(Mutation, &[&str]); 5] = [
        (
            Mutation::LimitDoubled,
            &[
                "limit_examplewise",
                "limit_code",
                "codebook_limit",
                "codebook_within_a_thousandth",
            ],
        ),
        (
            Mutation::DeltaIgnored,
            &[
                "occam_binomial",
                "pac_bayes_kl_xi",
                "catoni_lambda_sqrt_n",
                "held_out",
                "subsample",
                "mean_limits_coverage",
            ],
        ),
        (
            Mutation::BitNotCharged,
            &[
                "limit_code",
                "max_test_error",
                "length_prior",
                "occam_binomial",
                "prior_split",
            ],
        ),
        (
            Mutation::ErrorAdded,
            &[
                "oracle_binomial_tail",
                "oracle_hypergeometric",
                "oracle_clopper_pearson",
                "index_sampler",
            ],
        ),
        (Mutation::NoiseIgnored, &["label_noise_sampler"]),
    ];
    for (mutation, theorems) in expected {
        let report = check(SMALL, 1, Theory::broken(mutation)).unwrap();
        let broken = broken(&report);
        for theorem in theorems {
            assert!(
                broken.contains(theorem),
                "{mutation:?} does not break {theorem}, only {broken:?}"
            );
        }
    }
}

#[test]
fn the_report_does_not_depend_on_the_number_of_threads() {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(1)
        .build()
        .unwrap();
    assert_eq!(
        &pool.install(|| check(SMALL, 1, Theory::default()).unwrap()),
        sound()
    );
}

#[test]
fn every_bound_of_the_catalogue_is_checked() {
    for bound in BOUNDS {
        let mut theorems = THEOREMS.iter();
        // One for a fixed parameter is checked at a value of it, which its line names.
        let is_checked = theorems.any(|theorem| theorem.name.starts_with(bound.name));
        assert!(is_checked, "{}", bound.name);
    }
}

#[test]
fn a_budget_without_draws_checks_the_rest() {
    let budget = Budget {
        converse: 10,
        coverage: 0,
        draws: 0,
        networks: 0,
    };
    let report = check(budget, 1, Theory::default()).unwrap();
    assert!(report.verdicts.iter().any(|verdict| verdict.instances > 0));
}
