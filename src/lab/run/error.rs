//! What can be wrong with an experiment.

use std::path::PathBuf;

use thiserror::Error;

use crate::bounds::BoundError;
use crate::data::DataError;
use crate::storage::append_log::LogError;
use crate::storage::file_error::FileError;

/// Why an experiment cannot be read or run.
#[derive(Debug, Error)]
pub enum RunError {
    /// The file is not TOML, or not that of an experiment.
    #[error("{0}")]
    Toml(String),
    /// None or several tables that say what is drawn.
    #[error(
        "an experiment has one table of [networks], [codebook], [randomisation], [bounds] and [bits]; this one has {0}"
    )]
    Tables(usize),
    /// A name that does not fit into a file's name.
    #[error("the name \"{0}\" is not accepted: it needs letters, digits, - and _ only")]
    Name(String),
    /// No draws.
    #[error("draws = 0: accepted are 1 or more")]
    NoDraws,
    /// A list that is not one of numbers or texts.
    #[error("{key} = {value}: accepted are a number, a text without commas and quotes, or a list of such")]
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
    /// Data that cannot be loaded or drawn.
    #[error(transparent)]
    Data(#[from] DataError),
    /// A draw that went wrong.
    #[error("{draw}: {reason}")]
    Draw {
        /// Which one.
        draw: String,
        /// What went wrong.
        reason: String,
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
    /// A file or folder that cannot be read or written.
    #[error(transparent)]
    File(#[from] FileError),
}
