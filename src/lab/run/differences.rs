//! How many bits more the files of a configuration take than those of the one before.

use super::experiment::Experiment;
use super::mean::{share_of, Mean};
use super::store::DrawnRow;
use super::subject::{Outcome, Subject};
use super::summary::outcomes;
use crate::bounds::{ln_lower_tail, BoundError, EmpiricalRisk, Probability};

/// The bits of one configuration less those of the one before, draw by draw, of an experiment whose
/// draws are paired.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Difference {
    /// The configuration.
    pub configuration: usize,
    /// The one before, which differs from it in one value.
    pub before: usize,
    /// Number of pairs.
    pub draws: u64,
    /// The mean difference, in bits. If differences are distributed normally, the limits of all
    /// steps of an experiment hold together with probability
    /// [`CONFIDENCE`](super::mean::CONFIDENCE).
    pub bits: Mean,
    /// Pairs whose second file is the longer one.
    pub rises: u64,
    /// The probability of so many rises or more if each were a coin flip: the sign test, which
    /// assumes nothing of how differences are distributed.
    pub sign_test: f64,
}

impl Difference {
    /// Whether the rise is established: the lower limit is above 0.
    #[must_use]
    pub fn is_established(&self) -> bool {
        self.bits.lower > 0.0
    }
}

/// The differences between neighbouring configurations, where draws are paired.
///
/// # Errors
/// None in practice: failure probabilities and proportions are in their domains.
pub fn differences(
    experiment: &Experiment,
    rows: &[DrawnRow],
) -> Result<Vec<Difference>, BoundError> {
    let drawn = outcomes(experiment, rows);
    let pairs: Vec<_> = drawn
        .windows(2)
        .filter_map(|two| match two {
            [before, after] if is_pair(experiment, before, after) => Some((before, after)),
            _ => None,
        })
        .collect();
    let both_sides = 2.0 * pairs.len() as f64;
    let of = |(before, after): (&Drawn, &Drawn)| {
        let bits: Vec<f64> = before
            .2
            .iter()
            .zip(&after.2)
            .map(|(before, after)| after.bits - before.bits)
            .collect();
        let draws = bits.len() as u64;
        let rises = bits.iter().filter(|&&bits| bits > 0.0).count() as u64;
        let falls = EmpiricalRisk::new(draws - rises, draws)?;
        Ok(Difference {
            configuration: after.0,
            before: before.0,
            draws,
            bits: Mean::of_normal(&bits, share_of(both_sides)?),
            rises,
            sign_test: ln_lower_tail(falls, Probability::new(0.5)?).exp(),
        })
    };
    pairs.into_iter().map(of).collect()
}

/// A configuration's place, what it means, and what was drawn.
type Drawn<'a> = (usize, &'a dyn Subject, Vec<Outcome>);

/// Whether the two differ in one value, and each draw of the second belongs to one of the first.
fn is_pair(experiment: &Experiment, before: &Drawn, after: &Drawn) -> bool {
    let values = |drawn: &Drawn| {
        let configuration = experiment.configurations().get(drawn.0);
        configuration.map_or(&[][..], |one| &one.values)
    };
    let pairs = values(before).iter().zip(values(after));
    let differing = pairs.filter(|(before, after)| before != after).count();
    differing == 1 && after.1.is_paired() && after.2.len() == before.2.len()
}
