//! Theorems that are wrong on purpose: a check that does not notice is worth nothing.

use crate::bounds::{Bits, FailureProbability, Nats};

/// A way in which a theorem is broken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Mutation {
    /// The converse claims twice the bits.
    LimitDoubled,
    /// Upper bounds are computed as if they might always fail.
    DeltaIgnored,
    /// Every code word is charged a bit less than it has.
    BitNotCharged,
    /// An error more is counted than there was.
    ErrorAdded,
    /// Labels are expected to be without noise.
    NoiseIgnored,
}

impl Mutation {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::LimitDoubled,
        Self::DeltaIgnored,
        Self::BitNotCharged,
        Self::ErrorAdded,
        Self::NoiseIgnored,
    ];
}

/// The theorems as they are, or with one mutation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Theory {
    mutation: Option<Mutation>,
}

impl Theory {
    /// With a mutation.
    #[must_use]
    pub fn broken(mutation: Mutation) -> Self {
        Self {
            mutation: Some(mutation),
        }
    }

    fn is(self, mutation: Mutation) -> bool {
        self.mutation == Some(mutation)
    }

    /// The number of bits that the converse claims.
    pub(super) fn limit(self, bits: Bits) -> f64 {
        bits.get()
            * if self.is(Mutation::LimitDoubled) {
                2.0
            } else {
                1.0
            }
    }

    /// The failure probability that an upper bound is computed with.
    pub(super) fn delta(self, delta: FailureProbability) -> FailureProbability {
        let always = FailureProbability::new(1.0f64.next_down());
        always
            .ok()
            .filter(|_| self.is(Mutation::DeltaIgnored))
            .unwrap_or(delta)
    }

    /// The number of bits that a code word of that length is charged.
    pub(super) fn charged(self, bits: f64) -> f64 {
        (bits - f64::from(u8::from(self.is(Mutation::BitNotCharged)))).max(0.0)
    }

    /// A number of errors, less than the number of examples.
    pub(super) fn errors(self, errors: u64) -> u64 {
        errors + u64::from(self.is(Mutation::ErrorAdded))
    }

    /// The probability that a label is not that of its point.
    pub(super) fn noise(self, noise: f64) -> f64 {
        if self.is(Mutation::NoiseIgnored) {
            0.0
        } else {
            noise
        }
    }

    /// A divergence from a prior, with a bit less, if one is not charged.
    pub(super) fn divergence(self, nats: Nats) -> Nats {
        match (
            self.is(Mutation::BitNotCharged),
            Nats::new(std::f64::consts::LN_2),
        ) {
            (true, Ok(bit)) => nats.less(bit),
            _ => nats,
        }
    }
}
