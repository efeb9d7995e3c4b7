//! Why a certificate can be neither confirmed nor refuted.

use thiserror::Error;

use super::counted::CountError;
use crate::code::CodeError;
use crate::printable::escaped;

/// Why a certificate can be neither confirmed nor refuted.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Unverifiable {
    /// The model file is the one the certificate is about, but is of an unknown format, or takes
    /// more memory or work than is allowed.
    #[error(transparent)]
    Model(CodeError),
    /// The claim is about a loss that this source does not know.
    #[error(
        "the certificate is about the loss \"{}\", which this nonvacuous does not know",
        escaped(.0)
    )]
    Loss(String),
    /// The results of the evaluation cannot be kept, or those in pieces are not of it.
    #[error(transparent)]
    Log(CountError),
    /// The operating system gives no randomness to draw a subsample by.
    #[error("the operating system gives no randomness; name a seed (--seed)")]
    Randomness(#[source] getrandom::Error),
    /// The model file is relative to a base, and none is given.
    #[error(
        "the model file is relative to a base, whose file has SHA-256 {sha256} and came from \
         \"{}\": name that file (--base FILE)",
        escaped(source_of_base)
    )]
    NoBase {
        /// Digest of its file.
        sha256: String,
        /// Where it came from, as the claim says.
        source_of_base: String,
    },
    /// Another base is given.
    #[error("the certificate is about a base with SHA-256 {claimed}, but that given has {found}")]
    OtherBase {
        /// What the claim says.
        claimed: String,
        /// That of the base given.
        found: String,
    },
    /// A base is given, but the claim is about a complete file.
    #[error("the certificate is about a file that is complete by itself: leave out --base")]
    NeedlessBase,
    /// A part of the examples is to be evaluated, but the claim counts all.
    #[error("the certificate counts all examples: nothing less can confirm it")]
    CountsAll,
    /// Pieces of a subsample that each verifier would draw for himself.
    #[error(
        "the certificate counts a subsample, and each piece would draw its own: say which \
         examples all of them evaluate (--all, or the same --seed N that the maker could not guess)"
    )]
    OwnDraws,
    /// A subsample of none.
    #[error("a subsample of none of the examples says nothing")]
    EmptyDraw,
    /// The claim counts groups, and nobody has said which example is in which.
    #[error("the certificate counts groups: say which example is in which (--groups FILE)")]
    NoGroups,
    /// Groups are given, but the claim counts examples.
    #[error("the certificate counts examples: it has no use for groups")]
    NeedlessGroups,
    /// Not as many groups as examples.
    #[error("groups of {found} examples, but there are {examples}: one number for each is needed")]
    Groups {
        /// What was given.
        found: usize,
        /// What there is.
        examples: usize,
    },
}
