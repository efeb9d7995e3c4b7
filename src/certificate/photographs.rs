//! Certificates about photographs: issued and verified by streaming.

use super::evaluation::{CountError, Counted, Evaluation};
use super::issue::{held_out_bound, publish, published_bounds, IssueError};
use super::subsample::{subsample_indices, Subsample};
use super::verify::{decoded, Unverifiable, Verdict};
use crate::certificate::{
    Certificate, DataClaim, HeldOut, ModelClaim, Provenance, CERTIFICATE_VERSION,
};
use crate::code::Model;
use crate::data::{DataError, Framing, ImageFolder, PhotographSet};
use crate::digest::sha256;
use crate::evaluate::{Evaluator, Loss, MARGIN};

/// What is to be certified about a network on photographs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Task {
    /// When a photograph counts as wrong.
    pub loss: Loss,
    /// Size and seed of a subsample; without it all training photographs are evaluated.
    pub subsample: Option<(u64, u64)>,
    /// Probability that a bound fails.
    pub delta: f64,
}

/// A decoded file and the photographs that it reads.
struct Subject {
    evaluator: Evaluator,
    sha256: String,
    framing: Framing,
}

impl Subject {
    fn new(file: &[u8], model: &Model) -> Result<Self, DataError> {
        let framing = Framing::usual(model.architecture().input())?;
        Ok(Self {
            evaluator: Evaluator::new(model),
            sha256: sha256(file),
            framing,
        })
    }

    fn count(
        &self,
        folder: &ImageFolder,
        subsample: Option<(u64, u64)>,
        loss: Loss,
        evaluation: &Evaluation,
    ) -> Result<Counted, CountError> {
        let n = folder.len();
        let (size, seed) = subsample.unwrap_or((n as u64, 0));
        let indices = match subsample {
            None => (0..n).collect(),
            Some(_) => subsample_indices(n, usize::try_from(size).unwrap_or(n), seed, &self.sha256),
        };
        evaluation.count(
            &self.evaluator,
            &self.sha256,
            folder,
            &indices,
            self.framing,
            loss,
        )
    }
}

/// Decodes `file`, counts its errors on photographs, or on a subsample of them, and bounds its
/// error on new ones.
///
/// # Errors
/// As [`issue`](super::issue::issue); and if the network does not read photographs, the subsample is empty
/// or not smaller than the training set, or the loss has nothing to tell apart.
pub fn issue_photographs(
    file: &[u8],
    file_name: &str,
    set: &PhotographSet,
    task: &Task,
    provenance: Provenance,
    evaluation: &Evaluation,
) -> Result<Certificate, IssueError> {
    let model = Model::decode(file)?;
    let subject = Subject::new(file, &model)?;
    let n = set.train.len() as u64;
    if let Some((size, _)) = task.subsample.filter(|(size, _)| !(1..n).contains(size)) {
        return Err(IssueError::Subsample { size, examples: n });
    }
    let counted = subject.count(&set.train, task.subsample, task.loss, evaluation)?;
    let subsample = task
        .subsample
        .map(|(size, seed)| Subsample::new(size, seed, counted.errors, task.delta));
    let (k, delta) = population(counted.errors, n, task.delta, subsample.as_ref())?;
    let held_out = match &set.held_out {
        None => None,
        Some(held_out) => {
            let counted = subject.count(held_out, None, task.loss, evaluation)?;
            let bound = publish(held_out_bound(
                counted.examples,
                counted.errors,
                task.delta,
            )?);
            Some(HeldOut {
                sha256: counted.sha256,
                n: counted.examples,
                k: counted.errors,
                bound,
            })
        }
    };
    let bits = 8 * file.len() as u64;
    Ok(Certificate {
        format: CERTIFICATE_VERSION,
        model: ModelClaim {
            file: file_name.to_string(),
            sha256: subject.sha256,
        },
        training_set: DataClaim {
            name: set.name.clone(),
            sha256: counted.sha256,
        },
        loss: task.loss.name().to_string(),
        margin: f64::from(MARGIN),
        n,
        k,
        subsample,
        bits,
        delta: task.delta,
        bounds: published_bounds(n, k, bits, delta)?,
        held_out,
        provenance,
    })
}

/// The errors among all `n` examples, and the `delta` that is left for the training set.
fn population(
    errors: u64,
    n: u64,
    delta: f64,
    subsample: Option<&Subsample>,
) -> Result<(u64, f64), crate::bounds::BoundError> {
    match subsample {
        None => Ok((errors, delta)),
        Some(subsample) => Ok((subsample.most_errors(n)?, subsample.rest_of(delta))),
    }
}

/// Checks everything that `certificate` claims against the model file's bytes and the photographs.
///
/// # Errors
/// If it can be neither confirmed nor refuted.
pub fn verify_photographs(
    certificate: &Certificate,
    file: &[u8],
    set: &PhotographSet,
    evaluation: &Evaluation,
) -> Result<Verdict, Unverifiable> {
    let Some(loss) = Loss::ALL
        .into_iter()
        .find(|loss| loss.name() == certificate.loss)
    else {
        return Err(Unverifiable::Loss(certificate.loss.clone()));
    };
    let mut verdict = Verdict::default();
    let n = set.train.len() as u64;
    let is_intact = verdict.file(certificate, file);
    let same_number = verdict.equal("n", certificate.n, n);
    if let Some(subsample) = &certificate.subsample {
        let claimed = Subsample::new(
            subsample.size,
            subsample.seed,
            subsample.errors,
            certificate.delta,
        );
        verdict.equal("delta of the subsample", subsample.delta, claimed.delta);
        if !(1..n).contains(&subsample.size) {
            verdict.failed(format!(
                "a subsample of {} of {n} photographs",
                subsample.size
            ));
        }
    }
    if !is_intact || !same_number || !verdict.holds() {
        return Ok(verdict);
    }
    let Some(model) = decoded(file, &mut verdict)? else {
        return Ok(verdict);
    };
    if let Err(reason) = verdict.photographs(certificate, file, &model, set, loss, evaluation) {
        verdict.failed(reason.to_string());
    }
    Ok(verdict)
}

impl Verdict {
    /// Evaluates, and compares.
    fn photographs(
        &mut self,
        certificate: &Certificate,
        file: &[u8],
        model: &Model,
        set: &PhotographSet,
        loss: Loss,
        evaluation: &Evaluation,
    ) -> Result<(), IssueError> {
        let subject = Subject::new(file, model)?;
        let subsample = certificate
            .subsample
            .map(|subsample| (subsample.size, subsample.seed));
        let counted = subject.count(&set.train, subsample, loss, evaluation)?;
        let what = format!("SHA-256 of the training set ({})", set.name);
        if !self.equal(
            &what,
            certificate.training_set.sha256.clone(),
            counted.sha256,
        ) {
            return Ok(());
        }
        if let Some(subsample) = &certificate.subsample {
            self.equal("errors in the subsample", subsample.errors, counted.errors);
        }
        let (k, delta) = population(
            counted.errors,
            certificate.n,
            certificate.delta,
            certificate.subsample.as_ref(),
        )?;
        self.equal("k", certificate.k, k);
        self.bounds(certificate, delta);
        let Some(claim) = &certificate.held_out else {
            return Ok(());
        };
        let Some(held_out) = &set.held_out else {
            self.failed(
                "held-out examples: the certificate has some, but the data set has none"
                    .to_string(),
            );
            return Ok(());
        };
        let counted = subject.count(held_out, None, loss, evaluation)?;
        if self.equal(
            "SHA-256 of the held-out examples",
            claim.sha256.clone(),
            counted.sha256,
        ) {
            self.equal("held-out n", claim.n, counted.examples);
            self.equal("held-out k", claim.k, counted.errors);
            let bound = held_out_bound(claim.n, claim.k, certificate.delta)?;
            self.bound("held-out bound", claim.bound, bound);
        }
        Ok(())
    }
}
