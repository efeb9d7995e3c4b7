//! The converse: overfitting limits compressibility.
//!
//! A learner sees `n` independent examples and sends a hypothesis with expected length `E|W|`,
//! expected training error `e` and expected test error `L`, expectations over the random training
//! set. For every uniquely decodable code
//!
//! `n kl(e || L) <= I(S; W) <= H(W) <= ln 2 E|W|`,
//!
//! which `proofs/limit.md` proves. So [`limit_kl`] is a lower bound on the bits of any learner with
//! these errors, and [`max_test_error`] an upper bound on the expected test error of any learner
//! with these bits.
//!
//! # The safe side
//! Lower bounds on bits are rounded down, and to 0 below `1e-290` bits. The divergences are sums of
//! positive terms, each to a relative `2e-14` whatever the distance of the errors, because their
//! difference is taken first and exactly (see `deviance`).

use std::f64::consts::LN_2;

use super::error::BoundError;
use crate::bounds::quantities::bits_and_nats::Bits;
use crate::bounds::quantities::probability::Probability;
use crate::bounds::quantities::risk::{GibbsRisk, SampleSize};
use crate::bounds::quantities::rounding::raise;
use crate::bounds::tails::deviance::half_deviance;
use crate::bounds::tails::kl::{kl, kl_inverse};

/// `n kl(e || L) / ln 2`, rounded down: the least expected length of a learner's messages.
///
/// # Errors
/// [`BoundError::Impossible`] if it is infinite: `L` is 0 or 1 and `e` is not.
///
/// ```
/// use nonvacuous::bounds::{limit_kl, Probability, SampleSize};
/// // Memorising coin flips takes a bit for each.
/// let bits = limit_kl(SampleSize::new(50_000)?, Probability::new(0.0)?, Probability::new(0.5)?)?;
/// assert!(bits.get() <= 50_000.0 && bits.get() > 49_999.999_999);
/// # Ok::<(), nonvacuous::bounds::BoundError>(())
/// ```
pub fn limit_kl(
    examples: SampleSize,
    train: Probability,
    test: Probability,
) -> Result<Bits, BoundError> {
    let divergence = kl(train, test);
    if divergence.is_finite() {
        Ok(Bits::below_nats(examples.real() * divergence))
    } else {
        Err(BoundError::Impossible {
            train: train.get(),
            test: test.get(),
        })
    }
}

/// `n JS(e, L) / ln 2`, rounded down, with `JS(a, b) = (kl(a || c) + kl(b || c)) / 2`,
/// `c = (a + b)/2`: the weaker limit of a membership test, which tells a training example from a
/// fresh one at even odds. At most half of [`limit_kl`].
#[must_use]
pub fn limit_jensen_shannon(examples: SampleSize, train: Probability, test: Probability) -> Bits {
    let half = train.minus(test) / 2.0;
    let middle = (train.get() + test.get()) / 2.0;
    let complement = (train.complement() + test.complement()) / 2.0;
    let to_middle = |rate: Probability, difference: f64| {
        half_deviance(rate.get(), middle, difference)
            + half_deviance(rate.complement(), complement, -difference)
    };
    Bits::below_nats(examples.real() * (to_middle(train, half) + to_middle(test, -half)) / 2.0)
}

/// `2 n (L - e)^2 / ln 2`, rounded down: the weaker limit by Pinsker's inequality.
#[must_use]
pub fn limit_pinsker(examples: SampleSize, train: Probability, test: Probability) -> Bits {
    let difference = test.minus(train);
    Bits::below_nats(2.0 * examples.real() * difference * difference)
}

/// `kl_inv(e, B ln 2 / n)`, rounded up: the largest expected test error that `B` expected bits
/// allow.
///
/// Never below the exact value, at most a relative `1e-10` above it.
#[must_use]
pub fn max_test_error(examples: SampleSize, train: Probability, bits: Bits) -> f64 {
    kl_inverse(GibbsRisk::new(train, examples), bits.to_nats())
}

/// `H - log2(H + 1) - log2 e`, or 0 if that is negative, where `H` is a limit: the limit for codes
/// that are only injective, not uniquely decodable (Alon and Orlitsky 1994). Rounded down, by at
/// most a relative `1e-14` of `H`.
///
/// A bare file of which the file system knows the length is such a code. A [length
/// prior](super::length_prior::LengthPrior) repairs it.
#[must_use]
pub fn limit_injective(limit: Bits) -> Bits {
    let h = limit.get();
    // Increasing in H wherever it is positive, so that a lower bound on H gives one here.
    let saved = raise(h.ln_1p() / LN_2 + 1.0 / LN_2, 1e-15);
    Bits::trusted((h - saved - 1e-15 * h).max(0.0))
}
