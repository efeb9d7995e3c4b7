//! What an evaluation needs, and what it finds.

use crate::evaluate::{EvaluationError, Evaluator, ExampleDigest, Loss};
use crate::pieces::PieceError;
use crate::storage::append_log::LogError;

/// Is told how many examples more have been evaluated, and what is wrong with those that cannot be
/// read.
pub type Report<'a> = dyn Fn(usize, &[String]) + 'a;

/// What became of one example.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Outcome {
    /// Its class; none if it cannot be read.
    pub(super) class: Option<usize>,
    /// Whether the network misclassifies it.
    pub(super) is_misclassified: bool,
}

impl From<(Option<usize>, bool)> for Outcome {
    fn from((class, is_misclassified): (Option<usize>, bool)) -> Self {
        Self {
            class,
            is_misclassified,
        }
    }
}

/// What an evaluation found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Counted {
    /// One for each example evaluated, in their order.
    pub(super) outcomes: Vec<Outcome>,
    /// The digests of all examples, or with [`Selection::DrawnAlone`] of those evaluated.
    pub(super) digests: Vec<ExampleDigest>,
    /// How many examples were not evaluated here, but taken from pieces.
    pub(super) taken: u64,
}

impl Counted {
    /// Number of errors, with those that cannot be read.
    pub(super) fn errors(&self) -> u64 {
        let errors = self.outcomes.iter().filter(|one| one.is_misclassified);
        errors.count() as u64
    }
}

/// What is evaluated, and by which network.
#[derive(Debug, Clone, Copy)]
pub(super) struct Count<'a> {
    /// What the file stands for.
    pub(super) evaluator: &'a Evaluator,
    /// SHA-256 of the file.
    pub(super) model_sha256: &'a str,
    /// When an example is misclassified.
    pub(super) loss: Loss,
}

/// Why errors cannot be counted.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CountError {
    /// The network does not fit the examples.
    #[error(transparent)]
    Evaluation(#[from] EvaluationError),
    /// The log.
    #[error(transparent)]
    Log(#[from] LogError),
    /// A piece.
    #[error(transparent)]
    Piece(#[from] PieceError),
}
