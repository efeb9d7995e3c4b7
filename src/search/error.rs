//! Why a search ends without a certificate.

use thiserror::Error;

use crate::bounds::BoundError;
use crate::certificate::{FolderError, IssueError};
use crate::code::CodeError;
use crate::compress::{CompressError, RecipeError};
use crate::data::DataError;
use crate::evaluate::EvaluationError;
use crate::network::{AsGraphError, ImportError};
use crate::pieces::PieceError;
use crate::storage::append_log::LogError;
use crate::storage::file_error::FileError;
use crate::train::TrainError;

/// Why a search ends without a certificate.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum SearchError {
    /// There are no recipes.
    #[error("there is no recipe to try")]
    NoRecipes,
    /// A part of the examples that is none, or all.
    #[error("a prior learnt on a fraction of {0}: accepted are numbers above 0 and below 1")]
    Fraction(f64),
    /// Examples that are decoded when they are needed are not polished.
    #[error(
        "photographs are not polished, but the recipe has {0} sweeps: give it sweeps = 0, or leave \
         them out"
    )]
    Sweeps(usize),
    /// Images of other channels than a base reads.
    #[error(
        "the images have {found} channels, but the base reads {expected}: only grey ones can be \
         read as several equal channels"
    )]
    Channels {
        /// Channels of the images.
        found: usize,
        /// Channels of the base's input.
        expected: usize,
    },
    /// A base without a layer that a new head could take the place of.
    #[error("the base has no dense layer whose place a new head could take")]
    NoHead,
    /// A base that is to decide by itself.
    #[error(
        "the base has {outputs} outputs for {classes} classes, so that it cannot decide by itself: \
         put a new head on it (--head features)"
    )]
    OwnClasses {
        /// Outputs of the base.
        outputs: usize,
        /// Classes of the examples.
        classes: usize,
    },
    /// A recipe that is none.
    #[error(transparent)]
    Recipe(#[from] RecipeError),
    /// A piece that cannot be written, or that belongs to something else.
    #[error(transparent)]
    Piece(#[from] PieceError),
    /// A network cannot be trained or coded.
    #[error(transparent)]
    Compress(#[from] CompressError),
    /// A training set cannot be made.
    #[error(transparent)]
    Train(#[from] TrainError),
    /// A network cannot be measured.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// A chain of layers is no graph.
    #[error(transparent)]
    AsGraph(#[from] AsGraphError),
    /// A network does not fit the data.
    #[error(transparent)]
    Evaluation(#[from] EvaluationError),
    /// A model cannot be coded.
    #[error(transparent)]
    Code(#[from] CodeError),
    /// A part of the data.
    #[error(transparent)]
    Data(#[from] DataError),
    /// A number is outside a bound's domain.
    #[error(transparent)]
    Bound(#[from] BoundError),
    /// A certificate cannot be issued.
    #[error(transparent)]
    Issue(#[from] IssueError),
    /// The folder of the certificate.
    #[error(transparent)]
    Folder(#[from] FolderError),
    /// The log of trials.
    #[error(transparent)]
    Log(#[from] LogError),
    /// A file beside the certificate.
    #[error(transparent)]
    File(#[from] FileError),
}
