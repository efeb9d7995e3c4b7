//! From a model file and a data set to a certificate.

use thiserror::Error;

use super::evaluation::CountError;
use crate::bounds::{
    held_out, occam_binomial, occam_hoeffding, occam_kl, round_up_decimals, Bits, BoundError,
    EmpiricalRisk, FailureProbability,
};
use crate::certificate::{
    Bounds, Certificate, DataClaim, HeldOut, ModelClaim, Provenance, CERTIFICATE_VERSION, DECIMALS,
};
use crate::code::{CodeError, Model};
use crate::data::{DataError, DataSet};
use crate::digest::sha256;
use crate::evaluate::{EvaluationError, Evaluator, Loss, MARGIN};

/// Why no certificate can be issued.
#[derive(Debug, Error)]
pub enum IssueError {
    /// The file does not decode.
    #[error(transparent)]
    Code(#[from] CodeError),
    /// The network does not fit the data.
    #[error(transparent)]
    Evaluation(#[from] EvaluationError),
    /// A number is outside a bound's domain.
    #[error(transparent)]
    Bound(#[from] BoundError),
    /// The network does not read photographs.
    #[error(transparent)]
    Data(#[from] DataError),
    /// Errors on photographs cannot be counted.
    #[error(transparent)]
    Count(#[from] CountError),
    /// A subsample of none or all.
    #[error("a subsample of {size} of {examples} photographs: accepted are 1 to {}; leave it out to evaluate all", examples - 1)]
    Subsample {
        /// What was asked for.
        size: u64,
        /// What there is.
        examples: u64,
    },
}

/// Decodes `file`, counts its errors on `data` and bounds its error on new examples.
///
/// Every number is measured on what the decoder returns. The bits are the length of the whole file.
///
/// # Errors
/// If the file does not decode, the network does not fit the data, or `delta` is not between 0 and
/// 1.
pub fn issue(
    file: &[u8],
    file_name: &str,
    data: &DataSet,
    delta: f64,
    provenance: Provenance,
) -> Result<Certificate, IssueError> {
    let evaluator = Evaluator::new(&Model::decode(file)?);
    let n = data.train.len() as u64;
    let k = evaluator.errors(&data.train)?;
    let bits = 8 * file.len() as u64;
    let held_out = match &data.test {
        None => None,
        Some(test) => {
            let (n, k) = (test.len() as u64, evaluator.errors(test)?);
            Some(HeldOut {
                sha256: test.sha256(),
                n,
                k,
                bound: publish(held_out_bound(n, k, delta)?),
            })
        }
    };
    Ok(Certificate {
        format: CERTIFICATE_VERSION,
        model: ModelClaim {
            file: file_name.to_string(),
            sha256: sha256(file),
        },
        training_set: DataClaim {
            name: data.name.clone(),
            sha256: data.train.sha256(),
        },
        loss: Loss::Top1.name().to_string(),
        margin: f64::from(MARGIN),
        n,
        k,
        subsample: None,
        bits,
        delta,
        bounds: published_bounds(n, k, bits, delta)?,
        held_out,
        provenance,
    })
}

/// The bounds as they are published.
pub(super) fn published_bounds(
    n: u64,
    k: u64,
    bits: u64,
    delta: f64,
) -> Result<Bounds, BoundError> {
    let exact = occam_bounds(n, k, bits, delta)?;
    Ok(Bounds {
        occam_binomial: publish(exact.occam_binomial),
        occam_kl: publish(exact.occam_kl),
        occam_hoeffding: publish(exact.occam_hoeffding),
    })
}

/// The bounds before they are rounded for publication.
pub(super) fn occam_bounds(n: u64, k: u64, bits: u64, delta: f64) -> Result<Bounds, BoundError> {
    let risk = EmpiricalRisk::new(k, n)?;
    let bits = Bits::new(bits as f64)?;
    let delta = FailureProbability::new(delta)?;
    Ok(Bounds {
        occam_binomial: occam_binomial(risk, bits, delta),
        occam_kl: occam_kl(risk, bits, delta),
        occam_hoeffding: occam_hoeffding(risk, bits, delta),
    })
}

pub(super) fn held_out_bound(n: u64, k: u64, delta: f64) -> Result<f64, BoundError> {
    Ok(held_out(
        EmpiricalRisk::new(k, n)?,
        FailureProbability::new(delta)?,
    ))
}

/// Another machine's mathematical library may give a bound that is larger by twice its relative
/// accuracy of `1e-10`; room for that makes a published bound one that every machine confirms.
const ROOM: f64 = 4e-10;

pub(super) fn publish(bound: f64) -> f64 {
    round_up_decimals(bound * (1.0 + ROOM), DECIMALS).min(1.0)
}
