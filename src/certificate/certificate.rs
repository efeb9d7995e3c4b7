//! A claim together with the model file that it is about.

use std::sync::Arc;

use super::claim::Claim;
use crate::code::{Base, CodeError, Model};
use crate::evaluate::ExampleDigest;
use crate::storage::memory_limit::MemoryLimit;

/// A claim about a network's error on new examples, with the file that decodes to the network.
///
/// ```
/// # fn main() -> Result<(), nonvacuous::Error> {
/// use nonvacuous::bounds::FailureProbability;
/// use nonvacuous::certificate::Certificate;
/// use nonvacuous::code::Architecture;
/// use nonvacuous::data::digits;
/// use nonvacuous::network::TrainedNetwork;
///
/// let data = digits()?;
/// let layers = Architecture::parse("dense:10", data.train.shape())?;
/// let model = TrainedNetwork::new(layers, vec![vec![0.5; 640]])?.model()?;
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
    base: Option<Arc<Base>>,
    limit: MemoryLimit,
    digests: Option<Vec<ExampleDigest>>,
}

impl Certificate {
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
    /// If the file does not decode, or asks for more memory than is [allowed](Self::allowing); if
    /// it is relative to a base, and that is not [given](Self::with_base).
    pub fn model(&self) -> Result<Model, CodeError> {
        Model::read(&self.file, self.base.as_deref(), self.limit)
    }

    /// The same certificate, with what its model file is relative to. Unless another limit is
    /// [allowed](Self::allowing) afterwards, the base's bytes count as the file's.
    pub fn with_base(self, base: Arc<Base>) -> Self {
        let limit = base.limit_with(&self.file);
        let base = Some(base);
        Self {
            base,
            limit,
            ..self
        }
    }

    /// What the model file is relative to, as far as that is at hand.
    pub fn base(&self) -> Option<&Base> {
        self.base.as_deref()
    }

    /// The same certificate, whose model may take so much memory; without it,
    /// [`MemoryLimit::of_file`].
    pub fn allowing(self, limit: MemoryLimit) -> Self {
        Self { limit, ..self }
    }

    /// The digests of all training examples in the order of the maker's, where decoding them all
    /// is dear and only a subsample was evaluated.
    pub fn digests(&self) -> Option<&[ExampleDigest]> {
        self.digests.as_deref()
    }

    /// A claim and a file, about which nothing is known yet.
    pub fn from_parts(claim: Claim, file: Vec<u8>) -> Self {
        let limit = MemoryLimit::of_file(file.len());
        Self {
            claim,
            file,
            base: None,
            limit,
            digests: None,
        }
    }

    /// The same, with the digests of all training examples.
    pub fn with_digests(self, digests: Option<Vec<ExampleDigest>>) -> Self {
        Self { digests, ..self }
    }
}
