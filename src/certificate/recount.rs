//! Errors counted again, and compared with those that a certificate claims.

use std::path::Path;

use super::bounds::{class_bounds, held_out_bound, occam_bounds, Losses};
use super::certificate::Certificate;
use super::claim::{Claim, ClassBound, GroupsClaim, HeldOut};
use super::class_map::Mapped;
use super::counted::{Count, CountError, Counted};
use super::evaluation::{
    digest_of, known_digests, Counting, Evaluation, Selection, HELD_OUT, TRAINING,
};
use super::groups::grouped;
use super::sentence::Evidence;
use super::subsample::{subsample_indices, Draw, Drawer, Limits, Subsample};
use super::unverifiable::Unverifiable;
use super::verdict::Verdict;
use crate::bounds::{BoundError, FailureProbability};
use crate::evaluate::{ExampleDigest, Examples, ExamplesDigest, Sample};
use crate::pieces::Shard;

/// A certificate whose file and data are those that it is about, as far as that is known before
/// examples are decoded.
pub(super) struct Recount<'a> {
    pub(super) certificate: &'a Certificate,
    pub(super) sample: Sample<'a>,
    /// The training examples, with the classes that the certificate maps theirs to.
    pub(super) training: &'a Mapped<'a>,
    /// The digests of all of them, compared already, if they need not be decoded for it.
    pub(super) known: Option<&'a [ExampleDigest]>,
    pub(super) draw: Draw,
    pub(super) groups: Option<&'a [usize]>,
    pub(super) evaluation: Evaluation<'a>,
    pub(super) count: Count<'a>,
    /// The certificate's.
    pub(super) delta: FailureProbability,
}

impl Recount<'_> {
    /// Evaluates, and compares: training examples, then those held out.
    pub(super) fn run(&self, verdict: &mut Verdict) -> Result<(), Fault> {
        let is_decided = match &self.certificate.claim().subsample {
            None => self.check_all(verdict)?,
            Some(subsample) => self.check_part(subsample, verdict)?,
        };
        if is_decided {
            self.check_held_out(verdict)?;
        }
        Ok(())
    }

    /// Evaluates a piece of the examples, into a folder; nothing is compared.
    pub(super) fn piece(&self, folder: &Path, shard: Shard) -> Result<(), Fault> {
        let selection = match (&self.certificate.claim().subsample, self.draw) {
            (None, _) | (Some(_), Draw::All) => Selection::All,
            (Some(_), Draw::Own { seed: None, .. }) => return Err(Unverifiable::OwnDraws.into()),
            (
                Some(subsample),
                Draw::Own {
                    size,
                    seed: Some(seed),
                },
            ) => self.drawn(size.unwrap_or(subsample.size), seed),
        };
        let evaluation = &self.evaluation;
        evaluation.count_piece(self.training(&selection), folder, shard)?;
        if let (Some(_), Some(examples)) =
            (&self.certificate.claim().held_out, self.sample.held_out)
        {
            let examples = Mapped::new(examples, self.certificate.claim().class_map.as_ref());
            let known = known_digests(&examples);
            let held_out = self.held_out(&examples, known.as_deref());
            evaluation.count_piece(held_out, folder, shard)?;
        }
        Ok(())
    }

    fn training<'b>(&'b self, selection: &'b Selection) -> Counting<'b> {
        Counting {
            count: self.count,
            purpose: TRAINING,
            examples: self.training,
            known: self.known,
            selection,
        }
    }

    fn held_out<'b>(
        &'b self,
        examples: &'b dyn Examples,
        known: Option<&'b [ExampleDigest]>,
    ) -> Counting<'b> {
        Counting {
            count: self.count,
            purpose: HELD_OUT,
            examples,
            known,
            selection: &Selection::All,
        }
    }

    /// The verifier's own subsample. The digests are those of all examples, unless a list has them.
    fn drawn(&self, size: u64, seed: u64) -> Selection {
        let n = self.training.len();
        let size = usize::try_from(size).unwrap_or(usize::MAX).min(n);
        let sha256 = self.count.model_sha256;
        let indices = subsample_indices(n, size, seed, sha256, Drawer::Verifier);
        match self.list() {
            Some(_) => Selection::DrawnAlone(indices),
            None => Selection::Drawn(indices),
        }
    }

    /// The list of digests beside the certificate, if it is of use.
    fn list(&self) -> Option<&[ExampleDigest]> {
        self.certificate.digests().filter(|_| self.known.is_none())
    }

    fn counted(&self, selection: &Selection, verdict: &mut Verdict) -> Result<Counted, CountError> {
        let counted = self.evaluation.count(self.training(selection))?;
        verdict.taken(counted.taken, counted.outcomes.len());
        Ok(counted)
    }

    /// Whether the examples, which may have been decoded just now, are those of the claim.
    fn check_digest(&self, counted: &Counted, verdict: &mut Verdict) -> bool {
        if self.known.is_some() {
            return true;
        }
        let claimed = &self.certificate.claim().training_set;
        let found = digest_of(self.training, counted);
        verdict.training_digest(claimed, self.sample.name, &found)
    }

    /// Evaluates all training examples, of which the claim counts each.
    fn check_all(&self, verdict: &mut Verdict) -> Result<bool, Fault> {
        let claim = self.certificate.claim();
        let counted = self.counted(&Selection::All, verdict)?;
        if !self.check_digest(&counted, verdict) {
            return Ok(false);
        }
        verdict.equal("k", claim.k, counted.errors());
        if let (Some(claimed), Some(groups)) = (&claim.groups, self.groups) {
            verdict.groups(
                claimed,
                &grouped(groups, &counted.outcomes, &counted.digests),
            );
        }
        verdict.bounds(claim, self.delta)?;
        if let Some(claimed) = &claim.per_class {
            let classes = self.training.class_numbers();
            let bits = claim.charged_bits()?;
            let found = class_bounds(&counted.outcomes, &classes, bits, self.delta)?;
            verdict.classes(claimed, &found);
        }
        Ok(true)
    }

    /// Evaluates a subsample of the verifier's own, or all, where the maker evaluated a part.
    fn check_part(&self, subsample: &Subsample, verdict: &mut Verdict) -> Result<bool, Fault> {
        let claim = self.certificate.claim();
        if claim.groups.is_some() || claim.per_class.is_some() {
            verdict.failed("groups or bounds for each class, from a subsample".to_string());
            return Ok(false);
        }
        let Subsample {
            size, seed, errors, ..
        } = *subsample;
        let expected = Subsample::new(size, seed, errors, claim.delta);
        verdict.equal("delta of the subsample", subsample.delta, expected.delta);
        if !(1..claim.n).contains(&size) {
            verdict.failed(format!("a subsample of {size} of {} examples", claim.n));
            return Ok(false);
        }
        verdict.equal("k", claim.k, expected.most_errors(claim.n)?);
        let rest = FailureProbability::new(expected.rest_of(claim.delta))?;
        verdict.bounds(claim, rest)?;
        match self.draw {
            Draw::All => self.count_all(subsample, verdict),
            Draw::Own { size: own, seed } => self.draw_own(own.unwrap_or(size), seed, verdict),
        }
    }

    /// Evaluates all training examples, and those of the maker's subsample among them.
    fn count_all(&self, subsample: &Subsample, verdict: &mut Verdict) -> Result<bool, Fault> {
        let claim = self.certificate.claim();
        let counted = self.counted(&Selection::All, verdict)?;
        if !self.check_digest(&counted, verdict) {
            return Ok(false);
        }
        let found = counted.errors();
        if found <= claim.k {
            verdict.confirmed(format!("k: at most {}, for it is {found}", claim.k));
        } else {
            verdict.failed(format!(
                "k: the certificate says at most {}, but it is {found}",
                claim.k
            ));
        }
        let (n, size) = (self.training.len(), subsample.size as usize);
        let seed = subsample.seed;
        let drawn = subsample_indices(n, size, seed, self.count.model_sha256, Drawer::Maker);
        let errors = drawn
            .into_iter()
            .filter_map(|index| counted.outcomes.get(index))
            .filter(|outcome| outcome.is_misclassified)
            .count() as u64;
        verdict.equal("errors in the subsample", subsample.errors, errors);
        verdict.known_by(Evidence::Counted);
        Ok(true)
    }

    /// Evaluates a subsample that did not exist when the file was made, and says what it says about
    /// the claimed `k`: at most so many, more, or neither.
    fn draw_own(&self, size: u64, seed: Option<u64>, verdict: &mut Verdict) -> Result<bool, Fault> {
        let claim = self.certificate.claim();
        let seed = match seed {
            Some(seed) => seed,
            None if self.evaluation.pieces.is_some() => return Err(Unverifiable::OwnDraws.into()),
            None => getrandom::u64().map_err(Unverifiable::Randomness)?,
        };
        let selection = self.drawn(size, seed);
        let counted = self.counted(&selection, verdict)?;
        let unknown = match (self.list(), &selection) {
            (Some(list), Selection::DrawnAlone(indices)) => strangers(&counted, indices, list),
            _ if !self.check_digest(&counted, verdict) => return Ok(false),
            _ => Strangers::default(),
        };
        let errors = counted.errors() - unknown.misclassified;
        let own = counted.outcomes.len() as u64;
        let limits = Limits::new(errors, unknown.all, own, claim.n, self.delta)?;
        let errors = errors + unknown.all;
        let seen = format!("{errors} of {own} drawn by this verification (--seed {seed})");
        if limits.least > claim.k {
            verdict.failed(format!(
                "k: the certificate says at most {}, but it is at least {}: {seen}",
                claim.k, limits.least
            ));
        } else if limits.most <= claim.k {
            verdict.confirmed(format!("k: at most {}: {seen}", claim.k));
        } else {
            verdict.undecided = Some(format!(
                "k may be at most {}, as the certificate says, or more: {seen} were misclassified, \
                 so that it is from {} to {}; draw more (--subsample), or evaluate all (--all)",
                claim.k, limits.least, limits.most
            ));
        }
        if unknown.all > 0 {
            verdict.confirmed(format!(
                "{} of the examples drawn are not those of the certificate's list, and count as \
                 errors",
                unknown.all
            ));
        }
        verdict.known_by(Evidence::Drawn {
            size: own,
            errors,
            seed,
        });
        Ok(true)
    }

    fn check_held_out(&self, verdict: &mut Verdict) -> Result<(), Fault> {
        let claim = self.certificate.claim();
        let Some(claimed) = &claim.held_out else {
            return Ok(());
        };
        let Some(examples) = self.sample.held_out else {
            verdict.failed(
                "held-out examples: the certificate has some, but the data set has none"
                    .to_string(),
            );
            return Ok(());
        };
        let examples = Mapped::new(examples, claim.class_map.as_ref());
        let known = known_digests(&examples);
        if let Some(known) = &known {
            let found = ExamplesDigest::new(&examples, known.clone());
            if found.sha256 != claimed.sha256 {
                verdict.held_out_digest(claimed, found);
                return Ok(());
            }
        }
        let held_out = self.held_out(&examples, known.as_deref());
        let counted = self.evaluation.count(held_out)?;
        verdict.taken(counted.taken, counted.outcomes.len());
        if verdict.held_out_digest(claimed, digest_of(&examples, &counted)) {
            let (n, k) = (claimed.n, claimed.k);
            verdict.equal("held-out n", n, counted.outcomes.len() as u64);
            verdict.equal("held-out k", k, counted.errors());
            verdict.bound(
                "held-out bound",
                claimed.bound,
                held_out_bound(n, k, self.delta)?,
            );
        }
        Ok(())
    }
}

/// Examples drawn that are not those of a list.
#[derive(Default)]
struct Strangers {
    all: u64,
    misclassified: u64,
}

/// The examples drawn whose digests are not those of the list at the same places.
fn strangers(counted: &Counted, indices: &[usize], list: &[ExampleDigest]) -> Strangers {
    let mut strangers = Strangers::default();
    let drawn = indices.iter().zip(&counted.outcomes).zip(&counted.digests);
    for ((index, outcome), digest) in drawn {
        if list.get(*index) != Some(digest) {
            strangers.all += 1;
            strangers.misclassified += u64::from(outcome.is_misclassified);
        }
    }
    strangers
}

/// Why checking ends.
pub(super) enum Fault {
    /// Errors cannot be counted.
    Count(CountError),
    /// A number of the claim is outside a bound's domain.
    Bound(BoundError),
    /// Nothing can be said.
    Undecidable(Unverifiable),
}

impl From<CountError> for Fault {
    fn from(error: CountError) -> Self {
        Self::Count(error)
    }
}

impl From<BoundError> for Fault {
    fn from(error: BoundError) -> Self {
        Self::Bound(error)
    }
}

impl From<Unverifiable> for Fault {
    fn from(error: Unverifiable) -> Self {
        Self::Undecidable(error)
    }
}

impl Verdict {
    fn bounds(&mut self, claim: &Claim, delta: FailureProbability) -> Result<(), BoundError> {
        let recomputed = occam_bounds(Losses::of(claim), claim.charged_bits()?, delta)?;
        let claimed = &claim.bounds;
        for (name, claimed, recomputed) in [
            (
                "occam_binomial",
                claimed.occam_binomial,
                recomputed.occam_binomial,
            ),
            ("occam_kl", claimed.occam_kl, recomputed.occam_kl),
            (
                "occam_hoeffding",
                claimed.occam_hoeffding,
                recomputed.occam_hoeffding,
            ),
        ] {
            self.bound(name, claimed, recomputed);
        }
        Ok(())
    }

    /// Compares the bounds for each class.
    fn classes(&mut self, claimed: &[ClassBound], found: &[ClassBound]) {
        if !self.equal("number of classes", claimed.len(), found.len()) {
            return;
        }
        for (class, (claimed, found)) in claimed.iter().zip(found).enumerate() {
            self.equal(&format!("n of class {class}"), claimed.n, found.n);
            self.equal(&format!("k of class {class}"), claimed.k, found.k);
            self.bound(
                &format!("bound of class {class}"),
                claimed.bound,
                found.bound,
            );
        }
    }

    fn groups(&mut self, claimed: &GroupsClaim, found: &GroupsClaim) {
        let what = "SHA-256 of the groups";
        self.equal(what, claimed.sha256.as_str(), found.sha256.as_str());
        self.equal("number of groups", claimed.count, found.count);
        self.equal("errors in groups", claimed.errors, found.errors);
    }

    fn held_out_digest(&mut self, claimed: &HeldOut, found: ExamplesDigest) -> bool {
        let what = "SHA-256 of the held-out examples";
        self.equal(what, claimed.sha256.as_str(), found.sha256.as_str())
    }
}
