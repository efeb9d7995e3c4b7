//! The limit is attained: the learner with a shared random codebook.
//!
//! Hypotheses `h_1, h_2, ...` each err on each example independently with probability `b`, as any
//! do on labels that are coin flips. The learner sends the first index `J` whose hypothesis has at
//! most `k` training errors. Then `J` is geometric with success probability
//! `t = Pr[Bin(n, b) <= k]`, and every expected length below is exact, to a relative `1e-10`, for
//! `t` as small as `e^-1000000`: with `lambda = -ln(1 - t)`, only `ln lambda` is ever computed, and
//! `Pr[J > x] = exp(-lambda x)`.

use std::f64::consts::LN_2;

use super::length_prior::{elias_delta_bits, elias_gamma_bits, elias_omega_bits};
use crate::bounds::quantities::bits_and_nats::Bits;
use crate::bounds::quantities::probability::Probability;
use crate::bounds::quantities::risk::EmpiricalRisk;
use crate::bounds::tails::binomial_tail::ln_lower_tail;

/// Below this, `Pr[J <= x]` is of no account, and above its negative so is `Pr[J > x]`.
const NEGLIGIBLE: f64 = -46.0;

/// Above this success probability the logarithm's mean is summed, below it is expanded.
const EXPANSION: f64 = 0.1;

/// `zeta'(-k)`, from `k = 0`, of Riemann's zeta function (with mpmath to 20 digits).
const ZETA_PRIME: [f64; 9] = [
    -0.918_938_533_204_672_7,
    -0.165_421_143_700_450_93,
    -0.030_448_457_058_393_27,
    0.005_378_576_357_774_301,
    0.007_983_811_450_268_624,
    -0.000_572_985_980_198_635_2,
    -0.005_899_759_143_515_937,
    -0.000_728_642_680_159_24,
    0.008_316_161_985_602_247,
];

/// Euler's constant: not that of statrs, on which the trusted base does not depend; a test says
/// that they are the same.
const EULER: f64 = 0.577_215_664_901_532_9;

/// What the learner's index says, and how long its code words are.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RandomCodebook {
    most_errors: EmpiricalRisk,
    error: Probability,
    /// `ln t`.
    ln_success: f64,
    /// `ln lambda`.
    ln_rate: f64,
}

impl RandomCodebook {
    /// For at most `k` errors in `n` examples and hypotheses of error `b`.
    ///
    /// ```
    /// use nonvacuous::bounds::{EmpiricalRisk, Probability, RandomCodebook};
    /// // Ten coin flips, all to be guessed: one in 1024 hypotheses does.
    /// let learner = RandomCodebook::new(EmpiricalRisk::new(0, 10)?, Probability::new(0.5)?);
    /// assert!((learner.ln_success() - (2f64.powi(-10)).ln()).abs() < 1e-12);
    /// assert!((learner.ideal_bits().get() - 11.442).abs() < 1e-3);
    /// # Ok::<(), nonvacuous::bounds::BoundError>(())
    /// ```
    #[must_use]
    pub fn new(most_errors: EmpiricalRisk, error: Probability) -> Self {
        let ln_success = ln_lower_tail(most_errors, error);
        Self {
            most_errors,
            error,
            ln_success,
            ln_rate: ln_rate(ln_success),
        }
    }

    /// `ln t`.
    #[must_use]
    pub fn ln_success(self) -> f64 {
        self.ln_success
    }

    /// `ln lambda`, where `Pr[J > x] = exp(-lambda x)`.
    #[must_use]
    pub fn ln_rate(self) -> f64 {
        self.ln_rate
    }

    /// At most this many training errors, in as many examples as there are.
    #[must_use]
    pub fn most_errors(self) -> EmpiricalRisk {
        self.most_errors
    }

    /// `b`.
    #[must_use]
    pub fn error(self) -> Probability {
        self.error
    }

    /// The expected training error of the hypothesis that is sent,
    /// `b Pr[Bin(n-1, b) <= k-1] / Pr[Bin(n, b) <= k]`; the expected test error is `b`.
    #[must_use]
    pub fn expected_training_error(self) -> f64 {
        let (k, n) = (
            self.most_errors.count(),
            self.most_errors.sample_size().get(),
        );
        if k == 0 {
            return 0.0;
        }
        match EmpiricalRisk::new(k - 1, n - 1) {
            Ok(rest) => {
                self.error.get()
                    * (ln_lower_tail(rest, self.error) - self.ln_success)
                        .exp()
                        .min(1.0)
            }
            // One example and one error allowed.
            Err(_) => self.error.get(),
        }
    }

    /// `E log2 J`.
    #[must_use]
    pub fn expected_log2_index(self) -> f64 {
        let t = self.ln_success.exp();
        if t > EXPANSION {
            // Pr[J >= j] = (1 - t)^(j - 1) is below 1e-20 from the last term on.
            let terms = (46.0 / t) as u32 + 2;
            return (2..terms)
                .map(|j| f64::from(j).log2() * t * (1.0 - t).powi(j as i32 - 1))
                .sum();
        }
        // sum_j ln j exp(-lambda j) = -(ln lambda + gamma)/lambda - sum_k zeta'(-k) (-lambda)^k /
        // k! for lambda < 2 pi.
        let rate = self.ln_rate.exp();
        let mut power = 1.0;
        let mut series = 0.0;
        for (k, coefficient) in ZETA_PRIME.iter().enumerate() {
            series -= coefficient * power;
            power *= -rate / (k + 1) as f64;
        }
        // t/(1 - t) = exp(lambda) - 1.
        let over_rate = if rate > 0.0 {
            rate.exp_m1() / rate
        } else {
            1.0
        };
        (over_rate * (-self.ln_rate - EULER) + rate.exp_m1() * series) / LN_2
    }

    /// The entropy of `J`, `h(t)/t`: what an ideal code for the geometric law takes on average.
    #[must_use]
    pub fn ideal_bits(self) -> Bits {
        let t = self.ln_success.exp();
        // (1 - t)/t times lambda.
        let rate = self.ln_rate.exp();
        let failures = if rate > 0.0 {
            rate / rate.exp_m1()
        } else {
            1.0
        };
        Bits::trusted(if t == 1.0 {
            0.0
        } else {
            (failures - self.ln_success) / LN_2
        })
    }

    /// Expected length under Elias's gamma code.
    pub fn elias_gamma_bits(self) -> Bits {
        self.expected_bits(elias_gamma_bits)
    }

    /// Expected length under Elias's delta code.
    pub fn elias_delta_bits(self) -> Bits {
        self.expected_bits(elias_delta_bits)
    }

    /// Expected length under Elias's omega code.
    pub fn elias_omega_bits(self) -> Bits {
        self.expected_bits(elias_omega_bits)
    }

    /// Expected length under the best Golomb code with a power of two for its parameter (Rice
    /// 1979): `r + 1/(1 - exp(-2^r lambda))` bits for `2^r`.
    #[must_use]
    pub fn rice_bits(self) -> Bits {
        Bits::trusted(self.rice_length(self.rice_exponent()))
    }

    /// The `r` of [`RandomCodebook::rice_bits`]: fixed by `n`, `k` and `b`, so that the decoder
    /// knows it.
    #[must_use]
    pub fn rice_exponent(self) -> u64 {
        // The best 2^r lambda is between 1/2 and 2.
        let middle = (-self.ln_rate / LN_2).floor();
        let candidates = (-3..=3).map(|step| (middle + f64::from(step)).max(0.0));
        let best = candidates.min_by(|&first, &second| {
            self.rice_length(first as u64)
                .total_cmp(&self.rice_length(second as u64))
        });
        best.unwrap_or(0.0) as u64
    }

    fn rice_length(self, exponent: u64) -> f64 {
        let exponent = exponent as f64;
        exponent - 1.0 / (-(exponent * LN_2 + self.ln_rate).exp()).exp_m1()
    }

    /// `E g(floor(log2 J)) = g(0) + sum_{i >= 1} Pr[J >= 2^i] (g(i) - g(i - 1))`.
    fn expected_bits(self, length: impl Fn(u64) -> u64) -> Bits {
        // Up to the first magnitude that matters the probabilities are 1 and the sum telescopes.
        let first = ((NEGLIGIBLE - self.ln_rate) / LN_2).floor().max(0.0) as u64;
        let mut expected = length(first) as f64;
        for magnitude in first + 1.. {
            let probability = self.at_least_power_of_two(magnitude);
            if probability == 0.0 {
                break;
            }
            expected += probability * (length(magnitude) as f64 - length(magnitude - 1) as f64);
        }
        Bits::trusted(expected)
    }

    /// `Pr[J >= 2^i] = exp(-lambda (2^i - 1))`.
    fn at_least_power_of_two(self, magnitude: u64) -> f64 {
        let less_one = -(-(magnitude as f64) * LN_2).exp_m1();
        (-(magnitude as f64 * LN_2 + self.ln_rate).exp() * less_one).exp()
    }
}

/// `ln(-ln(1 - t))` from `ln t`.
fn ln_rate(ln_success: f64) -> f64 {
    let t = ln_success.exp();
    if t == 0.0 {
        ln_success
    } else if t > 0.5 {
        (-(-ln_success.exp_m1()).ln()).ln()
    } else {
        (-(-t).ln_1p()).ln()
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_constant_is_the_one_of_statrs() {
        assert_eq!(super::EULER, statrs::consts::EULER_MASCHERONI);
    }
}
