//! From a certificate, a model file and a data set to a verdict.

use serde::Serialize;
use thiserror::Error;

use super::issue::{held_out_bound, occam_bounds};
use crate::bounds::BoundError;
use crate::certificate::{Certificate, HeldOut, CERTIFICATE_VERSION, DECIMALS};
use crate::code::{CodeError, Model};
use crate::data::{DataSet, LabelledImages};
use crate::digest::sha256;
use crate::evaluate::{EvaluationError, Evaluator, Loss, MARGIN};

/// Why a certificate can be neither confirmed nor refuted.
#[derive(Debug, Error)]
pub enum Unverifiable {
    /// The text is not a certificate.
    #[error("this is not a certificate: {0}")]
    Malformed(#[from] serde_json::Error),
    /// The certificate is of a version that this source does not know.
    #[error("the certificate has format version {found}, but this nonvacuous knows version {CERTIFICATE_VERSION}; a newer one may be able to check it")]
    Version {
        /// The version in the certificate.
        found: u64,
    },
    /// The model file is the one the certificate is about, but is of an unknown format.
    #[error(transparent)]
    Model(CodeError),
    /// The claim is about a loss that this source does not know.
    #[error("the certificate is about the loss \"{0}\", which this nonvacuous does not know, or not for such data")]
    Loss(String),
    /// The claim is about a part of a data set that is evaluated as a whole.
    #[error(
        "the certificate is about a subsample, but data of this kind are evaluated as a whole"
    )]
    Subsample,
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
            format!("{what}: the certificate says {claimed}, but it is {found}")
        };
        self.checks.push(Check { what, holds });
        holds
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
            format!("{what}: the certificate says {claimed}, but n, k, bits and delta give {recomputed:.9}")
        };
        self.checks.push(Check { what, holds });
    }
}

/// Reads a certificate.
///
/// # Errors
/// If the text is not a certificate, or one of a newer version.
pub fn parse(json: &str) -> Result<Certificate, Unverifiable> {
    let value: serde_json::Value = serde_json::from_str(json)?;
    if let Some(found) = value.get("format").and_then(serde_json::Value::as_u64) {
        if found != u64::from(CERTIFICATE_VERSION) {
            return Err(Unverifiable::Version { found });
        }
    }
    Ok(serde_json::from_value(value)?)
}

/// Checks everything that `certificate` claims against the model file's bytes and the data.
///
/// # Errors
/// If it can be neither confirmed nor refuted.
pub fn verify(
    certificate: &Certificate,
    file: &[u8],
    data: &DataSet,
) -> Result<Verdict, Unverifiable> {
    if certificate.loss != Loss::Top1.name() {
        return Err(Unverifiable::Loss(certificate.loss.clone()));
    }
    if certificate.subsample.is_some() {
        return Err(Unverifiable::Subsample);
    }
    let mut verdict = Verdict::default();
    let is_intact = verdict.file(certificate, file);
    let same_data = verdict.equal(
        &format!("SHA-256 of the training set ({})", data.name),
        certificate.training_set.sha256.clone(),
        data.train.sha256(),
    );
    verdict.equal("n", certificate.n, data.train.len() as u64);
    if !is_intact || !same_data {
        return Ok(verdict);
    }
    let Some(model) = decoded(file, &mut verdict)? else {
        return Ok(verdict);
    };
    let evaluator = Evaluator::new(&model);
    match evaluator.errors(&data.train) {
        Ok(errors) => verdict.equal("k", certificate.k, errors),
        Err(error) => {
            verdict.failed(error.to_string());
            return Ok(verdict);
        }
    };
    verdict.bounds(certificate, certificate.delta);
    if let Some(claim) = &certificate.held_out {
        verdict.held_out(claim, certificate.delta, data.test.as_ref(), &evaluator);
    }
    Ok(verdict)
}

/// The model, or nothing if the file is damaged.
pub(super) fn decoded(file: &[u8], verdict: &mut Verdict) -> Result<Option<Model>, Unverifiable> {
    match Model::decode(file) {
        Ok(model) => Ok(Some(model)),
        Err(error @ CodeError::UnknownVersion { .. }) => Err(Unverifiable::Model(error)),
        Err(error) => {
            verdict.failed(error.to_string());
            Ok(None)
        }
    }
}

impl Verdict {
    /// Compares what is claimed about the file and the margin; whether it is the file.
    pub(super) fn file(&mut self, certificate: &Certificate, file: &[u8]) -> bool {
        self.equal(
            "bits of the model file",
            certificate.bits,
            8 * file.len() as u64,
        );
        self.equal("margin", certificate.margin, f64::from(MARGIN));
        self.equal(
            "SHA-256 of the model file",
            certificate.model.sha256.clone(),
            sha256(file),
        )
    }

    pub(super) fn failed(&mut self, what: String) {
        self.checks.push(Check { what, holds: false });
    }

    pub(super) fn bounds(&mut self, certificate: &Certificate, delta: f64) {
        let Certificate {
            n, k, bits, bounds, ..
        } = certificate;
        match occam_bounds(*n, *k, *bits, delta) {
            Ok(recomputed) => {
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
            Err(error) => self.failed(error.to_string()),
        }
    }

    fn held_out(
        &mut self,
        claim: &HeldOut,
        delta: f64,
        test: Option<&LabelledImages>,
        evaluator: &Evaluator,
    ) {
        let Some(test) = test else {
            return self.failed(
                "held-out examples: the certificate has some, but the data set has none"
                    .to_string(),
            );
        };
        if !self.equal(
            "SHA-256 of the held-out examples",
            claim.sha256.clone(),
            test.sha256(),
        ) {
            return;
        }
        self.equal("held-out n", claim.n, test.len() as u64);
        match counted(evaluator, test, claim, delta) {
            Ok((errors, bound)) => {
                self.equal("held-out k", claim.k, errors);
                self.bound("held-out bound", claim.bound, bound);
            }
            Err(reason) => self.failed(reason),
        }
    }
}

/// The errors on the held-out examples, and the bound that the claimed counts give.
fn counted(
    evaluator: &Evaluator,
    test: &LabelledImages,
    claim: &HeldOut,
    delta: f64,
) -> Result<(u64, f64), String> {
    let errors = evaluator
        .errors(test)
        .map_err(|error: EvaluationError| error.to_string())?;
    let bound =
        held_out_bound(claim.n, claim.k, delta).map_err(|error: BoundError| error.to_string())?;
    Ok((errors, bound))
}
