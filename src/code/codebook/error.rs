//! What may be wrong with a codebook.

use thiserror::Error;

/// Why the format cannot write a codebook.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum CodebookError {
    /// Single precision has no more digits.
    #[error("{digits} binary digits in a codebook, but at most {limit} are accepted")]
    Digits {
        /// Binary digits after the leading one.
        digits: u32,
        /// Most accepted.
        limit: u32,
    },
    /// A value that has more digits than were asked for.
    #[error("the codebook's value {value} is not a number with {digits} binary digits")]
    Inexact {
        /// The value.
        value: f32,
        /// Binary digits after the leading one.
        digits: u32,
    },
    /// Symbols are bytes.
    #[error("{count} values in a codebook, but at most {limit} are accepted")]
    TooManyValues {
        /// Number of values.
        count: u64,
        /// Most accepted.
        limit: usize,
    },
    /// Zero, infinite, not a number, or with an exponent too small for all digits.
    #[error("the codebook's value {value} is not a normal number")]
    NotNormal {
        /// The value.
        value: f32,
    },
    /// Each value is larger than the one before.
    #[error("values of a codebook must ascend, but {before} comes before {after}")]
    Order {
        /// The value that comes first.
        before: f32,
        /// The one that comes next.
        after: f32,
    },
    /// A number in a file that no codebook has.
    #[error("{what} of {value} in a codebook is outside the format's range")]
    OutOfRange {
        /// What the number is.
        what: &'static str,
        /// The number.
        value: i64,
    },
    /// Every codebook is used by at least one tensor.
    #[error("no tensor uses codebook {codebook}, counted from 0")]
    Unused {
        /// The first codebook that is not used.
        codebook: usize,
    },
}
