//! Independent groups in place of examples.

use std::collections::BTreeMap;

use sha2::{Digest, Sha256};

use super::claim::GroupsClaim;
use super::counted::Outcome;
use crate::digest::hex;
use crate::evaluate::ExampleDigest;

/// What is claimed of groups, of which `groups` has the number of each example's.
pub(super) fn grouped(
    groups: &[usize],
    outcomes: &[Outcome],
    digests: &[ExampleDigest],
) -> GroupsClaim {
    let mut members: BTreeMap<usize, Group> = BTreeMap::new();
    for ((group, outcome), digest) in groups.iter().zip(outcomes).zip(digests) {
        let group = members.entry(*group).or_default();
        group.digests.push(*digest);
        group.errors += u64::from(outcome.is_misclassified);
    }
    let errors = sum_rounded_up(members.values());
    let mut digests: Vec<ExampleDigest> = members.into_values().map(Group::digest).collect();
    digests.sort_unstable();
    GroupsClaim {
        sha256: hex(&Sha256::digest(digests.as_flattened())),
        count: digests.len() as u64,
        errors,
    }
}

/// The sum over groups of the fraction of misclassified examples, rounded up: fractions of one
/// denominator are added as integers, and only what is left of them as rounded quotients.
fn sum_rounded_up<'a>(groups: impl Iterator<Item = &'a Group>) -> u64 {
    let mut errors_of_size: BTreeMap<u64, u64> = BTreeMap::new();
    for group in groups {
        *errors_of_size
            .entry(group.digests.len() as u64)
            .or_default() += group.errors;
    }
    let whole: u64 = errors_of_size
        .iter()
        .map(|(size, errors)| errors / size)
        .sum();
    let rests = errors_of_size
        .iter()
        .map(|(size, errors)| (errors % size) as f64 / *size as f64);
    // Each quotient and each sum is rounded by a relative 2^-53 at most.
    let slack = 2.0 * errors_of_size.len() as f64 * f64::EPSILON;
    whole + (rests.sum::<f64>() * (1.0 + slack)).ceil() as u64
}

/// The examples of one group.
#[derive(Default)]
struct Group {
    digests: Vec<ExampleDigest>,
    errors: u64,
}

impl Group {
    fn digest(mut self) -> ExampleDigest {
        self.digests.sort_unstable();
        Sha256::digest(self.digests.as_flattened()).into()
    }
}

#[cfg(test)]
mod tests {
    use super::grouped;
    use crate::certificate::counted::Outcome;

    #[test]
    fn each_group_counts_once_with_its_fraction_of_errors() {
        // Two of three, one of three, none of two, all of one.
        let groups = [7, 7, 7, 3, 3, 3, 0, 0, 9];
        let wrong = [true, true, false, true, false, false, false, false, true];
        let outcome = |is_misclassified| Outcome {
            class: Some(0),
            is_misclassified,
        };
        let outcomes = wrong.map(outcome);
        let digests: Vec<[u8; 32]> = (0..9).map(|byte| [byte; 32]).collect();
        let found = grouped(&groups, &outcomes, &digests);
        assert_eq!((found.count, found.errors), (4, 2));
        // What groups are called, and the order of their examples, says nothing.
        let renamed = groups.map(|group| 100 - group);
        let reversed: Vec<usize> = renamed.into_iter().rev().collect();
        let (mut outcomes, mut digests) = (outcomes, digests);
        outcomes.reverse();
        digests.reverse();
        assert_eq!(grouped(&reversed, &outcomes, &digests), found);
        // A half is rounded up.
        let found = grouped(&[1, 1], &outcomes[..2], &digests[..2]);
        assert_eq!((found.count, found.errors), (1, 1));
    }
}
