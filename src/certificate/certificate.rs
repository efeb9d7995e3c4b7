//! A claim together with the model file that it is about.

use std::path::Path;

use super::claim::Claim;
use super::folder::{Folder, FolderError};
use super::issue::{Issue, IssueError};
use super::verify::{Unverifiable, Verdict, Verification};
use crate::bounds::FailureProbability;
use crate::code::{CodeError, Model};
use crate::evaluate::Sample;

/// A claim about a network's error on new examples, with the file that decodes to the network.
///
/// ```
/// # fn main() -> Result<(), nonvacuous::Error> {
/// use nonvacuous::bounds::FailureProbability;
/// use nonvacuous::certificate::Certificate;
/// use nonvacuous::code::{Architecture, Codebook, CodedTensor, Model};
/// use nonvacuous::data::digits;
///
/// let data = digits()?;
/// let layers = Architecture::parse("dense:10", data.train.shape())?;
/// let weights = CodedTensor::new(0, vec![1; 640]);
/// let model = Model::new(layers, vec![Codebook::new(vec![0.5])?], vec![weights])?;
///
/// let folder = tempfile::tempdir().unwrap();
/// Certificate::issue(&model, &data, FailureProbability::new(0.05)?)?.save(folder.path())?;
/// assert!(Certificate::open(folder.path())?.verify(&data)?.holds());
/// # Ok(())
/// # }
/// ```
#[derive(Debug, Clone, PartialEq)]
#[must_use = "a certificate that is not saved is lost"]
pub struct Certificate {
    claim: Claim,
    file: Vec<u8>,
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

    /// Reads a certificate from the folder that it was saved in, or from its `certificate.json`; the
    /// model file is beside it. Nothing is checked yet.
    ///
    /// # Errors
    /// If a file cannot be read, or is not a certificate.
    pub fn open(path: impl AsRef<Path>) -> Result<Self, FolderError> {
        Folder::open(path.as_ref())
    }

    /// Writes model and claim into a folder, which is created: the claim last, so that one beside a
    /// model is always about that model. A certificate that is there is replaced;
    /// [`Folder::keep_best`] keeps the better one.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn save(&self, folder: impl AsRef<Path>) -> Result<(), FolderError> {
        Folder::create(folder.as_ref())?.write(self)
    }

    /// Checks everything that is claimed against the model file and the data. [`Verification`] has
    /// the choices beyond that.
    ///
    /// # Errors
    /// If the claim can be neither confirmed nor refuted.
    pub fn verify<'a>(&self, sample: impl Into<Sample<'a>>) -> Result<Verdict, Unverifiable> {
        let sample: Sample = sample.into();
        Verification::new(self, sample).run()
    }

    /// What is claimed.
    pub fn claim(&self) -> &Claim {
        &self.claim
    }

    /// The bytes of the model file.
    pub fn file(&self) -> &[u8] {
        &self.file
    }

    /// The network.
    ///
    /// # Errors
    /// If the file does not decode.
    pub fn model(&self) -> Result<Model, CodeError> {
        Model::decode(&self.file)
    }

    /// A claim and a file, about which nothing is known yet.
    pub fn from_parts(claim: Claim, file: Vec<u8>) -> Self {
        Self { claim, file }
    }
}
