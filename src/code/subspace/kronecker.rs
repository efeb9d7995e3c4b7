//! Kronecker products of two random factors with orthonormal columns.

use super::splitmix::mixed;

/// Columns shorter than this after orthogonalisation are taken for dependent, and become zero.
const DEPENDENT: f64 = 1e-9;

/// The factors of `A X B^T`: a subspace of matrices that takes few numbers to make.
///
/// Every operation and its order is part of the format, so the factors are orthonormalised here and
/// not by a library, whose order of summation may change; the columns span what a QR
/// decomposition's do.
#[derive(Debug, Clone, PartialEq)]
pub struct Factors {
    /// The columns of `A`.
    pub left: Vec<Vec<f64>>,
    /// The columns of `B`.
    pub right: Vec<Vec<f64>>,
}

impl Factors {
    /// Rows and columns of each.
    pub(super) fn new(seed: u64, left: [usize; 2], right: [usize; 2]) -> Self {
        Self {
            left: kronecker_factor(seed, 0, left),
            right: kronecker_factor(seed, 1, right),
        }
    }
}

/// The columns of a random matrix of `[rows, columns]`, orthonormalised.
///
/// The number in row `i` of column `j` is at first the highest 53 bits of
/// `mix(mix(mix(seed) xor (side 2^32 + j)) xor i)`, divided by `2^52`, less 1. Then, column by
/// column, for each column before in order, its product with the present one times it is taken off
/// (modified Gram-Schmidt), and what is left is divided by its length.
#[must_use]
pub fn kronecker_factor(seed: u64, side: u64, [rows, columns]: [usize; 2]) -> Vec<Vec<f64>> {
    let mut factor: Vec<Vec<f64>> = Vec::with_capacity(columns);
    for j in 0..columns as u64 {
        let key = mixed(mixed(seed) ^ (side << 32 | j));
        let number = |i| (mixed(key ^ i) >> 11) as f64 / (1u64 << 52) as f64 - 1.0;
        let mut column: Vec<f64> = (0..rows as u64).map(number).collect();
        for before in &factor {
            let along = dot(before, &column);
            column
                .iter_mut()
                .zip(before)
                .for_each(|(value, other)| *value -= along * other);
        }
        let length = dot(&column, &column).sqrt();
        column.iter_mut().for_each(|value| {
            *value = if length > DEPENDENT {
                *value / length
            } else {
                0.0
            }
        });
        factor.push(column);
    }
    factor
}

/// `A X B^T`, row by row, in double precision and then rounded to single: first `X B^T`, each sum
/// from 0 in order.
pub(super) fn product(factors: &Factors, coordinates: &[f32]) -> Vec<f32> {
    let columns = factors.right.first().map_or(0, Vec::len);
    let mut half = vec![vec![0.0f64; columns]; factors.left.len()];
    for (sums, row) in half
        .iter_mut()
        .zip(coordinates.chunks(factors.right.len().max(1)))
    {
        for (&coordinate, factor) in row.iter().zip(&factors.right) {
            sums.iter_mut()
                .zip(factor)
                .for_each(|(sum, other)| *sum += f64::from(coordinate) * other);
        }
    }
    let rows = factors.left.first().map_or(0, Vec::len);
    let mut weights = Vec::with_capacity(rows * columns);
    for row in 0..rows {
        let mut sums = vec![0.0f64; columns];
        for (factor, half) in factors.left.iter().zip(&half) {
            sums.iter_mut()
                .zip(half)
                .for_each(|(sum, other)| *sum += factor[row] * other);
        }
        weights.extend(sums.into_iter().map(|sum| sum as f32));
    }
    weights
}

/// The sum of products, from 0 in order.
fn dot(first: &[f64], second: &[f64]) -> f64 {
    first
        .iter()
        .zip(second)
        .fold(0.0, |sum, (one, other)| sum + one * other)
}
