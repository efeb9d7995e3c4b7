//! What a verification found.

use serde::Serialize;

use super::claim::{Claim, DataClaim, DECIMALS};
use super::sentence::{sentence, Evidence};
use crate::evaluate::ExamplesDigest;
use crate::printable::escaped;

/// One thing that was checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What was checked, and what was found.
    pub what: String,
    /// Whether the certificate is right about it.
    pub holds: bool,
}

/// Everything that was checked. The certificate holds if all of it does, and nothing is undecided.
#[must_use = "a certificate holds only if its verdict says so"]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Verdict {
    /// In the order of checking; checking ends where a failure leaves nothing to check.
    pub checks: Vec<Check>,
    /// Why the claim is neither confirmed nor refuted, if it is neither.
    pub undecided: Option<String>,
    #[serde(skip)]
    evidence: Evidence,
    /// Examples that count, and those among them that were taken from pieces.
    #[serde(skip)]
    counted: (u64, u64),
}

impl Default for Verdict {
    fn default() -> Self {
        Self {
            checks: Vec::new(),
            undecided: None,
            evidence: Evidence::Counted,
            counted: (0, 0),
        }
    }
}

impl Verdict {
    /// Whether every check holds, and decides.
    pub fn holds(&self) -> bool {
        !self.is_refuted() && self.undecided.is_none()
    }

    /// Whether something does not hold.
    pub fn is_refuted(&self) -> bool {
        self.failures().next().is_some()
    }

    /// What does not hold.
    pub fn failures(&self) -> impl Iterator<Item = &Check> {
        self.checks.iter().filter(|check| !check.holds)
    }

    /// What is confirmed of a claim that holds, in one sentence: about the examples that whoever
    /// verifies it calls `name`.
    pub fn sentence(&self, claim: &Claim, name: &str) -> String {
        sentence(claim, Some(name), self.evidence)
    }

    /// What cannot be checked of a claim that holds, or was not checked by this verification, and
    /// is taken on trust by whoever believes it.
    pub fn on_trust(&self, claim: &Claim) -> Vec<String> {
        let mut trusted = claim.assumptions();
        let (all, taken) = self.counted;
        if taken > 0 {
            trusted.push(format!(
                "the pieces, in which {taken} of the {all} images evaluated were counted before \
                 this verification, which has not counted them again: that nobody but this program \
                 wrote them"
            ));
        }
        trusted
    }

    /// Of so many examples that were evaluated, some were taken from pieces.
    pub(super) fn taken(&mut self, taken: u64, evaluated: usize) {
        let (all, before) = self.counted;
        self.counted = (all + evaluated as u64, before + taken);
    }

    /// How the count of errors came to be known.
    pub(super) fn known_by(&mut self, evidence: Evidence) {
        self.evidence = evidence;
    }

    /// Records something that was found right.
    pub(super) fn confirmed(&mut self, what: String) {
        self.checks.push(Check { what, holds: true });
    }

    /// Records something that is not right.
    pub(super) fn failed(&mut self, what: String) {
        self.checks.push(Check { what, holds: false });
    }

    /// Records that the certificate's `claimed` is to be `found`.
    pub(super) fn equal<T: PartialEq + std::fmt::Display>(
        &mut self,
        what: &str,
        claimed: T,
        found: T,
    ) -> bool {
        let holds = claimed == found;
        let what = if holds {
            format!("{what}: {found}")
        } else {
            let claimed = escaped(&claimed.to_string());
            format!("{what}: the certificate says {claimed}, but it is {found}")
        };
        self.checks.push(Check { what, holds });
        holds
    }

    /// Records whether examples are those that are claimed, and as many different ones.
    pub(super) fn training_digest(
        &mut self,
        claimed: &DataClaim,
        name: &str,
        found: &ExamplesDigest,
    ) -> bool {
        let what = format!("SHA-256 of the training set ({})", escaped(name));
        let same = self.equal(&what, claimed.sha256.as_str(), found.sha256.as_str());
        let what = "different training examples";
        same && self.equal(what, claimed.distinct, found.distinct)
    }

    /// Records that a published bound is the recomputed one, rounded up: never below it, and less
    /// than two units in the last decimal above it. (Publication leaves room for another machine's
    /// mathematical library.)
    pub(super) fn bound(&mut self, what: &str, claimed: f64, recomputed: f64) {
        let unit = 0.1f64.powi(DECIMALS as i32);
        let holds = claimed >= recomputed && claimed <= recomputed + 2.0 * unit;
        let what = if holds {
            format!("{what}: {claimed:.*}", DECIMALS as usize)
        } else {
            format!(
                "{what}: the certificate says {claimed}, but n, k, bits and delta give \
                 {recomputed:.9}"
            )
        };
        self.checks.push(Check { what, holds });
    }
}
