//! The check of theorems: it passes, it notices broken ones, and it does not depend on threads.
#![cfg(feature = "lab")]
#![allow(clippy::unwrap_used)]

use std::sync::OnceLock;

use nonvacuous::bounds::BOUNDS;
use nonvacuous::lab::check::{
    check, mutations, Budget, Mutation, MutationTable, Report, Theory, Verdict, THEOREMS,
};

const SMALL: Budget = Budget {
    converse: 600,
    coverage: 600,
    draws: 200,
    networks: 8,
};

/// Enough for the mutations of which the fewest instances see anything.
const MIDDLING: Budget = Budget {
    converse: 1500,
    coverage: 1500,
    draws: 300,
    networks: 16,
};

/// The theorems as they are, checked once for all tests.
fn sound() -> &'static Report {
    static REPORT: OnceLock<Report> = OnceLock::new();
    REPORT.get_or_init(|| check(SMALL, 1, Theory::default()).unwrap())
}

/// Every mutation, tried once for all tests.
fn tried() -> &'static MutationTable {
    static TABLE: OnceLock<MutationTable> = OnceLock::new();
    TABLE.get_or_init(|| mutations(MIDDLING, 1, |_| ()).unwrap())
}

/// The lines that must notice each mutation. They may not be all: others may notice, too.
const NOTICED: [(Mutation, &[&str]); 28] = [
    (
        Mutation::LimitDoubled,
        &[
            "limit_examplewise",
            "limit_code",
            "limit_jensen_shannon",
            "limit_pinsker",
            "codebook_limit",
            "codebook_within_a_thousandth",
            "signs_links",
            "networks_limit",
        ],
    ),
    (
        Mutation::LimitHalved,
        &["codebook_attains", "codebook_within_a_thousandth"],
    ),
    (
        Mutation::NatsForBits,
        &[
            "limit_examplewise",
            "examplewise_information",
            "information_entropy",
            "entropy_huffman",
            "huffman_code",
            "signs_links",
        ],
    ),
    (Mutation::PlusOneLeftOut, &["huffman_entropy_plus_one"]),
    (Mutation::LogarithmsLeftOut, &["limit_injective"]),
    (Mutation::LengthFree, &["length_prior", "length_prior_sum"]),
    (
        Mutation::BitNotCharged,
        &[
            "limit_code",
            "max_test_error",
            "length_prior",
            "length_prior_sum",
            "occam_binomial",
            "occam_kl",
            "prior_split",
            "codebook_limit",
            "codebook_drawn_as_expected",
        ],
    ),
    (
        Mutation::BitsIgnored,
        &[
            "occam_binomial",
            "occam_kl",
            "occam_hoeffding",
            "pac_bayes_kl_xi",
            "pac_bayes_kl",
            "mcallester",
            "thiemann",
            "catoni_lambda_sqrt_n",
            "catoni_uniform",
            "prior_split",
            "subsample_split",
            "networks_limit",
            "networks_coverage",
        ],
    ),
    (
        Mutation::DeltaIgnored,
        &[
            "occam_binomial",
            "occam_kl",
            "occam_hoeffding",
            "pac_bayes_kl_xi",
            "pac_bayes_kl",
            "mcallester",
            "thiemann",
            "catoni_lambda_sqrt_n",
            "held_out",
            "subsample",
            "subsample_split",
            "subsample_tries",
            "monte_carlo_pairs",
            "monte_carlo_means",
            "monte_carlo_split",
            "prior_split",
            "mean_limits_coverage",
            "networks_coverage",
        ],
    ),
    (
        Mutation::BudgetHalved,
        &[
            "occam_binomial",
            "occam_kl",
            "occam_hoeffding",
            "pac_bayes_kl_xi",
            "pac_bayes_kl",
            "mcallester",
            "chernoff",
            "pinsker",
            "pinsker_refined",
        ],
    ),
    (Mutation::XiLeftOut, &["maurer_moment"]),
    (Mutation::TwoSqrtLeftOut, &["xi_two_sqrt"]),
    (
        Mutation::CatoniLinearised,
        &["catoni_lambda_sqrt_n", "catoni_moment"],
    ),
    (
        Mutation::PriceLeftOut,
        &["catoni_grid", "catoni_grid_points"],
    ),
    (Mutation::RatioLeftOut, &["catoni_grid_points"]),
    (
        Mutation::MonteCarloBudgetHalved,
        &["monte_carlo_pairs", "monte_carlo_means"],
    ),
    (
        Mutation::EstimateTaken,
        &[
            "monte_carlo_pairs",
            "monte_carlo_means",
            "monte_carlo_split",
        ],
    ),
    (Mutation::DeltaNotSplit, &["subsample_split"]),
    (Mutation::TriesNotCharged, &["subsample_tries"]),
    (Mutation::PriorExamplesCounted, &["prior_split"]),
    (Mutation::IdenticalUnitsOrdered, &["symmetry_sum"]),
    (Mutation::SigmaTauExchanged, &["noise_divergence"]),
    (
        Mutation::ErrorAdded,
        &[
            "codebook_searched_as_expected",
            "oracle_binomial_tail",
            "oracle_hypergeometric",
            "oracle_clopper_pearson",
            "index_sampler",
        ],
    ),
    (Mutation::NoiseIgnored, &["label_noise_sampler"]),
    (Mutation::SolutionsNotCounted, &["signs_information"]),
    (Mutation::AngleTaken, &["signs_difference"]),
    (Mutation::ZeroSumRight, &["ternary_difference"]),
    (Mutation::UnitsPooled, &["committee_difference"]),
];

#[test]
fn every_theorem_is_checked_and_none_is_broken() {
    let report = sound();
    assert_eq!(report.with(Verdict::DoesNotHold), [""; 0]);
    assert_eq!(report.verdicts.len(), THEOREMS.len());
    assert!(report.verdicts.iter().all(|verdict| verdict.instances > 0));
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
        "chernoff",
        "maurer_moment",
        "xi_two_sqrt",
        "catoni_moment",
        "length_prior_sum",
        "symmetry_sum",
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
fn every_line_can_tell_at_a_middling_size() {
    for line in &tried().sound {
        assert_eq!(line.verdict(), Verdict::Holds, "{}", line.theorem.name);
    }
}

#[test]
fn every_mutation_is_noticed_by_the_lines_that_it_is_listed_against() {
    let mut unnoticed = Vec::new();
    for (place, mutation) in Mutation::ALL.iter().enumerate() {
        let (_, lines) = NOTICED
            .iter()
            .find(|(listed, _)| listed == mutation)
            .unwrap_or_else(|| panic!("{} is not listed", mutation.name()));
        for line in *lines {
            if tried().violations(line)[place] == 0 {
                unnoticed.push(format!("{} by {line}", mutation.name()));
            }
        }
    }
    assert_eq!(unnoticed, [""; 0]);
}

#[test]
fn for_every_line_a_mutation_is_listed_that_breaks_it() {
    for theorem in THEOREMS {
        let is_listed = NOTICED
            .iter()
            .any(|(_, lines)| lines.contains(&theorem.name));
        assert!(is_listed, "no mutation is listed for {}", theorem.name);
    }
    for (mutation, lines) in NOTICED {
        for line in lines {
            let is_known = THEOREMS.iter().any(|theorem| theorem.name == *line);
            assert!(is_known, "{}: {line} is no line", mutation.name());
        }
    }
    assert_eq!(tried().useless_lines(), [""; 0]);
    assert_eq!(tried().uncaught_mutations(), []);
}

#[test]
fn a_constant_that_no_coverage_can_see_is_seen_by_its_lemma_only() {
    let place = |mutation| {
        Mutation::ALL
            .iter()
            .position(|other| *other == mutation)
            .unwrap()
    };
    for (mutation, bounds, lemma) in [
        (
            Mutation::XiLeftOut,
            &["pac_bayes_kl_xi"][..],
            "maurer_moment",
        ),
        (
            Mutation::TwoSqrtLeftOut,
            &["pac_bayes_kl", "mcallester", "thiemann"],
            "xi_two_sqrt",
        ),
        (Mutation::PriceLeftOut, &["catoni_uniform"], "catoni_grid"),
    ] {
        assert!(tried().violations(lemma)[place(mutation)] > 0, "{lemma}");
        for bound in bounds {
            assert_eq!(tried().violations(bound)[place(mutation)], 0, "{bound}");
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
fn what_has_no_instance_that_could_fail_is_not_said_to_hold() {
    let budget = Budget {
        converse: 10,
        coverage: 0,
        draws: 0,
        networks: 0,
    };
    let report = check(budget, 1, Theory::default()).unwrap();
    let told = report.with(Verdict::Holds);
    assert!(told.contains(&"limit_code"), "{told:?}");
    let untold = report.with(Verdict::CannotTell);
    for line in ["occam_binomial", "index_sampler", "networks_limit"] {
        assert!(untold.contains(&line), "{line}");
    }
    assert_eq!(Verdict::CannotTell.name(), "cannot tell at this size");
}
