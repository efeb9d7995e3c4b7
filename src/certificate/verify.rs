//! From a certificate, a model file and a data set to a verdict.

use serde::Serialize;
use thiserror::Error;

use super::bounds::{held_out_bound, occam_bounds};
use super::certificate::Certificate;
use super::claim::{Claim, HeldOut, DECIMALS};
use super::evaluation::{CountError, Evaluation};
use super::issue::IssueError;
use super::subsample::{population, Subsample};
use crate::bounds::FailureProbability;
use crate::causes::with_causes;
use crate::code::{CodeError, Model};
use crate::digest::sha256;
use crate::evaluate::{Evaluator, Examples, ExamplesDigest, Loss, Sample, MARGIN};

/// Why a certificate can be neither confirmed nor refuted.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Unverifiable {
    /// The model file is the one the certificate is about, but is of an unknown format, or takes
    /// more memory or work than is allowed.
    #[error(transparent)]
    Model(CodeError),
    /// The claim is about a loss that this source does not know.
    #[error("the certificate is about the loss \"{0}\", which this nonvacuous does not know")]
    Loss(String),
    /// The results of the evaluation cannot be kept.
    #[error(transparent)]
    Log(CountError),
}

/// One thing that was checked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What was checked, and what was found.
    pub what: String,
    /// Whether the certificate is right about it.
    pub holds: bool,
}

/// Everything that was checked; the certificate holds if all of it does.
#[must_use = "a certificate holds only if its verdict says so"]
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Verdict {
    /// In the order of checking; checking ends where a failure leaves nothing to check.
    pub checks: Vec<Check>,
}

impl Verdict {
    /// Whether every check holds.
    pub fn holds(&self) -> bool {
        self.checks.iter().all(|check| check.holds)
    }

    /// What does not hold.
    pub fn failures(&self) -> impl Iterator<Item = &Check> {
        self.checks.iter().filter(|check| !check.holds)
    }

    /// Records that the certificate's `claimed` is to be `found`.
    fn equal<T: PartialEq + std::fmt::Display>(
        &mut self,
        what: &str,
        claimed: T,
        found: T,
    ) -> bool {
        let holds = claimed == found;
        let what = if holds {
            format!("{what}: {found}")
        } else {
            format!("{what}: the certificate says {claimed}, but it is {found}")
        };
        self.checks.push(Check { what, holds });
        holds
    }

    /// Records that a published bound is the recomputed one, rounded up: never below it, and less
    /// than two units in the last decimal above it. (Publication leaves room for another machine's
    /// mathematical library.)
    fn bound(&mut self, what: &str, claimed: f64, recomputed: f64) {
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

impl Verdict {
    fn failed(&mut self, what: String) {
        self.checks.push(Check { what, holds: false });
    }
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
    evaluation: Evaluation<'a>,
}

impl<'a> Verification<'a> {
    /// Of a certificate, against its file and these data.
    pub fn new(certificate: &'a Certificate, sample: impl Into<Sample<'a>>) -> Self {
        Self {
            certificate,
            sample: sample.into(),
            evaluation: Evaluation::default(),
        }
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
        let mut verdict = Verdict::default();
        let training = self.sample.training;
        let digest = training.digest(training.len());
        let is_possible = self.check_file(&mut verdict)
            && self.check_data(&digest, &mut verdict)
            && self.check_subsample(&mut verdict);
        if !is_possible {
            return Ok(verdict);
        }
        let Some(model) = decoded(self.certificate, &mut verdict)? else {
            return Ok(verdict);
        };
        let evaluator = Evaluator::new(&model);
        match self.check_counts(&evaluator, loss, &digest, &mut verdict) {
            Ok(()) => Ok(verdict),
            Err(IssueError::Count(error @ CountError::Log(_))) => Err(Unverifiable::Log(error)),
            Err(reason) => {
                verdict.failed(with_causes(&reason));
                Ok(verdict)
            }
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

    /// Compares the number of examples and, if it is known before they are decoded, their digest;
    /// whether they can be the claim's.
    fn check_data(&self, digest: &ExamplesDigest, verdict: &mut Verdict) -> bool {
        let claim = self.certificate.claim();
        let same_digest = match digest {
            ExamplesDigest::Known(found) => self.check_digest(verdict, found),
            ExamplesDigest::Streamed { .. } => true,
        };
        verdict.equal("n", claim.n, self.sample.training.len() as u64) && same_digest
    }

    fn check_digest(&self, verdict: &mut Verdict, found: &str) -> bool {
        let what = format!("SHA-256 of the training set ({})", self.sample.name);
        let claimed = &self.certificate.claim().training_set.sha256;
        verdict.equal(&what, claimed.as_str(), found)
    }

    /// Whether a subsample is one of the claim's training set.
    fn check_subsample(&self, verdict: &mut Verdict) -> bool {
        let claim = self.certificate.claim();
        let Some(subsample) = &claim.subsample else {
            return true;
        };
        let Subsample {
            size, seed, errors, ..
        } = *subsample;
        let expected = Subsample::new(size, seed, errors, claim.delta);
        let same = verdict.equal("delta of the subsample", subsample.delta, expected.delta);
        let is_part = (1..claim.n).contains(&size);
        if !is_part {
            verdict.failed(format!("a subsample of {size} of {} examples", claim.n));
        }
        same && is_part
    }

    /// Evaluates, and compares.
    fn check_counts(
        &self,
        evaluator: &Evaluator,
        loss: Loss,
        digest: &ExamplesDigest,
        verdict: &mut Verdict,
    ) -> Result<(), IssueError> {
        let claim = self.certificate.claim();
        let model_sha256 = &claim.model.sha256;
        let count = |examples, subsample| {
            self.evaluation
                .count(evaluator, model_sha256, examples, subsample, loss)
        };
        let subsample = claim
            .subsample
            .map(|subsample| (subsample.size, subsample.seed));
        let counted = count(self.sample.training, subsample)?;
        if let ExamplesDigest::Streamed { .. } = digest {
            if !self.check_digest(verdict, &counted.sha256) {
                return Ok(());
            }
        }
        if let Some(subsample) = &claim.subsample {
            verdict.equal("errors in the subsample", subsample.errors, counted.errors);
        }
        let confidence = FailureProbability::new(claim.delta)?;
        let (k, delta) = population(
            counted.errors,
            claim.n,
            confidence,
            claim.subsample.as_ref(),
        )?;
        verdict.equal("k", claim.k, k);
        verdict.bounds(claim, delta);
        match (&claim.held_out, self.sample.held_out) {
            (None, _) => {}
            (Some(_), None) => verdict.failed(
                "held-out examples: the certificate has some, but the data set has none"
                    .to_string(),
            ),
            (Some(held_out), Some(examples)) => {
                if verdict.is_other_set(held_out, examples) {
                    return Ok(());
                }
                let counted = count(examples, None)?;
                let what = "SHA-256 of the held-out examples";
                if verdict.equal(what, held_out.sha256.clone(), counted.sha256) {
                    verdict.equal("held-out n", held_out.n, counted.examples);
                    verdict.equal("held-out k", held_out.k, counted.errors);
                    let bound = held_out_bound(held_out.n, held_out.k, confidence)?;
                    verdict.bound("held-out bound", held_out.bound, bound);
                }
            }
        }
        Ok(())
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
    fn bounds(&mut self, claim: &Claim, delta: FailureProbability) {
        match occam_bounds(claim.n, claim.k, claim.bits, delta) {
            Ok(recomputed) => {
                let bounds = &claim.bounds;
                self.bound(
                    "occam_binomial",
                    bounds.occam_binomial,
                    recomputed.occam_binomial,
                );
                self.bound("occam_kl", bounds.occam_kl, recomputed.occam_kl);
                self.bound(
                    "occam_hoeffding",
                    bounds.occam_hoeffding,
                    recomputed.occam_hoeffding,
                );
            }
            Err(error) => self.failed(with_causes(&error)),
        }
    }

    /// Whether held-out examples are known not to be the claim's, before they are decoded.
    fn is_other_set(&mut self, claim: &HeldOut, examples: &dyn Examples) -> bool {
        match examples.digest(examples.len()) {
            ExamplesDigest::Known(found) if found != claim.sha256 => {
                self.equal(
                    "SHA-256 of the held-out examples",
                    claim.sha256.clone(),
                    found,
                );
                true
            }
            _ => false,
        }
    }
}
