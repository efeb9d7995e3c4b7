//! Operators that move numbers. Axes are those of an example; tensors have that of the batch before
//! them.

use candle_core::{Result, Tensor};

use super::value::Value;

/// The tensors one after the other along an axis.
pub(super) fn concatenated(values: &[&Value], axis: usize) -> Result<Tensor> {
    let mut examples = 1;
    for value in values {
        examples = examples.max(value.examples()?);
    }
    let mut tensors = Vec::with_capacity(values.len());
    for value in values {
        tensors.push(for_each_example(&value.to_plain()?, examples)?);
    }
    Tensor::cat(&tensors, axis + 1)
}

/// Repeated for each example, if it was the same for all.
pub(super) fn for_each_example(tensor: &Tensor, examples: usize) -> Result<Tensor> {
    let mut lengths = tensor.dims().to_vec();
    if lengths[0] == examples {
        return Ok(tensor.clone());
    }
    lengths[0] = examples;
    tensor.broadcast_as(lengths)
}

/// The same numbers with other lengths.
pub(super) fn reshaped(tensor: &Tensor, lengths: &[usize]) -> Result<Tensor> {
    let mut all = vec![tensor.dim(0)?];
    all.extend(lengths);
    tensor.reshape(all)
}

/// Axes in another order.
pub(super) fn transposed(tensor: &Tensor, order: &[usize]) -> Result<Tensor> {
    let mut all = vec![0];
    all.extend(order.iter().map(|axis| axis + 1));
    tensor.permute(all)
}

/// Some of the indices of an axis.
pub(super) fn selected(
    tensor: &Tensor,
    axis: usize,
    indices: impl Iterator<Item = usize>,
) -> Result<Tensor> {
    let indices: Vec<u32> = indices.map(|index| index as u32).collect();
    let count = indices.len();
    let indices = Tensor::from_vec(indices, count, tensor.device())?;
    tensor.contiguous()?.index_select(&indices, axis + 1)
}

/// Zeros around the last axes.
pub(super) fn padded(tensor: &Tensor, padding: &[[usize; 2]]) -> Result<Tensor> {
    let first = tensor.rank() - padding.len();
    let mut padded = tensor.clone();
    for (axis, [before, after]) in padding.iter().enumerate() {
        padded = padded.pad_with_zeros(first + axis, *before, *after)?;
    }
    Ok(padded)
}
