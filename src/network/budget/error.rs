//! What can be wrong with a budget.

use thiserror::Error;

use crate::code::CodeError;
use crate::network::import::ImportError;

/// Why a network does not fit a budget.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum BudgetError {
    /// The network.
    #[error(transparent)]
    Import(#[from] ImportError),
    /// The code.
    #[error(transparent)]
    Code(#[from] CodeError),
    /// Not even the coarsest grids are within it.
    #[error("a budget of {budget} bytes is too small: the least that was reached is {least}")]
    TooSmall {
        /// What was asked for.
        budget: usize,
        /// What was reached.
        least: usize,
    },
}
