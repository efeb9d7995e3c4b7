//! The learner with a shared random codebook, which attains the limit: its index drawn for any `n`,
//! or searched for.
//!
//! The index `J` is geometric. For `n` in the thousands it has thousands of binary digits, and all
//! of them are drawn: the digits of a geometric variable are independent. With
//! `Pr[J - 1 >= x] = exp(-lambda x)`, digit `i` of `J - 1` is 1 with probability
//! `1 / (1 + exp(lambda 2^i))`, because `exp(-lambda x)` is the product over the digits of `x`.

use rand::{Rng, RngExt};

use crate::bounds::RandomCodebook;

/// Where `lambda 2^i` is above `e` to this power, `1/(1 + exp(lambda 2^i))` is 0 in double
/// precision.
const LAST_DIGIT: f64 = 6.7;

/// An index `J >= 1`, as the binary digits of `J - 1`, the lowest first, without leading zeros.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Index {
    digits: Vec<bool>,
}

impl Index {
    /// Draws the index of the first hypothesis that is good enough.
    ///
    /// Exact but for the rounding of each digit's probability to a double.
    pub fn draw(learner: &RandomCodebook, random: &mut impl Rng) -> Self {
        let ln_2 = std::f64::consts::LN_2;
        let count = ((LAST_DIGIT - learner.ln_rate()) / ln_2).max(0.0) as u64;
        let digit = |i: u64| {
            let exponent = (learner.ln_rate() + i as f64 * ln_2).exp();
            random.random::<f64>() < 1.0 / (1.0 + exponent.exp())
        };
        Self::trimmed((0..=count).map(digit).collect())
    }

    /// The index `j >= 1`.
    #[must_use]
    pub fn new(index: u64) -> Option<Self> {
        let below = index.checked_sub(1)?;
        Some(Self::trimmed(
            (0..u64::BITS).map(|i| below >> i & 1 == 1).collect(),
        ))
    }

    fn trimmed(mut digits: Vec<bool>) -> Self {
        let length = digits
            .iter()
            .rposition(|&digit| digit)
            .map_or(0, |place| place + 1);
        digits.truncate(length);
        Self { digits }
    }

    /// `floor(log2 J)`.
    #[must_use]
    pub fn magnitude(&self) -> u64 {
        let length = self.digits.len() as u64;
        // Adding 1 to a number of ones only makes it longer.
        if self.digits.iter().all(|&digit| digit) {
            length
        } else {
            length - 1
        }
    }

    /// Length of the code word of Elias's omega code (1975), in bits.
    #[must_use]
    pub fn elias_omega_bits(&self) -> u64 {
        crate::bounds::elias_omega_bits(self.magnitude())
    }

    /// Length of the code word of Rice's code (1979) with parameter `2^exponent`, in bits:
    /// `floor((J - 1)/2^exponent)` in unary, and the other digits; nothing if the quotient has more
    /// than 63 digits, which happens with probability 0 in double precision.
    #[must_use]
    pub fn rice_bits(&self, exponent: u64) -> Option<u64> {
        let high = self.digits.iter().skip(usize::try_from(exponent).ok()?);
        let quotient = high.rev().try_fold(0u64, |value, &digit| {
            value.checked_mul(2)?.checked_add(u64::from(digit))
        })?;
        quotient.checked_add(1)?.checked_add(exponent)
    }
}

/// Searches in earnest: labels of `classes` classes are drawn, then hypotheses, which guess each
/// label, until one errs at most `most_errors` times. So the error rate of every hypothesis is
/// `1 - 1/classes`, on fresh examples too.
///
/// The index of the first such hypothesis and its number of errors, or nothing if none of the first
/// `limit` is good enough.
pub fn search(
    examples: u32,
    classes: u32,
    most_errors: u32,
    limit: u64,
    random: &mut impl Rng,
) -> Option<(u64, u32)> {
    let labels: Vec<u32> = (0..examples)
        .map(|_| random.random_range(0..classes))
        .collect();
    for index in 1..=limit {
        // All guesses are made, whatever came of the first: a hypothesis is a whole function.
        let wrong = |errors: u32, &label: &u32| {
            errors + u32::from(random.random_range(0..classes) != label)
        };
        let errors = labels.iter().fold(0, wrong);
        if errors <= most_errors {
            return Some((index, errors));
        }
    }
    None
}
