//! Weights in {-1, 0, +1}.

use super::law::{SignLaw, SignSample};
use super::packed::{used, Signs};
use super::population_error::{disagreement_with_zeros, sum_is_zero};

/// The weights of a ternary perceptron, which decides by the sign of the sum of weights times
/// inputs, and errs where that is 0.
///
/// Each is half the sum of two signs: -1 and -1, -1 and +1, or +1 and +1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TernaryWeights {
    lower: Signs,
    upper: Signs,
}

impl TernaryWeights {
    /// From numbers, of which those above 0 are taken for 1, those below for -1.
    ///
    /// ```
    /// use nonvacuous::lab::signs::TernaryWeights;
    /// let weights = TernaryWeights::new(&[1, 0, -1, -1]);
    /// assert_eq!(weights.values().collect::<Vec<i8>>(), [1, 0, -1, -1]);
    /// assert_eq!(weights.zeros(), 1);
    /// ```
    #[must_use]
    pub fn new(values: &[i8]) -> Self {
        let signs = |is_positive: fn(i8) -> bool| {
            let positive = values.iter().map(|&value| is_positive(value));
            Signs::from_positive(&positive.collect::<Vec<bool>>())
        };
        Self {
            lower: signs(|value| value > 0),
            upper: signs(|value| value >= 0),
        }
    }

    /// From the two signs of each; where the lower one is +1, the upper one must be.
    pub(super) fn of_signs(lower: Signs, upper: Signs) -> Self {
        Self { lower, upper }
    }

    /// `N`.
    #[must_use]
    pub fn count(&self) -> usize {
        self.lower.count()
    }

    /// Each in order, -1, 0 or 1.
    pub fn values(&self) -> impl Iterator<Item = i8> + '_ {
        let pairs = self.lower.positive().zip(self.upper.positive());
        pairs.map(|(lower, upper)| i8::from(lower) - i8::from(!upper))
    }

    /// How many are 0.
    #[must_use]
    pub fn zeros(&self) -> usize {
        self.lower.differences(&self.upper)
    }

    /// The sum of all.
    #[must_use]
    pub fn sum(&self) -> i64 {
        (self.lower.sum() + self.upper.sum()) / 2
    }

    /// On how many examples they err.
    #[must_use]
    pub fn errors(&self, sample: &SignSample) -> u64 {
        let errs = |(input, positive): &(Signs, bool)| {
            let towards = if *positive {
                input.clone()
            } else {
                input.opposite()
            };
            // The sum of weights times inputs times label is N less this.
            towards.differences(&self.lower) + towards.differences(&self.upper) >= self.count()
        };
        sample.examples().filter(errs).count() as u64
    }

    /// `L`, exactly: the probability that they err on a fresh example.
    ///
    /// With coin flips `1/2 + P0/2`, with the probability `P0` that their sum is 0
    /// ([`sum_is_zero`]). With a teacher of signs, and `p` as [`disagreement_with_zeros`] says,
    /// which counts a sum of 0 as one that differs, `p + q (1 + P0 - 2 p)`: where the sum is not 0,
    /// another label makes an error of what was none, and the other way round.
    #[must_use]
    pub fn population_error(&self, law: &SignLaw) -> f64 {
        let zeros = self.zeros();
        let others = self.count() - zeros;
        let undecided = sum_is_zero(others);
        match law {
            SignLaw::CoinFlips { .. } => 0.5 + undecided / 2.0,
            SignLaw::Teacher { weights, noise } => {
                let against = weights.words().iter().zip(self.lower.words());
                let against = against.zip(self.upper.words()).zip(used(self.count()));
                // +1 where the teacher has -1, or the other way round.
                let opposite = |(((teacher, lower), upper), used): (((&u64, &u64), &u64), u64)| {
                    (!teacher & lower | teacher & !upper & used).count_ones() as usize
                };
                let opposite: usize = against.map(opposite).sum();
                let differ = disagreement_with_zeros(others - opposite, opposite, zeros);
                let noise = noise.get();
                differ + noise * (1.0 + undecided - 2.0 * differ)
            }
        }
    }
}
