//! How long to search, as an option.

use clap::ValueEnum;

/// The words of `--effort`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Effort {
    /// One network for a moment: to see that everything works
    Quick,
    /// Recipes that are known to do well
    Standard,
    /// These, then variations of the best so far, until none is better
    Max,
}

impl From<Effort> for nonvacuous::compress::Effort {
    fn from(effort: Effort) -> Self {
        match effort {
            Effort::Quick => Self::Quick,
            Effort::Standard => Self::Standard,
            Effort::Max => Self::Max,
        }
    }
}
