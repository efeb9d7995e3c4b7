//! From a certificate, a model file and a data set to a verdict.

use thiserror::Error;

use super::at_hand::{is_known_name, known_name, sets_in_common};
use super::bounds::{class_bounds, held_out_bound, occam_bounds, Losses};
use super::certificate::Certificate;
use super::claim::{Claim, GroupsClaim, HeldOut, DESIGN_BITS};
use super::class_map::Mapped;
use super::evaluation::{digest_of, Count, CountError, Counted, Evaluation, Selection};
use super::groups::grouped;
use super::sentence::Evidence;
use super::subsample::{subsample_indices, Drawer, Limits, Subsample};
use super::verdict::Verdict;
use crate::bounds::{BoundError, FailureProbability};
use crate::causes::with_causes;
use crate::code::{CodeError, Model};
use crate::digest::sha256;
use crate::evaluate::{Evaluator, ExampleDigest, Examples, ExamplesDigest, Loss, Sample, MARGIN};
use crate::printable::escaped;

/// Why a certificate can be neither confirmed nor refuted.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Unverifiable {
    /// The model file is the one the certificate is about, but is of an unknown format, or takes
    /// more memory or work than is allowed.
    #[error(transparent)]
    Model(CodeError),
    /// The claim is about a loss that this source does not know.
    #[error(
        "the certificate is about the loss \"{}\", which this nonvacuous does not know",
        escaped(.0)
    )]
    Loss(String),
    /// The results of the evaluation cannot be kept.
    #[error(transparent)]
    Log(CountError),
    /// The operating system gives no randomness to draw a subsample by.
    #[error("the operating system gives no randomness; name a seed (--seed)")]
    Randomness(#[source] getrandom::Error),
    /// A part of the examples is to be evaluated, but the claim counts all.
    #[error("the certificate counts all examples: nothing less can confirm it")]
    CountsAll,
    /// A subsample of none.
    #[error("a subsample of none of the examples says nothing")]
    EmptyDraw,
    /// The claim counts groups, and nobody has said which example is in which.
    #[error("the certificate counts groups: say which example is in which (--groups FILE)")]
    NoGroups,
    /// Groups are given, but the claim counts examples.
    #[error("the certificate counts examples: it has no use for groups")]
    NeedlessGroups,
    /// Not as many groups as examples.
    #[error("groups of {found} examples, but there are {examples}: one number for each is needed")]
    Groups {
        /// What was given.
        found: usize,
        /// What there is.
        examples: usize,
    },
}

/// Which training examples are evaluated where the maker evaluated a subsample.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Draw {
    /// As many as the maker, of the verifier's own choice: indices by the operating system's
    /// randomness, which did not exist when the file was made.
    #[default]
    AsMany,
    /// So many, or as many as the maker; by this seed, or by the operating system's randomness. A
    /// seed that the maker could have known or guessed proves nothing.
    Own {
        /// Examples.
        size: Option<u64>,
        /// What repeats a draw.
        seed: Option<u64>,
    },
    /// All.
    All,
}

impl Certificate {
    /// Checks everything that is claimed against the model file and the data. [`Verification`] has
    /// the choices beyond that.
    ///
    /// # Errors
    /// If the claim can be neither confirmed nor refuted.
    pub fn verify<'a>(&self, sample: impl Into<Sample<'a>>) -> Result<Verdict, Unverifiable> {
        let sample: Sample = sample.into();
        Verification::new(self, sample).run()
    }
}

/// A certificate that is to be verified: everything that has a usual value.
#[derive(Debug)]
pub struct Verification<'a> {
    certificate: &'a Certificate,
    sample: Sample<'a>,
    draw: Draw,
    groups: Option<&'a [usize]>,
    evaluation: Evaluation<'a>,
}

impl<'a> Verification<'a> {
    /// Of a certificate, against its file and these data.
    pub fn new(certificate: &'a Certificate, sample: impl Into<Sample<'a>>) -> Self {
        Self {
            certificate,
            sample: sample.into(),
            draw: Draw::default(),
            groups: None,
            evaluation: Evaluation::default(),
        }
    }

    /// Which training examples are evaluated, where the maker evaluated a subsample.
    #[must_use]
    pub fn draw(self, draw: Draw) -> Self {
        Self { draw, ..self }
    }

    /// The number of each training example's group, if the claim counts groups.
    #[must_use]
    pub fn groups(self, groups: Option<&'a [usize]>) -> Self {
        Self { groups, ..self }
    }

    /// How the examples are evaluated; nothing of it changes the verdict.
    #[must_use]
    pub fn evaluation(self, evaluation: Evaluation<'a>) -> Self {
        Self { evaluation, ..self }
    }

    /// Checks everything that is claimed.
    ///
    /// # Errors
    /// If it can be neither confirmed nor refuted.
    pub fn run(&self) -> Result<Verdict, Unverifiable> {
        let claim = self.certificate.claim();
        let known = Loss::ALL.into_iter().find(|loss| loss.name() == claim.loss);
        let Some(loss) = known else {
            return Err(Unverifiable::Loss(claim.loss.clone()));
        };
        self.check_request()?;
        let mut verdict = Verdict::default();
        let training = Mapped::new(self.sample.training, claim.class_map.as_ref());
        if let Some(problem) = training.problem() {
            verdict.failed(problem);
            return Ok(verdict);
        }
        if claim.groups.is_some() && (claim.per_class.is_some() || claim.held_out.is_some()) {
            // Bounds that take examples to be independent, beside groups that say they are not.
            verdict.failed("bounds that count examples, beside groups".to_string());
            return Ok(verdict);
        }
        let is_possible = self.check_file(&mut verdict)
            && self.check_data(&training, &mut verdict)
            && self.check_design(&mut verdict);
        if !is_possible {
            return Ok(verdict);
        }
        let Some(model) = decoded(self.certificate, &mut verdict)? else {
            return Ok(verdict);
        };
        let evaluator = Evaluator::new(&model);
        let count = Count {
            evaluator: &evaluator,
            model_sha256: &claim.model.sha256,
            loss,
        };
        match self.check_counts(count, &training, &mut verdict) {
            Ok(()) => Ok(verdict),
            Err(Fault::Undecidable(error)) => Err(error),
            Err(Fault::Count(error @ CountError::Log(_))) => Err(Unverifiable::Log(error)),
            Err(Fault::Count(error)) => {
                verdict.failed(with_causes(&error));
                Ok(verdict)
            }
            Err(Fault::Bound(error)) => {
                verdict.failed(with_causes(&error));
                Ok(verdict)
            }
        }
    }

    /// Whether what is asked for can be done for this claim.
    fn check_request(&self) -> Result<(), Unverifiable> {
        let claim = self.certificate.claim();
        if claim.subsample.is_none() && matches!(self.draw, Draw::Own { .. }) {
            return Err(Unverifiable::CountsAll);
        }
        if matches!(self.draw, Draw::Own { size: Some(0), .. }) {
            return Err(Unverifiable::EmptyDraw);
        }
        let examples = self.sample.training.len();
        match (&claim.groups, self.groups) {
            (Some(_), None) => Err(Unverifiable::NoGroups),
            (None, Some(_)) => Err(Unverifiable::NeedlessGroups),
            (Some(_), Some(groups)) if groups.len() != examples => Err(Unverifiable::Groups {
                found: groups.len(),
                examples,
            }),
            _ => Ok(()),
        }
    }

    /// Compares what is claimed about the file and the margin; whether it is the file.
    fn check_file(&self, verdict: &mut Verdict) -> bool {
        let (claim, file) = (self.certificate.claim(), self.certificate.file());
        verdict.equal("bits of the model file", claim.bits, 8 * file.len() as u64);
        verdict.equal("margin", claim.margin, f64::from(MARGIN));
        let (what, claimed) = ("SHA-256 of the model file", claim.model.sha256.clone());
        verdict.equal(what, claimed, sha256(file))
    }

    /// Compares the number of examples, the name, and the digest if it is known before they are
    /// decoded; whether they can be the claim's.
    fn check_data(&self, training: &dyn Examples, verdict: &mut Verdict) -> bool {
        let claim = self.certificate.claim();
        let same_number = verdict.equal("n", claim.n, training.len() as u64);
        let same_digest = match (training.digests(), self.certificate.digests()) {
            (Some(known), _) => self.check_digest(verdict, &ExamplesDigest::new(training, known)),
            // The list that is beside the certificate is the claim's; whether the examples are
            // those of the list is seen from each that is drawn.
            (None, Some(list)) if same_number => {
                self.check_digest(verdict, &ExamplesDigest::new(training, list.to_vec()))
            }
            (None, _) => true,
        };
        same_number && same_digest && self.check_name(verdict)
    }

    fn check_digest(&self, verdict: &mut Verdict, found: &ExamplesDigest) -> bool {
        let claimed = &self.certificate.claim().training_set;
        let what = format!(
            "SHA-256 of the training set ({})",
            escaped(self.sample.name)
        );
        let same = verdict.equal(&what, claimed.sha256.as_str(), found.sha256.as_str());
        let what = "different training examples";
        same && verdict.equal(what, claimed.distinct, found.distinct)
    }

    /// The name of a well-known set is one that its digest confirms.
    fn check_name(&self, verdict: &mut Verdict) -> bool {
        let claimed = &self.certificate.claim().training_set;
        let known = known_name(&claimed.sha256);
        if known == Some(claimed.name.as_str()) {
            verdict.confirmed(format!("name of the training set: {}", claimed.name));
            return true;
        }
        if known.is_none() && !is_known_name(&claimed.name) {
            return true;
        }
        let is = known.map_or("not".to_string(), |known| format!("{known}, not"));
        verdict.failed(format!(
            "the training set is {is} {}",
            escaped(&claimed.name)
        ));
        false
    }

    /// The design of the format is charged, unless the maker states that it knew nothing of these
    /// examples and nothing says otherwise.
    fn check_design(&self, verdict: &mut Verdict) -> bool {
        let claim = self.certificate.claim();
        if !claim.is_unseen() {
            let what = "bits for the design of the format";
            return verdict.equal(what, claim.design_bits, DESIGN_BITS);
        }
        let sets: Vec<&str> = sets_in_common(self.sample.training).into_iter().collect();
        if sets.is_empty() {
            return true;
        }
        verdict.failed(format!(
            "the design of the format is not charged, but it was made with images of {} at hand",
            sets.join(", ")
        ));
        false
    }

    /// Evaluates, and compares.
    fn check_counts(
        &self,
        count: Count,
        training: &Mapped,
        verdict: &mut Verdict,
    ) -> Result<(), Fault> {
        let claim = self.certificate.claim();
        let delta = FailureProbability::new(claim.delta)?;
        let is_decided = match &claim.subsample {
            None => self.check_all(count, training, delta, verdict)?,
            Some(subsample) => self.check_part(count, training, subsample, delta, verdict)?,
        };
        if is_decided {
            self.check_held_out(count, delta, verdict)?;
        }
        Ok(())
    }

    /// Evaluates all training examples, of which the claim counts each.
    fn check_all(
        &self,
        count: Count,
        training: &Mapped,
        delta: FailureProbability,
        verdict: &mut Verdict,
    ) -> Result<bool, Fault> {
        let claim = self.certificate.claim();
        let counted = self.evaluation.count(count, training, &Selection::All)?;
        if training.digests().is_none()
            && !self.check_digest(verdict, &digest_of(training, &counted))
        {
            return Ok(false);
        }
        verdict.equal("k", claim.k, counted.errors());
        if let (Some(claimed), Some(groups)) = (&claim.groups, self.groups) {
            verdict.groups(
                claimed,
                &grouped(groups, &counted.outcomes, &counted.digests),
            );
        }
        verdict.bounds(claim, delta)?;
        if let Some(claimed) = &claim.per_class {
            let classes = training.class_numbers();
            let bits = claim.charged_bits()?;
            let found = class_bounds(&counted.outcomes, &classes, bits, delta)?;
            let holds = *claimed == found;
            let what = "the bounds for each class".to_string();
            if holds {
                verdict.confirmed(what);
            } else {
                verdict.failed(format!("{what} are others"));
            }
        }
        Ok(true)
    }

    /// Evaluates a subsample of the verifier's own, or all, where the maker evaluated a part.
    fn check_part(
        &self,
        count: Count,
        training: &Mapped,
        subsample: &Subsample,
        delta: FailureProbability,
        verdict: &mut Verdict,
    ) -> Result<bool, Fault> {
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
            Draw::All => self.count_all(count, training, subsample, verdict),
            Draw::AsMany => self.draw_own(count, training, size, None, delta, verdict),
            Draw::Own { size: own, seed } => {
                self.draw_own(count, training, own.unwrap_or(size), seed, delta, verdict)
            }
        }
    }

    /// Evaluates all training examples, and those of the maker's subsample among them.
    fn count_all(
        &self,
        count: Count,
        training: &Mapped,
        subsample: &Subsample,
        verdict: &mut Verdict,
    ) -> Result<bool, Fault> {
        let claim = self.certificate.claim();
        let counted = self.evaluation.count(count, training, &Selection::All)?;
        if training.digests().is_none()
            && !self.check_digest(verdict, &digest_of(training, &counted))
        {
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
        let (n, size) = (training.len(), subsample.size as usize);
        let seed = subsample.seed;
        let drawn = subsample_indices(n, size, seed, count.model_sha256, Drawer::Maker);
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
    fn draw_own(
        &self,
        count: Count,
        training: &Mapped,
        size: u64,
        seed: Option<u64>,
        delta: FailureProbability,
        verdict: &mut Verdict,
    ) -> Result<bool, Fault> {
        let claim = self.certificate.claim();
        let seed = match seed {
            Some(seed) => seed,
            None => getrandom::u64().map_err(Unverifiable::Randomness)?,
        };
        let own = usize::try_from(size)
            .unwrap_or(usize::MAX)
            .min(training.len());
        let sha256 = count.model_sha256;
        let indices = subsample_indices(training.len(), own, seed, sha256, Drawer::Verifier);
        let list = self
            .certificate
            .digests()
            .filter(|_| training.digests().is_none());
        let selection = match list {
            Some(_) => Selection::DrawnAlone(indices.clone()),
            None => Selection::Drawn(indices.clone()),
        };
        let counted = self.evaluation.count(count, training, &selection)?;
        let unknown = match list {
            Some(list) => strangers(&counted, &indices, list),
            None if training.digests().is_none()
                && !self.check_digest(verdict, &digest_of(training, &counted)) =>
            {
                return Ok(false);
            }
            None => Strangers::default(),
        };
        let errors = counted.errors() - unknown.misclassified;
        let own = own as u64;
        let limits = Limits::new(errors, unknown.all, own, claim.n, delta)?;
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

    fn check_held_out(
        &self,
        count: Count,
        delta: FailureProbability,
        verdict: &mut Verdict,
    ) -> Result<(), Fault> {
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
        if let Some(known) = examples.digests() {
            let found = ExamplesDigest::new(&examples, known);
            if found.sha256 != claimed.sha256 {
                verdict.held_out_digest(claimed, found);
                return Ok(());
            }
        }
        let counted = self.evaluation.count(count, &examples, &Selection::All)?;
        if verdict.held_out_digest(claimed, digest_of(&examples, &counted)) {
            let (n, k) = (claimed.n, claimed.k);
            verdict.equal("held-out n", n, counted.outcomes.len() as u64);
            verdict.equal("held-out k", k, counted.errors());
            verdict.bound(
                "held-out bound",
                claimed.bound,
                held_out_bound(n, k, delta)?,
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
enum Fault {
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

/// The model, or nothing if the file is damaged.
fn decoded(
    certificate: &Certificate,
    verdict: &mut Verdict,
) -> Result<Option<Model>, Unverifiable> {
    use CodeError::{TooMuchMemory, TooMuchWork, UnknownVersion};
    match certificate.model() {
        Ok(model) => Ok(Some(model)),
        Err(error @ (UnknownVersion { .. } | TooMuchMemory(_) | TooMuchWork { .. })) => {
            Err(Unverifiable::Model(error))
        }
        Err(error) => {
            verdict.failed(with_causes(&error));
            Ok(None)
        }
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
