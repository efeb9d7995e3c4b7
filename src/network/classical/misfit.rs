//! Why a theorem says nothing about a network.

use thiserror::Error;

use crate::storage::memory_limit::TooMuchMemory;

/// Why there is no value of a bound.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum NoBound {
    /// Sums of branches.
    #[error("does not apply: branches are added, and the theorem is about a chain of layers")]
    ResidualSum,
    /// A graph with operators that no chain has: attention, concatenation, and so on.
    #[error("does not apply: the graph is no chain of layers")]
    NoChain,
    /// The same, for a theorem that may well be about it.
    #[error(
        "not computed: comparisons are counted of chains of layers only, with branches or not"
    )]
    NotCounted,
    /// A layer normalisation whose scale matters for the decision.
    #[error(
        "does not apply: a layer normalisation divides by a number of its own for each example, \
         and what follows does not commute with that"
    )]
    Normalisation,
    /// Fixed filters between layers with weights.
    #[error("does not apply: fixed filters stand behind a layer with weights")]
    FixedFilters,
    /// An activation that does not commute with positive scaling.
    #[error("does not apply: ReLU6 does not commute with positive scaling, as ReLU does")]
    NotHomogeneous,
    /// Nothing was learned.
    #[error("does not apply: no layer has weights")]
    NoWeights,
    /// A weight that is infinite or not a number.
    #[error("does not apply: a weight is not a finite number")]
    NotFinite,
    /// No example is classified right.
    #[error("does not apply: no training example has a positive margin")]
    NoMargin,
    /// A cushion of zero, or an activation contraction without limit.
    #[error("does not apply: a layer makes nothing of a training example that is not zero")]
    NoCushion,
    /// Counts without examples.
    #[error("not computed: margins take the training examples (--data)")]
    NoExamples,
    /// The linear maps as matrices do not fit.
    #[error("not computed: the linear maps are too large: {0}")]
    Memory(#[from] TooMuchMemory),
}
