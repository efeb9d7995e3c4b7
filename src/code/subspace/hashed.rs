//! Tensors that lie in a random subspace: a few coordinates, and a seed from which the rest
//! follows.

use super::kronecker::{product, Factors};
use crate::code::architecture::layers::TensorShape;
use crate::code::coder::integer::{read_gamma, write_gamma};
use crate::code::coder::range_coder::{Decoder, Encoder};
use crate::code::error::CodeError;

/// A weight is the sum of at most this many coordinates; a factor of a Kronecker product has at
/// most this many columns.
pub const MAX_TERMS: u32 = 64;

/// Seeds are below this.
pub const MAX_SEED: u64 = 1 << 32;

/// Where a number of terms stands in the file, this stands for a Kronecker product.
const KRONECKER: u64 = MAX_TERMS as u64 + 1;

/// A random linear map from coordinates to the weights of a tensor.
///
/// It is made from the seed, which is part of the file: it may be chosen by looking at results.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Subspace {
    seed: u64,
    map: Map,
}

/// What kind of map.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Map {
    Hashed { terms: u32 },
    Kronecker { rows: u32 },
}

impl Subspace {
    /// Each weight is the signed sum of `terms` coordinates; which ones and with which signs is
    /// hashed from the seed (Li et al. 2018; with one term it is the weight sharing of Chen et al.
    /// 2015).
    ///
    /// # Errors
    /// [`CodeError::Subspace`] if `seed` is not below [`MAX_SEED`] or `terms` is not from 1 to
    /// [`MAX_TERMS`].
    pub fn new(seed: u64, terms: u32) -> Result<Self, CodeError> {
        if seed >= MAX_SEED || !(1..=MAX_TERMS).contains(&terms) {
            return Err(CodeError::Subspace { seed, terms });
        }
        Ok(Self {
            seed,
            map: Map::Hashed { terms },
        })
    }

    /// With the tensor as a matrix, a row for each entry of its first dimension, and the
    /// coordinates as a matrix `X` of `rows` rows: the weights are `A X B^T` with
    /// [factors](super::kronecker::kronecker_factor) `A` and `B` (Lotfi et al. 2022).
    ///
    /// # Errors
    /// [`CodeError::Subspace`] if `seed` is not below [`MAX_SEED`] or `rows` is not from 1 to
    /// [`MAX_TERMS`].
    pub fn kronecker(seed: u64, rows: u32) -> Result<Self, CodeError> {
        if seed >= MAX_SEED || !(1..=MAX_TERMS).contains(&rows) {
            return Err(CodeError::Subspace { seed, terms: rows });
        }
        Ok(Self {
            seed,
            map: Map::Kronecker { rows },
        })
    }

    /// Whether the map exists for so many coordinates of a tensor.
    pub(in crate::code) fn check(
        self,
        shape: &TensorShape,
        coordinates: usize,
    ) -> Result<(), CodeError> {
        let fits = match self.map {
            Map::Hashed { .. } => true,
            Map::Kronecker { .. } => self.factors(shape, coordinates).is_some(),
        };
        if fits && (1..=shape.len()).contains(&coordinates) {
            Ok(())
        } else {
            Err(CodeError::Coordinates {
                coordinates: coordinates as u64,
                weights: shape.len(),
            })
        }
    }

    /// The factors, if this is a Kronecker product that fits the tensor.
    pub fn factors(self, shape: &TensorShape, coordinates: usize) -> Option<Factors> {
        let Map::Kronecker { rows } = self.map else {
            return None;
        };
        let (inner_rows, outer_rows) = (rows as usize, *shape.dimensions.first()?);
        let inner_columns = coordinates / inner_rows;
        let outer_columns = shape.len() / outer_rows.max(1);
        let fits = inner_rows * inner_columns == coordinates
            && (1..=outer_rows).contains(&inner_rows)
            && (1..=outer_columns.min(MAX_TERMS as usize)).contains(&inner_columns);
        fits.then(|| {
            Factors::new(
                self.seed,
                [outer_rows, inner_rows],
                [outer_columns, inner_columns],
            )
        })
    }

    /// Coordinates with their signs in the weight at `place`, in the order in which they are added;
    /// none in a Kronecker product.
    pub fn terms_of(self, place: u64, coordinates: u64) -> impl Iterator<Item = (u64, bool)> {
        let terms = match self.map {
            Map::Hashed { terms } => terms,
            Map::Kronecker { .. } => 0,
        };
        (0..u64::from(terms)).map(move |term| {
            let noise = mixed(mixed(mixed(self.seed) ^ place) ^ term);
            (
                ((u128::from(noise >> 1) * u128::from(coordinates)) >> 63) as u64,
                noise & 1 == 1,
            )
        })
    }

    /// The weights of a tensor: sums of terms in single precision from 0, or the Kronecker product
    /// of its factors.
    pub fn weights(self, shape: &TensorShape, coordinates: &[f32]) -> Vec<f32> {
        if let Some(factors) = self.factors(shape, coordinates.len()) {
            return product(&factors, coordinates);
        }
        let weight = |place| {
            self.terms_of(place, coordinates.len() as u64).fold(
                0.0,
                |sum, (coordinate, negative)| {
                    let value = coordinates.get(coordinate as usize).copied().unwrap_or(0.0);
                    sum + if negative { -value } else { value }
                },
            )
        };
        (0..shape.len() as u64).map(weight).collect()
    }

    pub(in crate::code) fn write(
        self,
        encoder: &mut Encoder,
        coordinates: usize,
    ) -> Result<(), CodeError> {
        write_gamma(encoder, coordinates as u64)?;
        match self.map {
            Map::Hashed { terms } => write_gamma(encoder, u64::from(terms))?,
            Map::Kronecker { rows } => {
                write_gamma(encoder, KRONECKER)?;
                write_gamma(encoder, u64::from(rows))?;
            }
        }
        write_gamma(encoder, self.seed + 1)
    }

    /// The map and the number of coordinates, which is at most the number of weights.
    pub(in crate::code) fn read(
        decoder: &mut Decoder,
        shape: &TensorShape,
    ) -> Result<(Self, usize), CodeError> {
        let coordinates = read_gamma(decoder)?;
        if coordinates > shape.len() as u64 {
            return Err(CodeError::Coordinates {
                coordinates,
                weights: shape.len(),
            });
        }
        let number =
            |decoder: &mut Decoder| Ok(read_gamma(decoder)?.min(u64::from(u32::MAX)) as u32);
        let terms = number(decoder)?;
        let rows = if u64::from(terms) == KRONECKER {
            Some(number(decoder)?)
        } else {
            None
        };
        let seed = read_gamma(decoder)? - 1;
        let subspace = rows.map_or_else(
            || Self::new(seed, terms),
            |rows| Self::kronecker(seed, rows),
        )?;
        subspace.check(shape, coordinates as usize)?;
        Ok((subspace, coordinates as usize))
    }
}

/// A bijection of 64-bit numbers that looks random: the finaliser of SplitMix64 (Steele, Lea and
/// Flood 2014), after its increment.
pub(in crate::code) fn mixed(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ number >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ number >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ number >> 31
}
