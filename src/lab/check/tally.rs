//! Inequalities, counted: how many, how many broken, how many could have been, and which is the
//! closest.

use std::collections::BTreeMap;

/// `smaller <= larger`, up to a tolerance for rounding.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Inequality {
    pub theorem: &'static str,
    pub smaller: f64,
    pub larger: f64,
    /// Relative to 1 more than the larger side.
    tolerance: f64,
    /// Whether it could have failed if the theorem were wrong.
    is_telling: bool,
}

impl Inequality {
    /// One side against the other.
    ///
    /// It is telling if the smaller side is at least a thousandth of the larger, ten bits: else a
    /// claim a thousand times as strong would have passed as well.
    pub(super) fn comparison(
        theorem: &'static str,
        smaller: f64,
        larger: f64,
        tolerance: f64,
    ) -> Self {
        const THOUSANDTH: f64 = 1e-3;
        let mut comparison = Self {
            theorem,
            smaller,
            larger,
            tolerance,
            is_telling: false,
        };
        comparison.is_telling = comparison.tightness() >= THOUSANDTH;
        comparison
    }

    /// A number against the one that it should be, to within `accuracy`.
    ///
    /// It is telling if 0 in place of the number, or twice the number, would have been refused.
    pub(super) fn agreement(
        theorem: &'static str,
        found: f64,
        expected: f64,
        accuracy: f64,
    ) -> Self {
        Self {
            theorem,
            smaller: (found - expected).abs(),
            larger: accuracy,
            tolerance: 0.0,
            is_telling: accuracy < expected.abs(),
        }
    }

    /// The p-value of a test of so many draws, which is to be at least `least`.
    ///
    /// It is telling if there are draws enough: 150 are five or more in every cell that a test
    /// here has.
    pub(super) fn test(theorem: &'static str, least: f64, p_value: f64, draws: u32) -> Self {
        const ENOUGH: u32 = 150;
        Self {
            theorem,
            smaller: least,
            larger: p_value,
            tolerance: 0.0,
            is_telling: draws >= ENOUGH,
        }
    }

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
    Lemma,
    Codebook,
    Drawn,
    Searched,
    Oracle,
    Sampler,
    SignChain,
    SignPair,
    TernaryPair,
    CommitteePair,
    Network,
}

/// What happened to one theorem.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Tally {
    pub instances: u64,
    pub violations: u64,
    /// Instances that could have failed if the theorem were wrong.
    pub telling: u64,
    /// The closest inequality, and its instance.
    pub tightest: (Inequality, Place),
}

/// What happened to all theorems.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Tallies(BTreeMap<&'static str, Tally>);

impl Tallies {
    /// Counts one inequality of an instance.
    pub(super) fn count(&mut self, inequality: Inequality, instance: Place) {
        self.add(
            inequality.theorem,
            Tally {
                instances: 1,
                violations: u64::from(!inequality.holds()),
                telling: u64::from(inequality.is_telling),
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
        mine.telling += tally.telling;
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
