//! What was found about one theorem.

use super::theorems::Theorem;

/// What a check says about a theorem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Verdict {
    /// It was never broken, by instances of which some could have broken it.
    Holds,
    /// An instance breaks it.
    DoesNotHold,
    /// Nothing broke it, but no instance could have.
    ///
    /// An instance could have if its smaller side is at least a thousandth of the larger: where
    /// all are below, a claim a thousand times as strong would have passed as well. A number that
    /// is compared with the one that it should be says something if it is known more exactly than
    /// to all of itself, and a test of draws if there are at least 150.
    CannotTell,
}

impl Verdict {
    /// In words.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Holds => "holds",
            Self::DoesNotHold => "does not hold",
            Self::CannotTell => "cannot tell at this size",
        }
    }
}

/// What was found about one theorem.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct TheoremVerdict {
    /// What it says.
    pub theorem: Theorem,
    /// Number of inequalities checked.
    pub instances: u64,
    /// Number of those that do not hold.
    pub violations: u64,
    /// Number of those that could have failed if the theorem were wrong.
    pub telling: u64,
    /// The smaller side of the closest one.
    pub smaller: f64,
    /// Its larger side.
    pub larger: f64,
    /// Which instance that was.
    pub instance: String,
}

impl TheoremVerdict {
    /// What that amounts to.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        if self.violations > 0 {
            Verdict::DoesNotHold
        } else if self.telling > 0 {
            Verdict::Holds
        } else {
            Verdict::CannotTell
        }
    }
}
