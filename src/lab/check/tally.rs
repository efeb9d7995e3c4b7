//! Inequalities, counted: how many, how many broken, and which is the closest.

use std::collections::BTreeMap;

/// How a theorem is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum CheckMethod {
    /// By enumeration or in closed form: no statistical doubt.
    Exact,
    /// From independent draws, with confidence limits.
    Sampled,
}

impl CheckMethod {
    /// As a word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::Sampled => "sampled",
        }
    }
}

/// A statement that is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Theorem {
    /// Its key in JSON and CSV.
    pub name: &'static str,
    /// What it says.
    pub statement: &'static str,
    /// How it is checked.
    pub method: CheckMethod,
}

/// `smaller <= larger`, up to a tolerance for rounding.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Inequality {
    pub theorem: &'static str,
    pub smaller: f64,
    pub larger: f64,
    /// Relative to 1 more than the larger side.
    pub tolerance: f64,
}

impl Inequality {
    /// Whether it holds; comparisons with a number that is not one do not.
    pub(super) fn holds(&self) -> bool {
        self.smaller <= self.larger + self.tolerance * (1.0 + self.larger)
    }

    /// The smaller side as a part of the larger: 1 at the edge. Next to nothing against next to
    /// nothing is no news, hence 0.
    fn tightness(&self) -> f64 {
        const NEXT_TO_NOTHING: f64 = 1e-6;
        if self.smaller <= NEXT_TO_NOTHING {
            0.0
        } else {
            self.smaller / self.larger
        }
    }
}

/// Which instance: of what kind, and its number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub kind: Kind,
    pub number: u64,
}

/// What an instance is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Converse,
    Messages,
    Coverage,
    Independent,
    Other,
    Codebook,
    Drawn,
    Searched,
    Oracle,
    Sampler,
    #[cfg(feature = "train")]
    Network,
}

/// What happened to one theorem.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tally {
    pub instances: u64,
    pub violations: u64,
    /// The closest inequality, and its instance.
    pub tightest: (Inequality, Place),
}

/// What happened to all theorems.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Tallies(BTreeMap<&'static str, Tally>);

impl Tallies {
    /// Counts one inequality of an instance.
    pub(super) fn count(&mut self, inequality: Inequality, instance: Place) {
        let violations = u64::from(!inequality.holds());
        self.add(
            inequality.theorem,
            Tally {
                instances: 1,
                violations,
                tightest: (inequality, instance),
            },
        );
    }

    /// Both together; the result does not depend on the order.
    pub(super) fn merge(mut self, other: Self) -> Self {
        other
            .0
            .into_iter()
            .for_each(|(theorem, tally)| self.add(theorem, tally));
        self
    }

    fn add(&mut self, theorem: &'static str, tally: Tally) {
        let Some(mine) = self.0.get_mut(theorem) else {
            self.0.insert(theorem, tally);
            return;
        };
        mine.instances += tally.instances;
        mine.violations += tally.violations;
        // Broken before tight before loose; of equals the first instance.
        let rank = |(inequality, instance): &(Inequality, Place)| {
            let broken = !inequality.holds();
            (broken, inequality.tightness(), std::cmp::Reverse(*instance))
        };
        let (theirs, ours) = (rank(&tally.tightest), rank(&mine.tightest));
        if theirs
            .0
            .cmp(&ours.0)
            .then(theirs.1.total_cmp(&ours.1))
            .then(theirs.2.cmp(&ours.2))
            .is_gt()
        {
            mine.tightest = tally.tightest;
        }
    }

    pub(super) fn get(&self, theorem: &str) -> Option<&Tally> {
        self.0.get(theorem)
    }
}
