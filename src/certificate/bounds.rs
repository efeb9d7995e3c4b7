//! The bounds of a certificate, as they are published.

use super::claim::{Bounds, Claim, ClassBound, DECIMALS};
use super::counted::Outcome;
use crate::bounds::{
    held_out, occam_binomial, occam_hoeffding, occam_kl, round_up_decimals, Bits, BoundError,
    EmpiricalRisk, FailureProbability,
};

/// What is counted, of how many: examples, or groups of them.
#[derive(Debug, Clone, Copy)]
pub(super) enum Losses {
    /// `k` of `n` examples are misclassified.
    Examples {
        /// Examples.
        n: u64,
        /// Errors.
        k: u64,
    },
    /// The fractions of misclassified examples of `count` groups sum to at most `errors`.
    Groups {
        /// Groups.
        count: u64,
        /// The sum, rounded up.
        errors: u64,
    },
}

impl Losses {
    /// What a claim counts.
    pub(super) fn of(claim: &Claim) -> Self {
        let (n, k) = (claim.n, claim.k);
        match &claim.groups {
            None => Self::Examples { n, k },
            Some(groups) => Self::Groups {
                count: groups.count,
                errors: groups.errors,
            },
        }
    }
}

/// The bounds as they are published.
pub(super) fn published_bounds(
    losses: Losses,
    bits: Bits,
    delta: FailureProbability,
) -> Result<Bounds, BoundError> {
    let exact = occam_bounds(losses, bits, delta)?;
    Ok(Bounds {
        occam_binomial: publish(exact.occam_binomial),
        occam_kl: publish(exact.occam_kl),
        occam_hoeffding: publish(exact.occam_hoeffding),
    })
}

/// The bounds before they are rounded for publication.
///
/// The binomial tail is that of losses 0 and 1. For fractions, Chernoff's bound in the kl form
/// holds all the same, by convexity (Hoeffding 1963; Maurer 2004), and takes its place.
pub(super) fn occam_bounds(
    losses: Losses,
    bits: Bits,
    delta: FailureProbability,
) -> Result<Bounds, BoundError> {
    let risk = match losses {
        Losses::Examples { n, k } => EmpiricalRisk::new(k, n)?,
        Losses::Groups { count, errors } => EmpiricalRisk::new(errors, count)?,
    };
    let kl = occam_kl(risk, bits, delta);
    Ok(Bounds {
        occam_binomial: match losses {
            Losses::Examples { .. } => occam_binomial(risk, bits, delta),
            Losses::Groups { .. } => kl,
        },
        occam_kl: kl,
        occam_hoeffding: occam_hoeffding(risk, bits, delta),
    })
}

/// A bound for each of some classes, all at once with probability `1 - delta`, before they are
/// rounded for publication.
///
/// Given how many examples each class has, those of one class are independent draws of that class;
/// each gets its part of `delta`. An example that cannot be read counts as an error of every class.
pub(super) fn class_bounds(
    outcomes: &[Outcome],
    classes: &[usize],
    bits: Bits,
    delta: FailureProbability,
) -> Result<Vec<ClassBound>, BoundError> {
    let unreadable = outcomes.iter().filter(|one| one.class.is_none()).count() as u64;
    // Rounded down.
    let part = delta.get() / classes.len().max(1) as f64 * (1.0 - f64::EPSILON);
    let part = FailureProbability::new(part)?;
    let bound = |&class: &usize| {
        let of_class = outcomes.iter().filter(|one| one.class == Some(class));
        let n = of_class.clone().count() as u64;
        let errors = of_class.filter(|one| one.is_misclassified).count() as u64;
        let k = (errors + unreadable).min(n);
        let bound = match n {
            0 => 1.0,
            _ => occam_binomial(EmpiricalRisk::new(k, n)?, bits, part),
        };
        Ok(ClassBound { n, k, bound })
    };
    classes.iter().map(bound).collect()
}

/// The Clopper-Pearson bound from examples that were never used.
pub(super) fn held_out_bound(n: u64, k: u64, delta: FailureProbability) -> Result<f64, BoundError> {
    Ok(held_out(EmpiricalRisk::new(k, n)?, delta))
}

/// Another machine's mathematical library may give a bound that is larger by twice its relative
/// accuracy of `1e-10`; room for that makes a published bound one that every machine confirms.
const ROOM: f64 = 4e-10;

/// A bound rounded up to the decimals of a certificate, at most 1.
pub(super) fn publish(bound: f64) -> f64 {
    round_up_decimals(bound * (1.0 + ROOM), DECIMALS).min(1.0)
}
