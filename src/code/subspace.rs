//! Tensors that lie in a random subspace: a few coordinates, and a seed from which the rest follows.

use super::integer::{read_gamma, write_gamma};
use super::{CodeError, Decoder, Encoder};

/// A weight is the sum of at most this many coordinates.
pub const MAX_TERMS: u32 = 64;

/// Seeds are below this.
pub const MAX_SEED: u64 = 1 << 32;

/// A random linear map from coordinates to weights: each weight is the signed sum of `terms` coordinates.
///
/// Which coordinates and with which signs is hashed from the seed (Li et al. 2018 and Lotfi et al. 2022 draw the map
/// from a generator; with one term it is the weight sharing of Chen et al. 2015). The seed is part of the file: it may
/// be chosen by looking at results.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subspace {
    seed: u64,
    terms: u32,
}

impl Subspace {
    /// The map of this seed.
    ///
    /// # Errors
    /// [`CodeError::Subspace`] if `seed` is not below [`MAX_SEED`] or `terms` is not from 1 to [`MAX_TERMS`].
    pub fn new(seed: u64, terms: u32) -> Result<Self, CodeError> {
        if seed >= MAX_SEED || !(1..=MAX_TERMS).contains(&terms) {
            return Err(CodeError::Subspace { seed, terms });
        }
        Ok(Self { seed, terms })
    }

    /// Coordinates with their signs in the weight at `place`, in the order in which they are added.
    pub fn terms_of(self, place: u64, coordinates: u64) -> impl Iterator<Item = (u64, bool)> {
        (0..u64::from(self.terms)).map(move |term| {
            let noise = mixed(mixed(mixed(self.seed) ^ place) ^ term);
            (((u128::from(noise >> 1) * u128::from(coordinates)) >> 63) as u64, noise & 1 == 1)
        })
    }

    /// The weight at `place`, summed in single precision from 0.
    pub fn weight(self, place: u64, coordinates: &[f32]) -> f32 {
        self.terms_of(place, coordinates.len() as u64).fold(0.0, |sum, (coordinate, negative)| {
            let value = coordinates.get(coordinate as usize).copied().unwrap_or(0.0);
            sum + if negative { -value } else { value }
        })
    }

    pub(super) fn write(self, encoder: &mut Encoder, coordinates: usize) -> Result<(), CodeError> {
        write_gamma(encoder, coordinates as u64)?;
        write_gamma(encoder, u64::from(self.terms))?;
        write_gamma(encoder, self.seed + 1)
    }

    /// The map and the number of coordinates, which is at most `weights`.
    pub(super) fn read(decoder: &mut Decoder, weights: usize) -> Result<(Self, usize), CodeError> {
        let coordinates = read_gamma(decoder)?;
        if coordinates > weights as u64 {
            return Err(CodeError::Coordinates { coordinates, weights });
        }
        let terms = read_gamma(decoder)?.min(u64::from(u32::MAX)) as u32;
        let seed = read_gamma(decoder)? - 1;
        Ok((Self::new(seed, terms)?, coordinates as usize))
    }
}

/// A bijection of 64-bit numbers that looks random: the finaliser of SplitMix64 (Steele, Lea and Flood 2014), after its
/// increment.
fn mixed(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ number >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ number >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ number >> 31
}
