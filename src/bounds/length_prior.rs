//! Priors over the length of a code word, for codes that are decodable only given it.

use std::num::NonZeroU64;

use crate::bounds::quantities::bits_and_nats::Nats;

/// A probability `m` on the positive integers. A payload of `j` bits that is decodable given its
/// length costs `j ln 2 - ln m(j)` nats (Zhou et al. 2019, theorem 4.1).
///
/// A file system's idea of the length is not free: it is either in the code word or paid here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum LengthPrior {
    /// `m(j) = 1/(j (j + 1))`, which sums to 1: about `2 log2 j` bits.
    Reciprocal,
    /// `m(j) = 2^-(2 floor(log2 j) + 1)`: Elias's gamma code (1975), which sums to 1.
    EliasGamma,
    /// `m(j) = 2^-delta(j)`, `delta(j) = floor(log2 j) + 2 floor(log2(floor(log2 j) + 1)) + 1`:
    /// Elias's delta code (1975), which sums to 1.
    EliasDelta,
    /// `m(j) = 2^-omega(j)` with Elias's omega code (1975): a prefix code, so that it sums to at
    /// most 1.
    EliasOmega,
}

impl LengthPrior {
    /// All of them, the simplest first.
    pub const ALL: [Self; 4] = [
        Self::Reciprocal,
        Self::EliasGamma,
        Self::EliasDelta,
        Self::EliasOmega,
    ];

    /// What it is called on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Reciprocal => "reciprocal",
            Self::EliasGamma => "elias-gamma",
            Self::EliasDelta => "elias-delta",
            Self::EliasOmega => "elias-omega",
        }
    }

    /// `-ln m(length)`, rounded up.
    ///
    /// ```
    /// use nonvacuous::bounds::{Bits, LengthPrior};
    /// let cost = LengthPrior::EliasOmega.cost(1000.try_into()?);
    /// // Groups of 2, 4 and 10 bits and the final one.
    /// assert_eq!(cost, Bits::new(17.0)?.to_nats());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[must_use]
    pub fn cost(self, length: NonZeroU64) -> Nats {
        let magnitude = length.ilog2();
        let bits = match self {
            Self::Reciprocal => {
                let j = length.get() as f64;
                return Nats::above(j.ln() + (j + 1.0).ln());
            }
            Self::EliasGamma => elias_gamma_bits(magnitude.into()),
            Self::EliasDelta => elias_delta_bits(magnitude.into()),
            Self::EliasOmega => elias_omega_bits(magnitude.into()),
        };
        crate::bounds::quantities::bits_and_nats::Bits::trusted(bits as f64).to_nats()
    }
}

/// Length of the gamma code of a `j` with `floor(log2 j) = magnitude`.
pub(super) fn elias_gamma_bits(magnitude: u64) -> u64 {
    2 * magnitude + 1
}

/// Length of the delta code of a `j` with `floor(log2 j) = magnitude`.
pub(super) fn elias_delta_bits(magnitude: u64) -> u64 {
    magnitude + 2 * u64::from((magnitude + 1).ilog2()) + 1
}

/// Length of the omega code of a `j` with `floor(log2 j) = magnitude`: a group for `j`, one for its
/// magnitude, and so on, and a final bit.
#[must_use]
pub fn elias_omega_bits(mut magnitude: u64) -> u64 {
    let mut bits = 1;
    while magnitude > 0 {
        bits += magnitude + 1;
        magnitude = u64::from(magnitude.ilog2());
    }
    bits
}
