//! From a certificate, a model file and a data set to a verdict.

use std::path::Path;

use super::at_hand::{is_known_name, known_name, sets_in_common};
use super::certificate::Certificate;
use super::claim::design_bits;
use super::class_map::Mapped;
use super::counted::{Count, CountError};
use super::evaluation::{known_digests, Evaluation};
use super::recount::{Fault, Recount};
use super::subsample::Draw;
use super::unverifiable::Unverifiable;
use super::verdict::Verdict;
use crate::bounds::FailureProbability;
use crate::causes::with_causes;
use crate::code::{CodeError, Model};
use crate::digest::sha256;
use crate::evaluate::{Evaluator, ExampleDigest, Examples, ExamplesDigest, Loss, Sample, MARGIN};
use crate::pieces::Shard;
use crate::printable::escaped;

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
        self.act(&|recount, verdict| recount.run(verdict))
    }

    /// Checks what is known before examples are evaluated, then evaluates a piece of them into a
    /// folder, from which a later [verification](Evaluation::pieces) takes it. The verdict is about
    /// the former.
    ///
    /// # Errors
    /// If the claim can be neither confirmed nor refuted, or the piece cannot be written.
    pub fn piece(&self, folder: &Path, shard: Shard) -> Result<Verdict, Unverifiable> {
        self.act(&|recount, _| recount.piece(folder, shard))
    }

    /// Checks what is known before examples are evaluated, and does something with what is left.
    fn act(
        &self,
        act: &dyn Fn(&Recount, &mut Verdict) -> Result<(), Fault>,
    ) -> Result<Verdict, Unverifiable> {
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
        if claim.base.as_ref().is_some_and(|base| base.considered == 0) {
            verdict.failed("a base that was chosen among none".to_string());
            return Ok(verdict);
        }
        if !self.check_file(&mut verdict) {
            return Ok(verdict);
        }
        let digests = known_digests(&training);
        if !self.check_data(&training, digests.as_deref(), &mut verdict) {
            return Ok(verdict);
        }
        let Some(model) = decoded(self.certificate, &mut verdict)? else {
            return Ok(verdict);
        };
        if !self.check_design(model.version(), &mut verdict) {
            return Ok(verdict);
        }
        let evaluator = Evaluator::new(&model);
        let count = Count {
            evaluator: &evaluator,
            model_sha256: &claim.model.sha256,
            loss,
        };
        let recount = self.recount(count, &training, digests.as_deref());
        match recount.and_then(|recount| act(&recount, &mut verdict)) {
            Ok(()) => {}
            Err(Fault::Undecidable(error)) => return Err(error),
            Err(Fault::Count(error @ (CountError::Log(_) | CountError::Piece(_)))) => {
                return Err(Unverifiable::Log(error));
            }
            Err(Fault::Count(error)) => verdict.failed(with_causes(&error)),
            Err(Fault::Bound(error)) => verdict.failed(with_causes(&error)),
        }
        Ok(verdict)
    }

    fn recount<'b>(
        &'b self,
        count: Count<'b>,
        training: &'b Mapped<'b>,
        known: Option<&'b [ExampleDigest]>,
    ) -> Result<Recount<'b>, Fault> {
        Ok(Recount {
            certificate: self.certificate,
            sample: self.sample,
            training,
            known,
            draw: self.draw,
            groups: self.groups,
            evaluation: self.evaluation,
            count,
            delta: FailureProbability::new(self.certificate.claim().delta)?,
        })
    }

    /// Whether what is asked for can be done for this claim.
    fn check_request(&self) -> Result<(), Unverifiable> {
        let claim = self.certificate.claim();
        if let Draw::Own { size, seed } = self.draw {
            if claim.subsample.is_none() && (size.is_some() || seed.is_some()) {
                return Err(Unverifiable::CountsAll);
            }
            if size == Some(0) {
                return Err(Unverifiable::EmptyDraw);
            }
        }
        self.check_base()?;
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

    /// Whether the base that is given is the one that the claim names.
    fn check_base(&self) -> Result<(), Unverifiable> {
        match (&self.certificate.claim().base, self.certificate.base()) {
            (None, None) => Ok(()),
            (None, Some(_)) => Err(Unverifiable::NeedlessBase),
            (Some(claimed), None) => Err(Unverifiable::NoBase {
                sha256: escaped(&claimed.sha256),
                source_of_base: claimed.source.clone(),
            }),
            (Some(claimed), Some(base)) if claimed.sha256 != base.sha256() => {
                Err(Unverifiable::OtherBase {
                    claimed: escaped(&claimed.sha256),
                    found: base.sha256().to_string(),
                })
            }
            (Some(_), Some(_)) => Ok(()),
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
    fn check_data(
        &self,
        training: &dyn Examples,
        known: Option<&[ExampleDigest]>,
        verdict: &mut Verdict,
    ) -> bool {
        let claim = self.certificate.claim();
        let same_number = verdict.equal("n", claim.n, training.len() as u64);
        // A list that is beside the certificate is the claim's; whether the examples are those of
        // the list is seen from each that is drawn.
        let list = self.certificate.digests().filter(|_| same_number);
        let same_digest = known.or(list).is_none_or(|digests| {
            let found = ExamplesDigest::new(training, digests.to_vec());
            verdict.training_digest(&claim.training_set, self.sample.name, &found)
        });
        same_number && same_digest && self.check_name(verdict)
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
    fn check_design(&self, version: u8, verdict: &mut Verdict) -> bool {
        let claim = self.certificate.claim();
        if !claim.is_unseen() {
            let what = "bits for the design of the format";
            return verdict.equal(what, claim.design_bits, design_bits(version, false));
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
