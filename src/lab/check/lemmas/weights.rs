//! Weights of priors that must sum to at most 1: those of lengths, and those of functions that
//! interchangeable units give several code words.

use std::num::NonZeroU64;

use rand::RngExt;

use crate::bounds::{symmetry_gain, BoundError, LengthPrior};
use crate::lab::check::tally::Inequality;
use crate::lab::check::theory::Theory;
use crate::random::stream;

/// Sums of some thousand terms, each to a part `1e-13`.
const TOLERANCE: f64 = 1e-12;

pub(super) fn inequalities(
    seed: u64,
    number: u64,
    theory: Theory,
) -> Result<Vec<Inequality>, BoundError> {
    let mut random = stream(seed, "check", number, "weights");
    let prior = LengthPrior::ALL[number as usize % LengthPrior::ALL.len()];
    let magnitudes = random.random_range(1..=63);
    Ok(vec![
        Inequality::comparison(
            "length_prior_sum",
            of_lengths(prior, magnitudes, theory),
            1.0,
            TOLERANCE,
        ),
        of_orders(
            random.random_range(1..=6),
            random.random_range(1..=4),
            theory,
        )?,
    ])
}

/// The weights of all lengths below `2^magnitudes`. Those of Elias's codes depend on the magnitude
/// only; the others telescope from some length on.
fn of_lengths(prior: LengthPrior, magnitudes: u32, theory: Theory) -> f64 {
    const ONE_BY_ONE: u32 = 10;
    let weight = |length: NonZeroU64| (-theory.length_cost(prior.cost(length))).exp();
    if prior == LengthPrior::Reciprocal {
        let lengths = 1u64 << magnitudes.min(ONE_BY_ONE);
        return (1..lengths).filter_map(NonZeroU64::new).map(weight).sum();
    }
    (0..magnitudes)
        .filter_map(|magnitude| {
            let count = 1u64 << magnitude;
            NonZeroU64::new(count).map(|length| count as f64 * weight(length))
        })
        .sum()
}

/// `units` hidden units, each of one of so many `kinds` with code words of one length: with `u_i`
/// units of kind `i` a function has `u!/(u_1! u_2! ...)` of the code words, and together they have
/// all of them.
fn of_orders(units: u64, kinds: usize, theory: Theory) -> Result<Inequality, BoundError> {
    let each = -(units as f64) * (kinds as f64).ln();
    let mut sum = 0.0;
    for groups in groups(units, kinds) {
        let identical: f64 = groups.iter().map(|&group| symmetry_gain(group).get()).sum();
        sum += (theory.symmetry_gain(symmetry_gain(units), identical) + each).exp();
    }
    Ok(Inequality::comparison("symmetry_sum", sum, 1.0, TOLERANCE))
}

/// All ways to share units among kinds.
fn groups(units: u64, kinds: usize) -> Vec<Vec<u64>> {
    if kinds == 1 {
        return vec![vec![units]];
    }
    let mut all = Vec::new();
    for first in 0..=units {
        for mut rest in groups(units - first, kinds - 1) {
            rest.push(first);
            all.push(rest);
        }
    }
    all
}
