//! What the mean of independent draws proves about the expectation.

use statrs::distribution::{ContinuousCDF, StudentsT};

use crate::bounds::{
    held_out, kl_inverse_lower, kl_inverse_upper, BoundError, EmpiricalRisk, FailureProbability,
    Nats, Probability,
};

/// Limits of a probability, from how many of so many draws were cases of it (Clopper and Pearson
/// 1934): each is wrong with probability `failure` at most.
///
/// # Errors
/// [`BoundError`] for no draws, or more cases than draws.
///
/// ```
/// use nonvacuous::bounds::FailureProbability;
/// use nonvacuous::lab::confidence::proportion_limits;
/// let (lower, upper) = proportion_limits(0, 100, FailureProbability::new(0.025)?)?;
/// assert_eq!(lower, 0.0);
/// assert!(0.036 < upper && upper < 0.037); // 1 - 0.025^(1/100)
/// # Ok::<(), nonvacuous::bounds::BoundError>(())
/// ```
pub fn proportion_limits(
    cases: u64,
    draws: u64,
    failure: FailureProbability,
) -> Result<(f64, f64), BoundError> {
    let upper = held_out(EmpiricalRisk::new(cases, draws)?, failure);
    let lower = 1.0 - held_out(EmpiricalRisk::new(draws - cases, draws)?, failure);
    Ok((lower, upper))
}

/// Limits of the expectation of numbers that are distributed normally, by Student's law: each is
/// wrong with probability `failure` at most.
///
/// For `M` numbers of mean `m` and sample variance `V`, `m ± t sqrt(V/M)`, where Student's law with
/// `M - 1` degrees of freedom is above `t` with probability `failure` (Student 1908). Of fewer than
/// two numbers nothing is known.
///
/// ```
/// use nonvacuous::bounds::FailureProbability;
/// use nonvacuous::lab::confidence::student_limits;
/// // One degree of freedom, Cauchy's law: t = tan(pi/4) = 1.
/// let (lower, upper) = student_limits(&[1.0, 3.0], FailureProbability::new(0.25)?);
/// assert!((lower - 1.0).abs() < 1e-9 && (upper - 3.0).abs() < 1e-9);
/// # Ok::<(), nonvacuous::bounds::BoundError>(())
/// ```
#[must_use]
pub fn student_limits(values: &[f64], failure: FailureProbability) -> (f64, f64) {
    let count = values.len() as f64;
    let Ok(student) = StudentsT::new(0.0, 1.0, count - 1.0) else {
        return (f64::NEG_INFINITY, f64::INFINITY);
    };
    let mean = values.iter().sum::<f64>() / count;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    let error = (squares / (count - 1.0) / count).sqrt();
    let radius = student.inverse_cdf(1.0 - failure.get()) * error;
    (mean - radius, mean + radius)
}

/// Limits of the expectation of numbers in `range`, which is known beforehand: each is wrong with
/// probability `failure` at most.
///
/// The tighter of two, each at half of `failure`. For `M` draws from `[0, 1]` of mean `m` and
/// sample variance `V`: `m ± (sqrt(2 V s/M) + 7 s/(3 (M - 1)))` with `s = ln(4/failure)` (Maurer
/// and Pontil 2009, theorem 4), good where draws vary little; and the two `p` with
/// `kl(m || p) = ln(2/failure)/M` (Chernoff's bound, Hoeffding 1963), good near 0 and 1. Numbers
/// above the range are taken for its upper end, which leaves the lower limit a lower limit. With
/// fewer than two draws, the range itself.
///
/// # Errors
/// [`BoundError`] if a value is below the range or not a number.
///
/// ```
/// use nonvacuous::bounds::FailureProbability;
/// use nonvacuous::lab::confidence::mean_limits;
/// let failure = FailureProbability::new(0.05)?;
/// let (lower, upper) = mean_limits(&[0.25; 1000], (0.0, 1.0), failure)?;
/// assert!(0.23 < lower && lower < 0.25 && 0.25 < upper && upper < 0.27);
/// let (_, upper) = mean_limits(&[0.0; 1000], (0.0, 1.0), failure)?;
/// assert!(upper < 0.0037);
/// # Ok::<(), nonvacuous::bounds::BoundError>(())
/// ```
pub fn mean_limits(
    values: &[f64],
    range: (f64, f64),
    failure: FailureProbability,
) -> Result<(f64, f64), BoundError> {
    let (low, high) = range;
    let count = values.len() as f64;
    if values.len() < 2 || low >= high {
        return Ok(range);
    }
    let width = high - low;
    let parts = || values.iter().map(|value| ((value - low) / width).min(1.0));
    let mean = parts().sum::<f64>() / count;
    let variance = parts().map(|part| (part - mean).powi(2)).sum::<f64>() / (count - 1.0);
    let surprise = (4.0 / failure.get()).ln();
    let radius =
        (2.0 * variance * surprise / count).sqrt() + 7.0 * surprise / (3.0 * (count - 1.0));
    // A mean of numbers up to 1 is up to 1, but for rounding.
    let part = Probability::new(mean.min(1.0))?;
    let chernoff = Nats::new((2.0 / failure.get()).ln() / count)?;
    let lower = (mean - radius).max(kl_inverse_lower(part, chernoff));
    let upper = (mean + radius).min(kl_inverse_upper(part, chernoff));
    Ok((low + width * lower, low + width * upper))
}
