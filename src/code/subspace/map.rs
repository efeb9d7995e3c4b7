//! Tensors that lie in a random subspace: a few coordinates, and a seed from which the rest
//! follows.

use super::kronecker::{product, Factors};
use super::splitmix::mixed;
use crate::code::architecture::tensors::TensorShape;
use crate::code::error::CodeError;
use crate::code::model::error::TensorError;

/// A weight is the sum of at most this many coordinates; a factor of a Kronecker product has at
/// most this many columns.
pub const MAX_TERMS: u32 = 64;

/// Seeds are below this.
pub const MAX_SEED: u64 = 1 << 32;

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
pub(super) enum Map {
    /// Each weight is the sum of so many coordinates.
    Hashed { terms: u32 },
    /// The coordinates are a matrix of so many rows.
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

    /// The seed.
    pub(super) fn seed(self) -> u64 {
        self.seed
    }

    /// What kind of map.
    pub(super) fn map(self) -> Map {
        self.map
    }

    /// The number of coordinates, if the map exists for so many and a tensor of this shape.
    pub(in crate::code) fn checked(
        self,
        shape: &TensorShape,
        coordinates: u64,
    ) -> Result<usize, TensorError> {
        let misfit = TensorError::Coordinates {
            coordinates,
            weights: shape.len(),
        };
        let count = usize::try_from(coordinates).unwrap_or(usize::MAX);
        let is_possible = match self.map {
            Map::Hashed { .. } => true,
            Map::Kronecker { rows } => factor_sizes(rows, shape, count).is_some(),
        };
        if is_possible && (1..=shape.len()).contains(&count) {
            Ok(count)
        } else {
            Err(misfit)
        }
    }

    /// Most bytes of memory that the weights of a tensor take while they are made: themselves, the
    /// coordinates, and in a Kronecker product the factors and their half product.
    pub(in crate::code) fn memory(self, shape: &TensorShape, coordinates: usize) -> u64 {
        let singles = (shape.len() + coordinates) as u64 * size_of::<f32>() as u64;
        let Map::Kronecker { rows } = self.map else {
            return singles;
        };
        let doubles = factor_sizes(rows, shape, coordinates).map_or(0, |[left, right]| {
            let half = right[0] * left[1];
            (left[0] * left[1] + right[0] * right[1] + half + right[0]) as u64
        });
        singles + doubles * size_of::<f64>() as u64
    }

    /// The factors, if this is a Kronecker product that fits the tensor.
    pub fn factors(self, shape: &TensorShape, coordinates: usize) -> Option<Factors> {
        match self.map {
            Map::Hashed { .. } => None,
            Map::Kronecker { rows } => {
                let [left, right] = factor_sizes(rows, shape, coordinates)?;
                Some(Factors::new(self.seed, left, right))
            }
        }
    }

    /// Coordinates with their signs in weight number `weight`, in the order in which they are
    /// added; none in a Kronecker product.
    pub fn terms_of(self, weight: u64, coordinates: u64) -> impl Iterator<Item = (u64, bool)> {
        let terms = match self.map {
            Map::Hashed { terms } => terms,
            Map::Kronecker { .. } => 0,
        };
        (0..u64::from(terms)).map(move |term| {
            let noise = mixed(mixed(mixed(self.seed) ^ weight) ^ term);
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
        let sum_of_terms = |weight| {
            self.terms_of(weight, coordinates.len() as u64).fold(
                0.0,
                |sum, (coordinate, negative)| {
                    let value = coordinates.get(coordinate as usize).copied().unwrap_or(0.0);
                    sum + if negative { -value } else { value }
                },
            )
        };
        (0..shape.len() as u64).map(sum_of_terms).collect()
    }
}

/// Rows and columns of the two factors of a Kronecker product with a matrix of coordinates of
/// `rows` rows, if it fits the tensor.
fn factor_sizes(rows: u32, shape: &TensorShape, coordinates: usize) -> Option<[[usize; 2]; 2]> {
    let (inner_rows, outer_rows) = (rows as usize, *shape.dimensions.first()?);
    let inner_columns = coordinates / inner_rows;
    let outer_columns = shape.len() / outer_rows.max(1);
    let fits = inner_rows * inner_columns == coordinates
        && (1..=outer_rows).contains(&inner_rows)
        && (1..=outer_columns.min(MAX_TERMS as usize)).contains(&inner_columns);
    fits.then_some([[outer_rows, inner_rows], [outer_columns, inner_columns]])
}
