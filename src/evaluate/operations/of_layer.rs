//! Operations of the layers of a chain.

use super::affine::Affine;
use super::combine::Combine;
use super::convolution::Convolve;
use super::dense::Dense;
use super::geometry::Geometry;
use super::normalise::Normalise;
use super::operation::Operation;
use super::pool::Pool;
use super::reduce::Reduce;
use super::tensor::{Tensor, Tensors};
use crate::code::{oriented, NORMALISE_EPSILON};
use crate::code::{Activation, Arithmetic, Convolution, Layer, Pooling, Reduction, Window};
use crate::shape::ImageSize;

impl Operation {
    /// Of a layer between maps of these sizes; its weights are the next tensors. None for the ends
    /// of branches.
    pub(in crate::evaluate) fn of_layer<I, T>(
        layer: &Layer,
        before: ImageSize,
        after: ImageSize,
        tensors: &mut Tensors<I>,
    ) -> Option<Self>
    where
        I: Iterator<Item = (Option<usize>, T)>,
        T: IntoIterator<Item = f32>,
    {
        let area = before.height * before.width;
        let operation = match *layer {
            Layer::Convolution(convolution) => {
                let tensor = tensors.next();
                let bias = convolution.bias.then(|| tensors.bias(after.channels));
                let geometry = geometry(&convolution, before, after);
                Operation::Convolve(Convolve::new(geometry, tensor, bias))
            }
            Layer::Deskew => Operation::Deskew(before),
            Layer::Oriented { filters } => oriented_filters(filters, before, after),
            Layer::Dense { units, bias } => {
                let tensor = tensors.next();
                let bias = bias.then(|| tensors.bias(units));
                Operation::Dense(Dense::new([units, before.features()], tensor, bias))
            }
            Layer::MaxPool { size } => pool(Pooling::Largest, size, before, after),
            Layer::AveragePool { size } => pool(Pooling::Mean, size, before, after),
            Layer::GlobalAverage => {
                let map = [before.channels, before.height, before.width];
                Operation::Reduce(Reduce::new(Reduction::Mean, &map, &[1, 2]))
            }
            Layer::Relu => Operation::Activation(Activation::Relu),
            Layer::Relu6 => Operation::Activation(Activation::Clip {
                low: 0.0,
                high: 6.0,
            }),
            Layer::Normalise => Operation::Normalise(Normalise {
                count: before.features(),
                epsilon: NORMALISE_EPSILON,
            }),
            Layer::BatchNormalise => Operation::Affine(Affine {
                scale: Some(tensors.vector(before.channels)),
                shift: Some(tensors.vector(before.channels)),
                length: before.channels,
                inner: area,
            }),
            Layer::Branch | Layer::Exchange | Layer::Join => return None,
        };
        Some(operation)
    }

    /// The sum of two maps of so many numbers.
    pub(in crate::evaluate) fn sum(numbers: usize) -> Self {
        let numbers = &[numbers];
        Operation::Combine(Combine::new(Arithmetic::Add, numbers, numbers, numbers))
    }
}

fn geometry(convolution: &Convolution, before: ImageSize, after: ImageSize) -> Geometry {
    let sizes = |size: ImageSize| [size.channels, size.height, size.width];
    Geometry {
        before: sizes(before),
        after: sizes(after),
        window: Window::of_convolution(convolution, before),
        groups: convolution.groups,
    }
}

/// Fixed filters as a convolution without bias.
fn oriented_filters(filters: usize, before: ImageSize, after: ImageSize) -> Operation {
    match Convolution::oriented(filters, before.channels) {
        Ok(convolution) => {
            let weights = oriented::weights(filters, before.channels);
            let tensor = Tensor {
                nonzeros: Some(weights.len()),
                weights: weights.into_iter(),
            };
            let geometry = geometry(&convolution, before, after);
            Operation::Convolve(Convolve::new(geometry, tensor, None))
        }
        // An architecture holds no layer that does not fit.
        Err(reason) => unreachable!("{reason}"),
    }
}

/// Windows side by side; what is left over is dropped.
fn pool(pooling: Pooling, size: usize, before: ImageSize, after: ImageSize) -> Operation {
    Operation::Pool(Pool {
        pooling,
        window: Window::side_by_side(size),
        before: [before.height, before.width],
        after: [after.height, after.width],
    })
}
