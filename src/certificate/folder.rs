//! The folder of a certificate: names of its files, the order in which they are written, and which
//! certificate stays.

use std::ffi::OsStr;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::certificate::Certificate;
use super::claim::{Claim, ClaimError};
use super::sentence::percent_up;
use crate::bounds::FailureProbability;
use crate::digest::sha256;
use crate::evaluate::{ExampleDigest, ExamplesDigest, Loss, Sample};
use crate::printable::escaped;
use crate::storage::file_error::FileError;
use crate::storage::whole_file;

/// Name of the model file.
pub const MODEL_FILE: &str = "model.nvc";

/// Name of the claim.
const CLAIM_FILE: &str = "certificate.json";

/// Name of the digests of all training examples.
const DIGESTS_FILE: &str = "examples.sha256";

/// Name of what the tensors of an imported network were called.
const NAMES_FILE: &str = "model.names.json";

/// Name of the log of a search.
const TRIALS_FILE: &str = "trials.csv";

/// Name of the recipe that made the model.
const RECIPE_FILE: &str = "recipe.toml";

/// A folder for one certificate.
///
/// It holds `model.nvc`, `certificate.json`; if the network was found by a search, `recipe.toml`
/// and `trials.csv`; if a part of examples was evaluated that are dear to decode,
/// `examples.sha256`, the 32 bytes of the digest of each; and if the network was imported,
/// `model.names.json`, which the command writes. The claim is written last and removed
/// first, so that one beside a model is always about that model, whenever a process was killed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder(PathBuf);

/// Why a certificate cannot be read from its folder, or not be written into it.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FolderError {
    /// The operating system reported an error.
    #[error(transparent)]
    File(#[from] FileError),
    /// The claim cannot be read.
    #[error("{path}", path = .path.display())]
    Claim {
        /// Its file.
        path: PathBuf,
        /// What is wrong with it.
        source: ClaimError,
    },
    /// The claim names a model file that is elsewhere.
    #[error("the model file {name:?} is not the name of a file beside the certificate")]
    ModelElsewhere {
        /// What it names.
        name: String,
    },
    /// The folder holds a certificate that this one cannot be compared with.
    #[error(
        "{path} holds a certificate about other examples, or at another delta or loss ({held}): \
         name another folder (--out), or have it replaced (--replace)",
        path = .path.display()
    )]
    Other {
        /// The claim that is there.
        path: PathBuf,
        /// What it says in a few words.
        held: String,
    },
    /// The file of digests is not one digest for each example.
    #[error(
        "{path} has {found} bytes: {examples} training examples have {}",
        32 * u128::from(*examples), path = .path.display()
    )]
    Digests {
        /// The file.
        path: PathBuf,
        /// Its length.
        found: usize,
        /// What the claim says.
        examples: u64,
    },
    /// The claim cannot be written as JSON.
    #[error("the claim cannot be written as JSON")]
    Json(#[from] serde_json::Error),
}

impl Certificate {
    /// Reads a certificate from the folder that it was saved in, or from its `certificate.json`;
    /// the model file is beside it. Nothing is checked yet.
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
}

/// Which of two certificates is in a folder after [`Folder::keep_best`].
#[derive(Debug, Clone, PartialEq)]
pub enum Kept {
    /// The new one.
    New,
    /// The one that was there, whose bound is no larger.
    Older(Box<Claim>),
}

impl Folder {
    /// A folder, whether or not it is there.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    /// A folder, which is created with those above it.
    ///
    /// # Errors
    /// If it cannot be.
    pub fn create(path: &Path) -> Result<Self, FolderError> {
        whole_file::create_folder(path)?;
        Ok(Self::at(path))
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The model file.
    #[must_use]
    pub fn model(&self) -> PathBuf {
        self.0.join(MODEL_FILE)
    }

    /// The claim.
    #[must_use]
    pub fn claim(&self) -> PathBuf {
        self.0.join(CLAIM_FILE)
    }

    /// The recipe that made the model.
    #[must_use]
    pub fn recipe(&self) -> PathBuf {
        self.0.join(RECIPE_FILE)
    }

    /// The log of a search.
    #[must_use]
    pub fn trials(&self) -> PathBuf {
        self.0.join(TRIALS_FILE)
    }

    /// The certificate in a folder, or at the path of a claim.
    pub(super) fn open(path: &Path) -> Result<Certificate, FolderError> {
        let path = if path.is_dir() {
            Self::at(path).claim()
        } else {
            path.to_path_buf()
        };
        let text = whole_file::read_text(&path)?;
        let claim: Claim = text.parse().map_err(|source| FolderError::Claim {
            path: path.clone(),
            source,
        })?;
        let name = &claim.model.file;
        if Path::new(name).file_name() != Some(OsStr::new(name)) {
            return Err(FolderError::ModelElsewhere { name: name.clone() });
        }
        let file = whole_file::read(&path.with_file_name(name))?;
        let digests = digests_beside(&path, claim.n)?;
        Ok(Certificate::from_parts(claim, file).with_digests(digests))
    }

    /// The certificate that is there, if there is one whose model file is the one it is about.
    ///
    /// # Errors
    /// If there is a claim that cannot be read.
    pub fn certificate(&self) -> Result<Option<Certificate>, FolderError> {
        match Self::open(&self.0) {
            Ok(certificate) => {
                let is_intact = sha256(certificate.file()) == certificate.claim().model.sha256;
                Ok(Some(certificate).filter(|_| is_intact))
            }
            Err(FolderError::File(error)) if error.source.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Whether a certificate about these examples may go into the folder, as far as that is known
    /// before errors are counted.
    ///
    /// # Errors
    /// [`FolderError::Other`] if there is one that it could not be compared with;
    /// [`FolderError::Claim`] if there is one that cannot be read.
    pub fn check(
        &self,
        sample: &Sample,
        loss: Loss,
        delta: FailureProbability,
    ) -> Result<(), FolderError> {
        let Some(certificate) = self.certificate()? else {
            return Ok(());
        };
        let held = certificate.claim();
        let n = sample.training.len();
        let is_known = sample.training.is_decoded() && held.class_map.is_none();
        let same_digest =
            !is_known || ExamplesDigest::of(sample.training).sha256 == held.training_set.sha256;
        let same_terms = held.loss == loss.name() && held.delta == delta.get();
        if same_digest && same_terms && held.n == n as u64 {
            Ok(())
        } else {
            Err(self.other(held))
        }
    }

    /// Writes a certificate, and removes one that is there first, with the names of its tensors if
    /// the model is another.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn write(&self, certificate: &Certificate) -> Result<(), FolderError> {
        let path = self.claim();
        remove_if_there(&path)?;
        let held = whole_file::read(&self.model());
        if held.map_or(true, |held| held != certificate.file()) {
            remove_if_there(&self.0.join(NAMES_FILE))?;
        }
        whole_file::write(&self.model(), certificate.file())?;
        let digests = self.0.join(DIGESTS_FILE);
        match certificate.digests() {
            Some(all) => whole_file::write(&digests, all.as_flattened())?,
            None => remove_if_there(&digests)?,
        }
        let text = certificate.claim().to_json()?;
        Ok(whole_file::write(&path, text.as_bytes())?)
    }

    /// Writes a certificate unless the folder holds a comparable one whose bound is no larger.
    ///
    /// # Errors
    /// [`FolderError::Other`] if the folder holds one about other examples, or at another `delta`
    /// or loss; otherwise if a file cannot be read or written.
    pub fn keep_best(&self, certificate: &Certificate) -> Result<Kept, FolderError> {
        if let Some(held) = self.certificate()? {
            let (held, new) = (held.claim(), certificate.claim());
            if !held.is_comparable(new) {
                return Err(self.other(held));
            }
            if held.bounds.occam_binomial <= new.bounds.occam_binomial {
                return Ok(Kept::Older(Box::new(held.clone())));
            }
        }
        self.write(certificate)?;
        Ok(Kept::New)
    }

    /// Writes a certificate over whatever is there, if it is to be replaced; else as
    /// [`Folder::keep_best`].
    ///
    /// # Errors
    /// As [`Folder::write`] or [`Folder::keep_best`].
    pub fn keep(&self, certificate: &Certificate, replace: bool) -> Result<Kept, FolderError> {
        if !replace {
            return self.keep_best(certificate);
        }
        self.write(certificate)?;
        Ok(Kept::New)
    }

    fn other(&self, held: &Claim) -> FolderError {
        FolderError::Other {
            path: self.claim(),
            held: format!(
                "{}, {} examples, at most {} at delta {}",
                escaped(&held.training_set.name),
                held.n,
                percent_up(held.bounds.occam_binomial),
                held.delta
            ),
        }
    }
}

/// The digests of all examples, if they are beside a claim about so many.
fn digests_beside(claim: &Path, examples: u64) -> Result<Option<Vec<ExampleDigest>>, FolderError> {
    let path = claim.with_file_name(DIGESTS_FILE);
    let bytes = match whole_file::read(&path) {
        Err(error) if error.source.kind() == ErrorKind::NotFound => return Ok(None),
        bytes => bytes?,
    };
    match bytes.as_chunks() {
        (digests, []) if digests.len() as u64 == examples => Ok(Some(digests.to_vec())),
        _ => Err(FolderError::Digests {
            path,
            found: bytes.len(),
            examples,
        }),
    }
}

fn remove_if_there(path: &Path) -> Result<(), FileError> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(FileError::new("replace", path, error))
        }
        _ => Ok(()),
    }
}
