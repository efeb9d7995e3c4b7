//! Why there is no picture or page.

use std::path::PathBuf;

use thiserror::Error;

use crate::bounds::BoundError;
use crate::certificate::ClaimError;
use crate::code::CodeError;
use crate::storage::file_error::FileError;

/// Why there is no picture or page.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FigureError {
    /// A name that no figure of a folder has.
    #[error("there is no figure \"{name}\"; accepted are {accepted}{}", meant(.hint))]
    UnknownFigure {
        /// What was given.
        name: String,
        /// The name that was probably meant.
        hint: Option<String>,
        /// All names.
        accepted: String,
    },
    /// A name that no kind of figure has.
    #[error("there is no kind of figure \"{name}\"; accepted are {accepted}{}", meant(.hint))]
    UnknownKind {
        /// What was given.
        name: String,
        /// The name that was probably meant.
        hint: Option<String>,
        /// All names.
        accepted: String,
    },
    /// Too few files for a kind of figure, or too many.
    #[error("a figure of kind {kind} is drawn from {accepted}; given were {given} files")]
    Files {
        /// The kind.
        kind: &'static str,
        /// The files that it is drawn from.
        accepted: &'static str,
        /// How many there were.
        given: usize,
    },
    /// A file or a folder cannot be read.
    #[error(transparent)]
    Read(#[from] FileError),
    /// A file that is not CSV.
    #[error("{path} is not a CSV file")]
    NotCsv {
        /// The file.
        path: PathBuf,
        /// What is wrong with its form.
        source: csv::Error,
    },
    /// A CSV file without the columns that are drawn.
    #[error(
        "{path}: no column {missing}; a figure of kind {kind} needs {needed}, \
         and the file has {present}"
    )]
    MissingColumns {
        /// The file.
        path: PathBuf,
        /// The kind of figure.
        kind: &'static str,
        /// The columns that are not there.
        missing: String,
        /// All columns that are drawn.
        needed: String,
        /// The columns that are there.
        present: String,
    },
    /// Certificates of one figure about different data.
    #[error("{0}: it is about other data than the first certificate, or at another delta")]
    OtherData(PathBuf),
    /// A CSV file with values that cannot be drawn.
    #[error("{path}: {reason}")]
    Values {
        /// The file.
        path: PathBuf,
        /// The value, and what is accepted.
        reason: String,
    },
    /// A list of figures in another form.
    #[error("{path} is not a list of figures")]
    NotAList {
        /// The file.
        path: PathBuf,
        /// What is wrong with it, and where.
        source: Box<toml::de::Error>,
    },
    /// A figure of a list that cannot be one.
    #[error("{path}: figure \"{name}\": {reason}")]
    Listed {
        /// The list.
        path: PathBuf,
        /// The figure's name.
        name: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A file that is not a certificate.
    #[error("{path} cannot be read as a certificate")]
    Certificate {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: ClaimError,
    },
    /// A certificate whose model file is not beside it.
    #[error(
        "{path}: model file \"{file}\": accepted is the name of a file beside the certificate"
    )]
    ModelElsewhere {
        /// The certificate.
        path: PathBuf,
        /// The model file that it names.
        file: String,
    },
    /// A file that is not a model file.
    #[error("{path} does not decode to a network")]
    Model {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: CodeError,
    },
    /// A folder with neither a certificate nor experiments.
    #[error(
        "{0} has neither certificate.json nor CSV files of experiments; \
         give a folder that certify or run has written"
    )]
    NothingThere(PathBuf),
    /// The drawing library reported an error.
    #[error("cannot draw: {0}")]
    Drawing(String),
    /// A number outside a bound's domain.
    #[error(transparent)]
    Bound(#[from] BoundError),
}

/// The end of a message about an unknown name.
fn meant(hint: &Option<String>) -> String {
    match hint {
        Some(hint) => format!(" (did you mean \"{hint}\"?)"),
        None => String::new(),
    }
}
