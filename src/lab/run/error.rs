//! What can be wrong with an experiment.

use std::path::PathBuf;

use thiserror::Error;

use crate::bounds::BoundError;
use crate::code::CodeError;
#[cfg(feature = "train")]
use crate::compress::CompressError;
use crate::data::DataError;
use crate::evaluate::EvaluationError;
use crate::lab::edges::EdgeError;
use crate::pieces::PieceError;
use crate::storage::append_log::LogError;
use crate::storage::file_error::FileError;
#[cfg(feature = "train")]
use crate::train::stacked::StackedError;

/// Why an experiment cannot be read or run.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum RunError {
    /// The file is not TOML, or not that of an experiment.
    #[error("{0}")]
    Toml(String),
    /// None or several tables that say what is drawn.
    #[error(
        "an experiment has one table of [networks], [codebook], [randomisation], [signs], \
         [ternary], [committee], [solutions], [edges], [bounds] and [bits]; this one has {0}"
    )]
    Tables(usize),
    /// A name that does not fit into a file's name.
    #[error("the name \"{0}\" is not accepted: it needs letters, digits, - and _ only")]
    Name(String),
    /// No draws.
    #[error("draws = 0: accepted are 1 or more")]
    NoDraws,
    /// A list that is not one of numbers or texts.
    #[error(
        "{key} = {value}: accepted are a number, a text without commas and quotes, or a list of \
         such"
    )]
    Value {
        /// Its key.
        key: String,
        /// What was given.
        value: String,
    },
    /// A value outside its domain.
    #[error("{key} = {value}: accepted are {accepted}")]
    Domain {
        /// Its key.
        key: &'static str,
        /// What was given.
        value: String,
        /// What would do.
        accepted: &'static str,
    },
    /// Training is not in this build.
    #[error("[{0}] needs a build with the feature train")]
    NoTraining(&'static str),
    /// A number outside a bound's domain.
    #[error(transparent)]
    Bound(#[from] BoundError),
    /// A law at the edge of a bound that cannot be read, or that is at none.
    #[error(transparent)]
    Edge(#[from] EdgeError),
    /// Data that cannot be loaded or drawn.
    #[error(transparent)]
    Data(#[from] DataError),
    /// Layers that cannot be read, or do not fit the law.
    #[error("layers = \"{layers}\"")]
    Layers {
        /// What was given.
        layers: String,
        /// What is wrong with them.
        source: CodeError,
    },
    /// Layers of which many networks cannot be trained at once.
    #[cfg(feature = "train")]
    #[error("layers = \"{layers}\"")]
    Stack {
        /// What was given.
        layers: String,
        /// What is wrong with them.
        source: StackedError,
    },
    /// Networks that cannot be trained.
    #[cfg(feature = "train")]
    #[error("networks cannot be trained")]
    Training(#[from] StackedError),
    /// A draw that went wrong.
    #[error("draw {draw}")]
    Draw {
        /// Its number.
        draw: u64,
        /// What went wrong.
        source: DrawError,
    },
    /// Rows of something else.
    #[error(
        "{path}, line {line}: {reason}; is it from another version of the experiment? Use another \
         --out, or remove it"
    )]
    Foreign {
        /// The file.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// What does not fit.
        reason: String,
    },
    /// Two processes would write the same file.
    #[error("{0} is being written by another process; give each its own --shard or --out")]
    Locked(PathBuf),
    /// Rows that cannot be read or written.
    #[error(transparent)]
    Log(LogError),
    /// A piece that cannot be written, or that belongs to something else.
    #[error(transparent)]
    Piece(#[from] PieceError),
    /// A file or folder that cannot be read or written.
    #[error(transparent)]
    File(#[from] FileError),
}

/// Why one draw cannot be computed.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DrawError {
    /// A search that found nothing.
    #[error("none of {0} hypotheses is good enough")]
    NoHypothesis(u64),
    /// An index whose code word's length does not fit into 64 bits.
    #[error("an index that is too long for a code word")]
    Index,
    /// A learner that has no code word to send.
    #[error("no weights that can be coded")]
    NoCodeWord,
    /// A number outside a bound's domain.
    #[error(transparent)]
    Bound(#[from] BoundError),
    /// Data that cannot be drawn.
    #[error(transparent)]
    Data(#[from] DataError),
    /// A network that cannot be coded.
    #[error(transparent)]
    Code(#[from] CodeError),
    /// A network that does not fit the data.
    #[error(transparent)]
    Evaluation(#[from] EvaluationError),
    /// A network that cannot be trained or compressed.
    #[cfg(feature = "train")]
    #[error(transparent)]
    Compress(#[from] CompressError),
}

impl DrawError {
    /// The same, with the number of the draw.
    pub(super) fn of_draw(draw: u64) -> impl Fn(Self) -> RunError {
        move |source| RunError::Draw { draw, source }
    }
}
