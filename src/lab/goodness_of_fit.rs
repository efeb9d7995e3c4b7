//! Whether draws are from the law that they should be from.

use statrs::distribution::{Binomial, ChiSquared, ContinuousCDF, DiscreteCDF};

/// The p-value of Pearson's chi-square test (1900): how likely counts are that are at least as far
/// from the expected ones as these, if the law is right. 0 if something has happened that cannot
/// happen; 1 with fewer than two cells.
///
/// `observed` and `expected` are numbers of draws, a cell each, with the same sum. The
/// approximation is good where at least five draws are expected in every cell.
///
/// ```
/// use nonvacuous::lab::goodness_of_fit::chi_square;
/// let fair = [100.0; 6];
/// assert!(chi_square(&[95, 108, 99, 104, 92, 102], &fair) > 0.5);
/// assert!(chi_square(&[95, 108, 99, 104, 42, 152], &fair) < 1e-9);
/// ```
#[must_use]
pub fn chi_square(observed: &[u64], expected: &[f64]) -> f64 {
    let mut statistic = 0.0;
    let mut cells: u32 = 0;
    for (&observed, &expected) in observed.iter().zip(expected) {
        if expected > 0.0 {
            statistic += (observed as f64 - expected).powi(2) / expected;
            cells += 1;
        } else if observed > 0 {
            return 0.0;
        }
    }
    // The counts have one degree of freedom less than there are cells: their sum is known.
    match ChiSquared::new(f64::from(cells) - 1.0) {
        Ok(law) => law.sf(statistic),
        Err(_) => 1.0,
    }
}

/// The p-value of the claim that each of `draws` independent events happens with probability
/// `most` at most, when `count` of them did: `Pr[Bin(draws, most) >= count]`. 1 if `most` is no
/// probability.
///
/// ```
/// use nonvacuous::lab::goodness_of_fit::at_most;
/// assert_eq!(at_most(0.05, 0, 100), 1.0);
/// assert!(at_most(0.05, 7, 100) > 0.1);
/// assert!(at_most(0.05, 30, 100) < 1e-9);
/// ```
#[must_use]
pub fn at_most(most: f64, count: u64, draws: u64) -> f64 {
    match (Binomial::new(most, draws), count.checked_sub(1)) {
        (Ok(law), Some(below)) => law.sf(below),
        _ => 1.0,
    }
}
