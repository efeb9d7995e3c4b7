//! From a model file and a data set to a certificate.

use thiserror::Error;

use super::bounds::{held_out_bound, publish, published_bounds};
use super::certificate::Certificate;
use super::claim::{Claim, DataClaim, HeldOut, ModelClaim, Provenance, CERTIFICATE_VERSION};
use super::evaluation::{CountError, Evaluation};
use super::folder::MODEL_FILE;
use super::subsample::{population, Subsample};
use crate::bounds::{BoundError, FailureProbability};
use crate::code::{CodeError, Model};
use crate::digest::sha256;
use crate::evaluate::{Evaluator, Loss, Sample, MARGIN};
use crate::storage::memory_limit::MemoryLimit;

/// Why no certificate can be issued.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum IssueError {
    /// The file does not decode.
    #[error(transparent)]
    Code(#[from] CodeError),
    /// A number is outside a bound's domain.
    #[error(transparent)]
    Bound(#[from] BoundError),
    /// Errors cannot be counted.
    #[error(transparent)]
    Count(#[from] CountError),
    /// A subsample of none or all.
    #[error(
        "a subsample of {size} of {examples} examples: accepted are 1 to {}; \
         leave it out to evaluate all", examples - 1
    )]
    Subsample {
        /// What was asked for.
        size: u64,
        /// What there is.
        examples: u64,
    },
}

impl Certificate {
    /// Encodes a model, counts the errors of what the file decodes to, and bounds its error on new
    /// examples with probability at least `1 - delta`. [`Issue`] has the choices beyond that.
    ///
    /// # Errors
    /// If the model cannot be encoded or does not fit the data.
    pub fn issue<'a>(
        model: &Model,
        sample: impl Into<Sample<'a>>,
        delta: FailureProbability,
    ) -> Result<Self, IssueError> {
        let file = model.encode()?;
        let sample: Sample = sample.into();
        Issue::new(&file, sample, delta).run()
    }
}

/// A certificate that is to be issued: the file and the data, and everything that has a usual
/// value.
///
/// ```
/// # fn main() -> Result<(), nonvacuous::Error> {
/// use nonvacuous::bounds::FailureProbability;
/// use nonvacuous::certificate::Issue;
/// use nonvacuous::code::Architecture;
/// use nonvacuous::data::digits;
/// use nonvacuous::evaluate::Loss;
/// use nonvacuous::network::TrainedNetwork;
/// let data = digits()?;
/// let layers = Architecture::parse("dense:10", data.train.shape())?;
/// let model = TrainedNetwork::new(layers, vec![vec![0.5; 640]])?.model()?;
/// let certificate = Issue::new(&model.encode()?, &data, FailureProbability::new(0.05)?)
///     .loss(Loss::Top5)
///     .run()?;
/// assert_eq!(certificate.claim().n, 1_500);
/// # Ok(())
/// # }
/// ```
#[derive(Debug)]
pub struct Issue<'a> {
    file: &'a [u8],
    sample: Sample<'a>,
    delta: FailureProbability,
    loss: Loss,
    subsample: Option<(u64, u64)>,
    provenance: Provenance,
    evaluation: Evaluation<'a>,
}

impl<'a> Issue<'a> {
    /// About the network in a model file, by the rule of [`Loss::Top1`], on all examples.
    pub fn new(file: &'a [u8], sample: impl Into<Sample<'a>>, delta: FailureProbability) -> Self {
        Self {
            file,
            sample: sample.into(),
            delta,
            loss: Loss::Top1,
            subsample: None,
            provenance: Provenance::default(),
            evaluation: Evaluation::default(),
        }
    }

    /// When an example counts as misclassified.
    #[must_use]
    pub fn loss(self, loss: Loss) -> Self {
        Self { loss, ..self }
    }

    /// Evaluates only `size` training examples, drawn by the seed and the model file, and bounds
    /// the errors among all; a fifth of `delta` pays for it.
    #[must_use]
    pub fn subsample(self, size: u64, seed: u64) -> Self {
        Self {
            subsample: Some((size, seed)),
            ..self
        }
    }

    /// How the certificate came about.
    #[must_use]
    pub fn provenance(self, provenance: Provenance) -> Self {
        Self { provenance, ..self }
    }

    /// How the examples are evaluated; nothing of it changes the certificate.
    #[must_use]
    pub fn evaluation(self, evaluation: Evaluation<'a>) -> Self {
        Self { evaluation, ..self }
    }

    /// Decodes the file, counts its errors, and bounds its error on new examples.
    ///
    /// Every number is measured on what the decoder returns. The bits are the length of the whole
    /// file.
    ///
    /// # Errors
    /// If the file does not decode, the network does not fit the data, the subsample is empty or
    /// not smaller than the training set, or a log cannot be written.
    pub fn run(self) -> Result<Certificate, IssueError> {
        // Whoever issues a certificate has the file from its own encoder, or has looked at it.
        let evaluator = Evaluator::new(&Model::decode_within(self.file, MemoryLimit::NONE)?);
        let model_sha256 = sha256(self.file);
        let Sample {
            name,
            training,
            held_out,
        } = self.sample;
        let n = training.len() as u64;
        if let Some((size, _)) = self.subsample.filter(|(size, _)| !(1..n).contains(size)) {
            return Err(IssueError::Subsample { size, examples: n });
        }
        let count = |examples, subsample| {
            self.evaluation
                .count(&evaluator, &model_sha256, examples, subsample, self.loss)
        };
        let counted = count(training, self.subsample)?;
        let subsample = self
            .subsample
            .map(|(size, seed)| Subsample::new(size, seed, counted.errors, self.delta.get()));
        let (k, delta) = population(counted.errors, n, self.delta, subsample.as_ref())?;
        let held_out = match held_out {
            None => None,
            Some(examples) => {
                let counted = count(examples, None)?;
                let (n, k) = (counted.examples, counted.errors);
                Some(HeldOut {
                    sha256: counted.sha256,
                    n,
                    k,
                    bound: publish(held_out_bound(n, k, self.delta)?),
                })
            }
        };
        let bits = 8 * self.file.len() as u64;
        let claim = Claim {
            format: CERTIFICATE_VERSION,
            model: ModelClaim {
                file: MODEL_FILE.to_string(),
                sha256: model_sha256,
            },
            training_set: DataClaim {
                name: name.to_string(),
                sha256: counted.sha256,
            },
            loss: self.loss.name().to_string(),
            margin: f64::from(MARGIN),
            n,
            k,
            subsample,
            bits,
            delta: self.delta.get(),
            bounds: published_bounds(n, k, bits, delta)?,
            held_out,
            provenance: self.provenance,
        };
        Ok(Certificate::from_parts(claim, self.file.to_vec()))
    }
}
