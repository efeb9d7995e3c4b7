//! What each operator of a graph makes of a batch.

use candle_core::{bail, Result, Tensor, D};

use super::affine::{scaled, shifted};
use super::arithmetic::{combine, with_fixed};
use super::functions::Function;
use super::pooling::pool;
use super::rearrange::{concatenated, padded, reshaped, selected, transposed};
use super::resize::resized;
use super::rows::RowFunction;
use super::value::Value;
use crate::code::{Dimensions, Operator, Reduction, Window};
use crate::train::operators;

/// What an operator makes, whose dimensions are `after`, of what it reads, with its weights.
pub(super) fn compute(
    operator: &Operator,
    read: &[&Value],
    weights: &[Tensor],
    after: &Dimensions,
) -> Result<Value> {
    match (operator, read) {
        (Operator::Constant { .. }, _) => match weights {
            [weights] => Ok(Value::plain(weights.unsqueeze(0)?)),
            _ => bail!("a constant without its weights"),
        },
        (Operator::Combine(arithmetic), [first, second]) => combine(*arithmetic, first, second),
        (Operator::MatrixProduct, [first, second]) => {
            let product = |first: &Tensor, second: &Tensor| {
                let (first, second) = (first.contiguous()?, second.contiguous()?);
                first.broadcast_matmul(&second)
            };
            let (first, second) = (first.to_plain()?, second.to_plain()?);
            Value::plain(first).zip(&Value::plain(second), product)
        }
        (Operator::Concatenate { axis }, read) => Ok(Value::plain(concatenated(read, *axis)?)),
        (_, [value]) => of_one(operator, value, weights, after),
        _ => bail!("{operator} reads another number of values"),
    }
}

/// Of operators that read one value.
fn of_one(
    operator: &Operator,
    value: &Value,
    weights: &[Tensor],
    after: &Dimensions,
) -> Result<Value> {
    let on_plain = |function: &dyn Fn(&Tensor) -> Result<Tensor>| {
        value
            .to_plain()
            .and_then(|tensor| function(&tensor))
            .map(Value::plain)
    };
    match operator {
        Operator::Convolution { window, groups, .. } => {
            let [kernel, bias @ ..] = weights else {
                bail!("a convolution without its kernel");
            };
            let maps = value.to_interleaved()?;
            let maps = convolved(&maps, kernel, bias.first(), *window, *groups)?;
            Value::interleaved(maps, value.examples()?)
        }
        Operator::Dense { .. } => {
            let [matrix, bias @ ..] = weights else {
                bail!("a dense layer without its matrix");
            };
            on_plain(&|tensor| dense(tensor, matrix, bias.first()))
        }
        Operator::Affine { axis, scale, .. } => {
            let (scales, shifts) = weights.split_at(usize::from(*scale));
            value.map(|tensor| {
                let mut result = tensor.clone();
                for scale in scales {
                    result = scaled(&result, scale, axis + 1)?;
                }
                for shift in shifts {
                    result = shifted(&result, shift, axis + 1)?;
                }
                Ok(result)
            })
        }
        Operator::Pool {
            pooling, window, ..
        } => {
            let [_, rows, columns] = *after.lengths() else {
                bail!("{operator} makes no map");
            };
            on_plain(&|tensor| pool(tensor, *pooling, *window, [rows, columns]))
        }
        Operator::Reduce {
            reduction, axes, ..
        } => on_plain(&|tensor| reduced(tensor, *reduction, axes, after)),
        Operator::Normalise { axes, epsilon } => on_plain(&|tensor| {
            let epsilon = f64::from(*epsilon);
            let kept = tensor.rank() - axes;
            let rows = RowFunction::Normalise { epsilon }.of(&tensor.flatten_from(kept)?)?;
            rows.reshape(tensor.shape())
        }),
        Operator::LocalResponse {
            size,
            alpha,
            beta,
            bias,
        } => on_plain(&|tensor| {
            let scale = f64::from(*alpha) / *size as f64;
            let sums = sums_of_squares(tensor, *size)?.affine(scale, f64::from(*bias))?;
            tensor / Function::PowerOf(*beta).of(&sums)?
        }),
        Operator::Softmax { axis } => on_plain(&|tensor| {
            let (axis, last) = (axis + 1, tensor.rank() - 1);
            let rows = RowFunction::Softmax.of(&tensor.transpose(axis, last)?)?;
            rows.transpose(axis, last)
        }),
        Operator::Activation(activation) => {
            value.map(|tensor| Function::Activation(*activation).of(tensor))
        }
        Operator::Scalar {
            arithmetic,
            number,
            is_first,
        } => value.map(|tensor| with_fixed(*arithmetic, tensor, *number, *is_first)),
        Operator::Reshape { .. } | Operator::Flatten => {
            on_plain(&|tensor| reshaped(tensor, after.lengths()))
        }
        Operator::Transpose { order } => on_plain(&|tensor| transposed(tensor, order)),
        Operator::Slice {
            axis,
            start,
            count,
            step: 1,
        } => on_plain(&|tensor| tensor.narrow(axis + 1, *start, *count)),
        Operator::Slice {
            axis,
            start,
            count,
            step,
        } => on_plain(&|tensor| {
            let indices = (0..*count).map(|place| start + step * place);
            selected(tensor, *axis, indices)
        }),
        Operator::Pad { padding } => on_plain(&|tensor| padded(tensor, padding)),
        Operator::Select { axis, indices } => {
            on_plain(&|tensor| selected(tensor, *axis, indices.iter().copied()))
        }
        Operator::Resize { size } => on_plain(&|tensor| resized(tensor, *size)),
        Operator::Constant { .. }
        | Operator::Combine(_)
        | Operator::MatrixProduct
        | Operator::Concatenate { .. } => bail!("{operator} does not read one value"),
    }
}

/// Interleaved maps. A dilated kernel is one with zeros between its numbers.
fn convolved(
    maps: &Tensor,
    kernel: &Tensor,
    bias: Option<&Tensor>,
    window: Window,
    groups: usize,
) -> Result<Tensor> {
    let mut kernel = kernel.clone();
    for side in 0..2 {
        let (size, dilation) = (window.size[side], window.dilation[side]);
        if size == 1 || dilation == 1 {
            continue;
        }
        let axis = 2 + side;
        let apart = kernel
            .unsqueeze(axis + 1)?
            .pad_with_zeros(axis + 1, 0, dilation - 1)?;
        kernel = apart
            .flatten(axis, axis + 1)?
            .narrow(axis, 0, window.extent(side))?;
    }
    let span = |side: usize| {
        let [before, after] = window.padding[side];
        operators::Span {
            size: window.extent(side),
            stride: window.stride[side],
            before,
            after,
        }
    };
    let window = operators::Window {
        rows: span(0),
        columns: span(1),
    };
    operators::convolve(maps, &kernel, bias, window, groups)
}

fn dense(tensor: &Tensor, matrix: &Tensor, bias: Option<&Tensor>) -> Result<Tensor> {
    let (units, inputs) = matrix.dims2()?;
    let mut lengths = tensor.dims().to_vec();
    let rows = tensor.reshape(((), inputs))?;
    let mut product = rows.matmul(&matrix.t()?)?;
    if let Some(bias) = bias {
        product = shifted(&product, bias, 1)?;
    }
    if let Some(last) = lengths.last_mut() {
        *last = units;
    }
    product.reshape(lengths)
}

/// Over axes of an example: these are brought to the end, and become one.
fn reduced(
    tensor: &Tensor,
    reduction: Reduction,
    axes: &[usize],
    after: &Dimensions,
) -> Result<Tensor> {
    let kept = (0..tensor.rank() - 1).filter(|axis| !axes.contains(axis));
    let order: Vec<usize> = kept.chain(axes.iter().copied()).collect();
    let rows = transposed(tensor, &order)?.flatten_from(tensor.rank() - axes.len())?;
    let rows = rows.contiguous()?;
    let reduced = match reduction {
        Reduction::Mean => rows.mean(D::Minus1)?,
        Reduction::Sum => rows.sum(D::Minus1)?,
        Reduction::Largest => rows.max(D::Minus1)?,
    };
    reshaped(&reduced, after.lengths())
}

/// For each channel the sum of the squares of `size` channels around it.
fn sums_of_squares(maps: &Tensor, size: usize) -> Result<Tensor> {
    let before = (size - 1) / 2;
    let channels = maps.dim(1)?;
    let squares = maps.sqr()?.pad_with_zeros(1, before, size - 1 - before)?;
    let mut sum = squares.narrow(1, 0, channels)?;
    for place in 1..size {
        sum = (sum + squares.narrow(1, place, channels)?)?;
    }
    Ok(sum)
}
