//! A law, a class, a code for it, and a number of examples: everything but the learner.

use thiserror::Error;

use super::class::HypothesisClass;
use super::law::{FiniteLaw, WeightedSample};
use super::learner::POSTERIOR_TOTAL;
use super::prefix_code::PrefixCode;

/// Why an instance cannot be enumerated exactly.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum InstanceError {
    /// The masses would not fit 128-bit integers.
    #[error(
        "{examples} examples with weights that sum to {total}: accepted are those with \
         total^examples below 2^100"
    )]
    TooLarge {
        /// Number of examples.
        examples: u32,
        /// Sum of the law's weights.
        total: u64,
    },
    /// The table of losses has another number of examples than the law, or the code another number
    /// of messages than the class.
    #[error(
        "a law on {law} examples, losses for {losses}; {hypotheses} hypotheses, {messages} code \
         words: accepted are equal numbers"
    )]
    Mismatch {
        /// Examples of the law.
        law: usize,
        /// Columns of the table.
        losses: usize,
        /// Rows of the table.
        hypotheses: usize,
        /// Messages of the code.
        messages: usize,
    },
    /// No examples.
    #[error("a sample of 0 examples: accepted are 1 or more")]
    NoExamples,
}

/// `n w^(n + 1)` is below this, so that there is room for a posterior's units.
const MOST_UNITS: u128 = 1 << 112;

/// `n` independent examples of a law, a class that learns from them, and a prefix code for its
/// hypotheses.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instance {
    law: FiniteLaw,
    class: HypothesisClass,
    code: PrefixCode,
    examples: u32,
    units: u128,
}

impl Instance {
    /// Checks that sizes agree and masses fit.
    ///
    /// # Errors
    /// As [`InstanceError`] says.
    pub fn new(
        law: FiniteLaw,
        class: HypothesisClass,
        code: PrefixCode,
        examples: u32,
    ) -> Result<Self, InstanceError> {
        let columns = class.losses().first().map_or(0, Vec::len);
        if columns != law.weights().len() || class.len() != code.lengths().len() {
            return Err(InstanceError::Mismatch {
                law: law.weights().len(),
                losses: columns,
                hypotheses: class.len(),
                messages: code.lengths().len(),
            });
        }
        if examples == 0 {
            return Err(InstanceError::NoExamples);
        }
        let fits = |units: &u128| {
            let sums = units
                .checked_mul(law.total().into())
                .and_then(|units| units.checked_mul(examples.into()));
            sums.is_some_and(|sums| sums < MOST_UNITS)
        };
        let units = law.units(examples).filter(fits);
        let units = units.ok_or(InstanceError::TooLarge {
            examples,
            total: law.total(),
        })?;
        Ok(Self {
            law,
            class,
            code,
            examples,
            units,
        })
    }

    /// The law of an example.
    #[must_use]
    pub fn law(&self) -> &FiniteLaw {
        &self.law
    }

    /// Who errs where.
    #[must_use]
    pub fn class(&self) -> &HypothesisClass {
        &self.class
    }

    /// The code that was fixed before the data.
    #[must_use]
    pub fn code(&self) -> &PrefixCode {
        &self.code
    }

    /// `n`.
    #[must_use]
    pub fn examples(&self) -> u32 {
        self.examples
    }

    /// The whole mass of all samples.
    #[must_use]
    pub fn units(&self) -> u128 {
        self.units
    }

    /// The whole mass of all samples and hypotheses drawn from posteriors.
    #[must_use]
    pub fn posterior_units(&self) -> u128 {
        self.units * u128::from(POSTERIOR_TOTAL)
    }

    /// The population error of each hypothesis, correctly rounded.
    #[must_use]
    pub fn population_errors(&self) -> Vec<f64> {
        let total = self.law.total() as f64;
        self.class
            .population_errors(&self.law)
            .into_iter()
            .map(|errors| errors as f64 / total)
            .collect()
    }

    /// The probability of an event: of those of `samples` (all sequences or all type classes) for
    /// which it `happens`, rounded once.
    #[must_use]
    pub fn probability(&self, samples: &[WeightedSample], happens: &[bool]) -> f64 {
        let pairs = samples.iter().zip(happens);
        let mass: u128 = pairs
            .filter(|(_, &happens)| happens)
            .map(|(sample, _)| sample.mass)
            .sum();
        mass as f64 / self.units as f64
    }
}
