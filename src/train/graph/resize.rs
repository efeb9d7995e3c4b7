//! Maps with other numbers of rows and columns.

use candle_core::{Result, Tensor};

use super::rearrange::selected;
use crate::code::{neighbours, Neighbours};

/// Maps `[batch, channels, rows, columns]`, interpolated to this size.
pub(super) fn resized(maps: &Tensor, [rows, columns]: [usize; 2]) -> Result<Tensor> {
    let wide = interpolated(maps, 2, columns)?;
    interpolated(&wide, 1, rows)
}

/// With another length of an axis, which is one of an example.
fn interpolated(maps: &Tensor, axis: usize, length: usize) -> Result<Tensor> {
    let places: Vec<Neighbours> = neighbours(maps.dim(axis + 1)?, length).collect();
    let first = selected(maps, axis, places.iter().map(|place| place.first))?;
    let second = selected(maps, axis, places.iter().map(|place| place.second))?;
    let weights: Vec<f32> = places.iter().map(|place| place.weight).collect();
    let mut shape = vec![1; maps.rank()];
    shape[axis + 1] = length;
    let weights = Tensor::from_vec(weights, shape, maps.device())?.to_dtype(maps.dtype())?;
    &first + (second - &first)?.broadcast_mul(&weights)?
}
