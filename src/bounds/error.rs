//! What can be wrong with the arguments of a bound.

use thiserror::Error;

/// An argument outside its domain.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum BoundError {
    /// More errors than examples.
    #[error("{errors} errors in {examples} examples: there cannot be more errors than examples")]
    MoreErrorsThanExamples {
        /// Number of errors.
        errors: u64,
        /// Number of examples.
        examples: u64,
    },
    /// No examples, or too many to count exactly.
    #[error("{0} examples: accepted are 1 to 1e12")]
    Examples(u64),
    /// A length or divergence that is negative, not finite, or not a number.
    #[error("{0} {1}: accepted are finite numbers from 0")]
    Length(f64, &'static str),
    /// A probability outside the closed interval from 0 to 1.
    #[error("{0} is not a probability: accepted are numbers from 0 to 1")]
    Probability(f64),
    /// A failure probability outside the open interval from 0 to 1.
    #[error("delta = {0}: accepted are numbers between 0 and 1, both excluded")]
    FailureProbability(f64),
    /// Text that is not a number.
    #[error("\"{0}\" is not a decimal number")]
    Decimal(String),
    /// A parameter of a bound outside its open interval.
    #[error("{name} = {value}: accepted are finite numbers above {above}{}", and_below(*below))]
    Parameter {
        /// What it is called.
        name: &'static str,
        /// What was given.
        value: f64,
        /// Lower end of the interval, excluded.
        above: f64,
        /// Upper end of the interval, excluded.
        below: f64,
    },
    /// A part that is not smaller than the whole.
    #[error("{part} examples {purpose} out of {examples}: accepted are at most {most}")]
    Part {
        /// Size of the part.
        part: u64,
        /// What it is for.
        purpose: &'static str,
        /// Size of the whole.
        examples: u64,
        /// Largest part that is accepted.
        most: u64,
    },
    /// A training and a test error that no learner can have, whatever the length of its messages.
    #[error(
        "a training error of {train} with a test error of {test} is impossible: \
         a test error of 0 or 1 leaves no doubt about the training error"
    )]
    Impossible {
        /// Expected training error.
        train: f64,
        /// Expected test error.
        test: f64,
    },
    /// A codebook without codewords, or with one that is not a number.
    #[error(
        "a codebook of {0} codewords, {1} of them not finite: accepted are one or more finite \
         codewords"
    )]
    Codebook(usize, usize),
}

/// The upper end of an open interval, in words, if it has one.
fn and_below(below: f64) -> String {
    if below.is_finite() {
        format!(" and below {below}")
    } else {
        String::new()
    }
}

/// Checks that `value` is finite and strictly between `above` and `below`.
pub(super) fn inside(
    name: &'static str,
    value: f64,
    above: f64,
    below: f64,
) -> Result<f64, BoundError> {
    if value > above && value < below {
        Ok(value)
    } else {
        Err(BoundError::Parameter {
            name,
            value,
            above,
            below,
        })
    }
}
