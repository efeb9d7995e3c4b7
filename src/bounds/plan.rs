//! The planner's question: what does a bound take?
//!
//! Of the number of examples, the errors and the bits, two are given and the third is found by
//! bisection over [`occam_binomial`], the bound that certificates use: what is returned keeps the
//! bound at or below the target, and one more bit, one more error or one example less does not.
//! Both are evaluations of the bound itself, so that the answer is on the safe side wherever the
//! bound is; no approximation of an inverse is involved.
//!
//! The bits are all that is charged: for a model file of this program its length and the bits for
//! the design of its format.

use std::str::FromStr;

use super::error::{inside, BoundError};
use super::occam::occam_binomial;
use crate::bounds::quantities::bits_and_nats::Bits;
use crate::bounds::quantities::probability::{FailureProbability, Probability};
use crate::bounds::quantities::risk::{EmpiricalRisk, SampleSize};
use crate::bounds::quantities::rounding::down;

/// Doubles are whole up to here; no code word is longer.
pub(super) const MOST_BITS: u64 = (1 << 53) - 1;

/// A bound to be reached: between 0, which no bound reaches, and 1, which every one does.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Target(f64);

impl Target {
    /// Checks a target.
    ///
    /// # Errors
    /// [`BoundError::Parameter`] if it is not strictly between 0 and 1.
    pub fn new(target: f64) -> Result<Self, BoundError> {
        inside("target", target, 0.0, 1.0).map(Self)
    }

    /// The bound.
    #[must_use]
    pub fn get(self) -> f64 {
        self.0
    }

    fn is_reached_by(self, risk: EmpiricalRisk, bits: Bits, delta: FailureProbability) -> bool {
        occam_binomial(risk, bits, delta) <= self.0
    }
}

impl FromStr for Target {
    type Err = BoundError;

    /// A double that is not above the decimal: who reaches it reaches the decimal.
    fn from_str(decimal: &str) -> Result<Self, BoundError> {
        let nearest = decimal
            .trim()
            .parse()
            .map_err(|_| BoundError::Decimal(decimal.to_string()))?;
        Self::new(nearest)?;
        Self::new(down(nearest, 1))
    }
}

/// The most bits with which `risk` reaches `target`, a whole number: one more does not. Nothing if
/// it does not even without bits.
///
/// ```
/// use nonvacuous::bounds::{most_bits, EmpiricalRisk, FailureProbability, Target};
/// let risk = EmpiricalRisk::new(9_000, 50_000)?;
/// let bits = most_bits(risk, FailureProbability::new(0.05)?, Target::new(0.2)?);
/// assert_eq!(bits, Some(92));
/// # Ok::<(), nonvacuous::bounds::BoundError>(())
/// ```
#[must_use]
pub fn most_bits(risk: EmpiricalRisk, delta: FailureProbability, target: Target) -> Option<u64> {
    largest(0, MOST_BITS, |bits| {
        target.is_reached_by(risk, Bits::trusted(bits as f64), delta)
    })
}

/// The most errors with which so many examples and bits reach `target`: one more does not. Nothing
/// if they do not even without errors.
///
/// ```
/// use nonvacuous::bounds::{most_errors, Bits, FailureProbability, SampleSize, Target};
/// let (n, bits) = (SampleSize::new(50_000)?, Bits::new(2_000.0)?);
/// let errors = most_errors(n, bits, FailureProbability::new(0.05)?, Target::new(0.2)?);
/// assert_eq!(errors, Some(5_602));
/// # Ok::<(), nonvacuous::bounds::BoundError>(())
/// ```
#[must_use]
pub fn most_errors(
    examples: SampleSize,
    bits: Bits,
    delta: FailureProbability,
    target: Target,
) -> Option<u64> {
    largest(0, examples.get(), |errors| {
        let risk = EmpiricalRisk::new(errors, examples.get());
        risk.is_ok_and(|risk| target.is_reached_by(risk, bits, delta))
    })
}

/// The fewest examples with which `errors` and so many bits reach `target`: one less does not.
/// Nothing if `1e12` do not, the most that are accepted.
///
/// ```
/// use nonvacuous::bounds::{fewest_examples, Bits, FailureProbability, Target};
/// let (bits, delta) = (Bits::new(2_000.0)?, FailureProbability::new(0.05)?);
/// let risk = fewest_examples(9_000, bits, delta, Target::new(0.2)?);
/// assert_eq!(risk.map(|risk| risk.sample_size().get()), Some(71_656));
/// # Ok::<(), nonvacuous::bounds::BoundError>(())
/// ```
#[must_use]
pub fn fewest_examples(
    errors: u64,
    bits: Bits,
    delta: FailureProbability,
    target: Target,
) -> Option<EmpiricalRisk> {
    smallest_sample(bits, delta, target, |_| errors)
}

/// The fewest examples, and the errors among them, with which a training error of at most `rate`
/// and so many bits reach `target`. Nothing if `1e12` do not.
///
/// Errors are whole: of `n` examples at most [`errors_of`] are errors. One example less does not
/// reach the target; more examples with the same number of errors do, and so do many more at the
/// same rate, but where the next whole error comes a few more may again be too few.
///
/// ```
/// use nonvacuous::bounds::{
///     fewest_examples_at_rate, Bits, FailureProbability, Probability, Target,
/// };
/// let (bits, delta) = (Bits::new(2_000.0)?, FailureProbability::new(0.05)?);
/// let rate: Probability = "0.18".parse()?;
/// let risk = fewest_examples_at_rate(rate, bits, delta, Target::new(0.2)?).unwrap();
/// assert_eq!((risk.count(), risk.sample_size().get()), (194_219, 1_078_998));
/// # Ok::<(), nonvacuous::bounds::BoundError>(())
/// ```
#[must_use]
pub fn fewest_examples_at_rate(
    rate: Probability,
    bits: Bits,
    delta: FailureProbability,
    target: Target,
) -> Option<EmpiricalRisk> {
    smallest_sample(bits, delta, target, |examples| errors_of(rate, examples))
}

/// The most errors that a training error of at most `rate` leaves room for among so many examples.
/// Whole multiples of `1/n` are meant exactly, however their decimals round.
#[must_use]
pub fn errors_of(rate: Probability, examples: SampleSize) -> u64 {
    let most = (examples.real() * rate.get() * (1.0 + 1e-12)).floor();
    (most as u64).min(examples.get())
}

/// The smallest sample that reaches the target, if its number of errors is this function of its
/// size.
fn smallest_sample(
    bits: Bits,
    delta: FailureProbability,
    target: Target,
    errors: impl Fn(SampleSize) -> u64,
) -> Option<EmpiricalRisk> {
    let of_size = |examples: u64| {
        let size = SampleSize::new(examples).ok()?;
        let risk = EmpiricalRisk::new(errors(size), examples).ok()?;
        target.is_reached_by(risk, bits, delta).then_some(risk)
    };
    // From the largest sample downwards, so that it is one bisection.
    let largest_saving = largest(0, SampleSize::LARGEST - 1, |saved| {
        of_size(SampleSize::LARGEST - saved).is_some()
    })?;
    of_size(SampleSize::LARGEST - largest_saving)
}

/// A number from `from` to `to` that `suffices`, where the one above it does not or is beyond `to`;
/// nothing if `from` does not. If all that suffice are in front of all that do not, it is the
/// largest that does.
pub(super) fn largest(from: u64, to: u64, suffices: impl Fn(u64) -> bool) -> Option<u64> {
    if !suffices(from) {
        return None;
    }
    let (mut enough, mut too_many) = (from, to.saturating_add(1));
    while too_many - enough > 1 {
        let middle = enough + (too_many - enough) / 2;
        if suffices(middle) {
            enough = middle;
        } else {
            too_many = middle;
        }
    }
    Some(enough)
}
