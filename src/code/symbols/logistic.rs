//! Probabilities on the logistic scale, in integers.
//!
//! A probability is a whole number `p` of `2^-16`, from 1 to `2^16 - 1`. On the logistic scale it
//! is `log2(p / (1 - p))` in units of `2^-10`, from -16384 to 16384. There evidence from several
//! sources adds up.

use std::sync::OnceLock;

/// Probabilities are multiples of `2^-PROBABILITY_BITS`.
pub(in crate::code) const PROBABILITY_BITS: u32 = 16;

/// One, as a probability.
pub(in crate::code) const ONE: u32 = 1 << PROBABILITY_BITS;

/// The logistic scale ends at plus and minus this.
const END: i32 = 1 << 14;

/// Fractional binary digits of a logarithm.
const FRACTION_BITS: u32 = 10;

/// Width of the steps in which the inverse is tabulated.
const STEP: i32 = 8;

/// `floor(2^10 log2 v)` for `v >= 1`, digit by digit: squaring a number between 1 and 2 doubles its
/// logarithm.
fn logarithm(v: u32) -> i32 {
    let exponent = v.max(1).ilog2();
    let mut mantissa = u64::from(v) << (31 - exponent);
    let mut logarithm = exponent;
    for _ in 0..FRACTION_BITS {
        mantissa = (mantissa * mantissa) >> 31;
        let digit = (mantissa >> 32) as u32;
        mantissa >>= digit;
        logarithm = logarithm << 1 | digit;
    }
    logarithm as i32
}

/// Both directions.
#[derive(Debug)]
pub(in crate::code) struct Logistic {
    stretched: Vec<i16>,
    squashed: Vec<u32>,
    reciprocals: Vec<u64>,
}

/// Divisors up to this are multiplied by their reciprocals.
pub(in crate::code) const MAX_DIVISOR: u32 = 1100;

/// Binary digits of the reciprocals after the point: quotients are exact as long as dividend times
/// divisor is below `2^40`.
const RECIPROCAL_BITS: u32 = 40;

impl Logistic {
    /// The tables, which are computed once.
    pub(in crate::code) fn tables() -> &'static Self {
        static TABLES: OnceLock<Logistic> = OnceLock::new();
        TABLES.get_or_init(|| {
            let logarithms: Vec<i32> = (0..=ONE).map(logarithm).collect();
            let odds = logarithms.iter().zip(logarithms.iter().rev());
            let stretched: Vec<i16> = odds.map(|(yes, no)| (yes - no) as i16).collect();
            // For each step, how many probabilities are not above its last number.
            let inner = stretched.get(1..ONE as usize).unwrap_or(&[]);
            let below = |last: i32| inner.partition_point(|&value| i32::from(value) <= last) as u32;
            let steps = 2 * END / STEP;
            let squashed = (0..steps)
                .map(|step| below(step * STEP - END + STEP - 1).max(1))
                .collect();
            let reciprocal =
                |divisor: u32| (1u64 << RECIPROCAL_BITS).div_ceil(u64::from(divisor.max(1)));
            let reciprocals = (0..=MAX_DIVISOR).map(reciprocal).collect();
            Self {
                stretched,
                squashed,
                reciprocals,
            }
        })
    }

    /// From a probability to the logistic scale.
    #[inline]
    pub(in crate::code) fn stretch(&self, probability: u32) -> i32 {
        self.stretched
            .get(probability as usize)
            .map_or(END, |&logistic| i32::from(logistic))
    }

    /// `dividend / divisor`, rounded down, for a quotient below `2^16` and a divisor from 1 to
    /// [`MAX_DIVISOR`].
    #[inline]
    pub(in crate::code) fn quotient(&self, dividend: u32, divisor: u32) -> u32 {
        match self.reciprocals.get(divisor as usize) {
            Some(reciprocal) => ((u64::from(dividend) * reciprocal) >> RECIPROCAL_BITS) as u32,
            None => dividend / divisor,
        }
    }

    /// From the logistic scale to a probability.
    #[inline]
    pub(in crate::code) fn squash(&self, logistic: i64) -> u32 {
        let clamped = logistic.clamp(i64::from(-END), i64::from(END - 1)) + i64::from(END);
        self.squashed
            .get((clamped / i64::from(STEP)) as usize)
            .copied()
            .unwrap_or(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_two_directions_undo_each_other_to_one_percent() {
        let tables = Logistic::tables();
        for probability in 1..ONE {
            let there = tables.stretch(probability);
            let exact = f64::from(probability) / f64::from(ONE - probability);
            assert!((f64::from(there) / 1024.0 - exact.log2()).abs() < 1.0 / 1024.0);
            let back = f64::from(tables.squash(i64::from(there)));
            let rarer = f64::from(probability.min(ONE - probability));
            assert!(
                (back - f64::from(probability)).abs() <= 1.0 + rarer / 100.0,
                "{probability} {back}"
            );
        }
        for divisor in 1..=MAX_DIVISOR {
            for quotient in [0, 1, 77, 12_345, ONE - 2, ONE - 1] {
                for dividend in [quotient * divisor, quotient * divisor + divisor - 1] {
                    assert_eq!(
                        tables.quotient(dividend, divisor),
                        quotient,
                        "{dividend} {divisor}"
                    );
                }
            }
        }
        assert_eq!(
            (tables.squash(-1 << 40), tables.squash(1 << 40)),
            (1, ONE - 1)
        );
    }
}
