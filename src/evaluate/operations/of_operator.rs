//! Operations of the nodes of a graph.

use super::affine::Affine;
use super::combine::{Combine, WithNumber};
use super::convolution::Convolve;
use super::dense::Dense;
use super::geometry::Geometry;
use super::local_response::LocalResponse;
use super::matrix_product::MatrixProduct;
use super::normalise::Normalise;
use super::operation::Operation;
use super::pool::Pool;
use super::rearrange::{Concatenate, Indices, Pad, Select, Transpose};
use super::reduce::Reduce;
use super::resize::Resize;
use super::softmax::Softmax;
use super::tensor::Tensors;
use crate::code::{Dimensions, Operator};

impl Operation {
    /// Of an operator that fits what it reads; its weights are the next tensors.
    pub(in crate::evaluate) fn of_operator<I, T>(
        operator: &Operator,
        before: &[&Dimensions],
        after: &Dimensions,
        tensors: &mut Tensors<I>,
    ) -> Self
    where
        I: Iterator<Item = (Option<usize>, T)>,
        T: IntoIterator<Item = f32>,
    {
        let lengths = |place: usize| before.get(place).map_or(&[][..], |value| value.lengths());
        let (first, after) = (lengths(0), after.lengths());
        match operator {
            Operator::Convolution {
                window,
                groups,
                bias,
                ..
            } => {
                let geometry = Geometry {
                    before: map(first),
                    after: map(after),
                    window: *window,
                    groups: *groups,
                };
                let tensor = tensors.next();
                let bias = bias.then(|| tensors.bias(geometry.after[0]));
                Operation::Convolve(Convolve::new(geometry, tensor, bias))
            }
            Operator::Dense { units, bias } => {
                let tensor = tensors.next();
                let bias = bias.then(|| tensors.bias(*units));
                let inputs = first.last().copied().unwrap_or(1);
                Operation::Dense(Dense::new([*units, inputs], tensor, bias))
            }
            Operator::Affine { axis, scale, shift } => Operation::Affine(Affine {
                scale: scale.then(|| tensors.vector(first[*axis])),
                shift: shift.then(|| tensors.vector(first[*axis])),
                length: first[*axis],
                inner: product(&first[axis + 1..]),
            }),
            Operator::Constant { dimensions } => {
                Operation::Constant(tensors.vector(dimensions.numbers()))
            }
            Operator::Pool {
                pooling, window, ..
            } => Operation::Pool(Pool {
                pooling: *pooling,
                window: *window,
                before: [first[1], first[2]],
                after: [after[1], after[2]],
            }),
            Operator::Reduce {
                reduction, axes, ..
            } => Operation::Reduce(Reduce::new(*reduction, first, axes)),
            Operator::Normalise { axes, epsilon } => Operation::Normalise(Normalise {
                count: product(&first[first.len() - axes..]),
                epsilon: *epsilon,
            }),
            Operator::LocalResponse {
                size,
                alpha,
                beta,
                bias,
            } => Operation::LocalResponse(LocalResponse {
                channels: first[0],
                size: *size,
                alpha: *alpha,
                beta: *beta,
                bias: *bias,
            }),
            Operator::Softmax { axis } => Operation::Softmax(Softmax {
                length: first[*axis],
                inner: product(&first[axis + 1..]),
            }),
            Operator::Activation(activation) => Operation::Activation(*activation),
            Operator::Scalar {
                arithmetic,
                number,
                is_first,
            } => Operation::WithNumber(WithNumber {
                arithmetic: *arithmetic,
                number: *number,
                is_first: *is_first,
            }),
            Operator::Combine(arithmetic) => {
                Operation::Combine(Combine::new(*arithmetic, first, lengths(1), after))
            }
            Operator::MatrixProduct => {
                Operation::MatrixProduct(MatrixProduct::new(first, lengths(1), after))
            }
            Operator::Concatenate { axis } => Operation::Concatenate(Concatenate {
                inner: before
                    .iter()
                    .map(|value| value.stride_from(*axis))
                    .collect(),
            }),
            Operator::Reshape { .. } | Operator::Flatten => Operation::Reshape,
            Operator::Transpose { order } => Operation::Transpose(Transpose::new(first, order)),
            Operator::Slice {
                axis,
                start,
                count,
                step,
            } => Operation::Select(Select {
                indices: Indices::Equidistant {
                    start: *start,
                    count: *count,
                    step: *step,
                },
                length: first[*axis],
                inner: product(&first[axis + 1..]),
            }),
            Operator::Pad { padding } => Operation::Pad(Pad::new(first, after, padding)),
            Operator::Select { axis, indices } => Operation::Select(Select {
                indices: Indices::Listed(indices.clone()),
                length: first[*axis],
                inner: product(&first[axis + 1..]),
            }),
            Operator::Resize { size } => {
                Operation::Resize(Resize::new([first[1], first[2]], *size))
            }
        }
    }
}

fn product(lengths: &[usize]) -> usize {
    lengths.iter().product()
}

/// Channels, rows and columns of a feature map.
fn map(lengths: &[usize]) -> [usize; 3] {
    std::array::from_fn(|axis| lengths.get(axis).copied().unwrap_or(1))
}
