//! A chain of layers as a graph of operators with the same function, to the last bit.

use super::error::ExportError;
use crate::code::{oriented, NORMALISE_EPSILON};
use crate::code::{
    Activation, Architecture, Arithmetic, Convolution, Dimensions, Graph, Layer, Node, Operator,
    Pooling, Reduction, Window,
};
use crate::shape::ImageSize;

/// Where the numbers of a tensor come from.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Source {
    /// The network's tensor of this index.
    Tensor(usize),
    /// They belong to the format.
    Fixed(Vec<f32>),
}

/// The graph of a chain, and for each of its tensors where its numbers come from.
///
/// # Errors
/// [`ExportError::Inexpressible`] for a layer that is no operator.
pub(super) fn graph_of(chain: &Architecture) -> Result<(Graph, Vec<Source>), ExportError> {
    let mut walk = Walk::default();
    let (mut here, mut remembered) = (Place::image(), Vec::new());
    for (layer, before, after) in chain.steps() {
        here = match layer {
            Layer::Branch => {
                remembered.push(here);
                here
            }
            Layer::Exchange => match remembered.last_mut() {
                Some(other) => std::mem::replace(other, here),
                None => here,
            },
            Layer::Join => match remembered.pop() {
                Some(other) => walk.sum(here, other, after)?,
                None => here,
            },
            _ => walk.layer(layer, here, before)?,
        };
    }
    let graph = Graph::new(chain.input(), walk.nodes)?;
    Ok((graph, walk.sources))
}

/// A value of the graph, and whether it has one axis instead of three.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Place {
    value: usize,
    is_flat: bool,
}

impl Place {
    fn image() -> Self {
        Self {
            value: 0,
            is_flat: false,
        }
    }

    fn axes(self) -> usize {
        if self.is_flat {
            1
        } else {
            3
        }
    }
}

/// The nodes so far.
#[derive(Debug, Default)]
struct Walk {
    nodes: Vec<Node>,
    sources: Vec<Source>,
    tensors: usize,
}

impl Walk {
    fn push(&mut self, operator: Operator, inputs: Vec<usize>) -> usize {
        self.nodes.push(Node { operator, inputs });
        self.nodes.len()
    }

    /// The next tensors of the chain.
    fn take(&mut self, count: usize) {
        let taken = self.tensors..self.tensors + count;
        self.sources.extend(taken.map(Source::Tensor));
        self.tensors += count;
    }

    /// A value with channels, rows and columns.
    fn map(&mut self, place: Place, size: ImageSize) -> Result<usize, ExportError> {
        if !place.is_flat {
            return Ok(place.value);
        }
        let lengths = vec![size.channels, size.height, size.width];
        let dimensions = Dimensions::new(lengths).map_err(|_| ExportError::Inexpressible {
            what: format!("a feature map of {size}"),
        })?;
        Ok(self.push(Operator::Reshape { dimensions }, vec![place.value]))
    }

    /// The sum of two values of the same size.
    fn sum(&mut self, one: Place, other: Place, size: ImageSize) -> Result<Place, ExportError> {
        let inputs = if one.is_flat == other.is_flat {
            vec![one.value, other.value]
        } else {
            vec![self.map(one, size)?, self.map(other, size)?]
        };
        Ok(Place {
            value: self.push(Operator::Combine(Arithmetic::Add), inputs),
            is_flat: one.is_flat && other.is_flat,
        })
    }

    /// What a layer makes of a value that has this size.
    fn layer(
        &mut self,
        layer: &Layer,
        here: Place,
        before: ImageSize,
    ) -> Result<Place, ExportError> {
        let operator = match *layer {
            Layer::Dense { units, bias } => {
                let flat = match here.is_flat {
                    true => here.value,
                    false => self.push(Operator::Flatten, vec![here.value]),
                };
                self.take(1 + usize::from(bias));
                let value = self.push(Operator::Dense { units, bias }, vec![flat]);
                return Ok(Place {
                    value,
                    is_flat: true,
                });
            }
            Layer::Relu => Operator::Activation(Activation::Relu),
            Layer::Relu6 => Operator::Activation(Activation::Clip {
                low: 0.0,
                high: 6.0,
            }),
            Layer::BatchNormalise => {
                self.take(2);
                Operator::Affine {
                    axis: 0,
                    scale: true,
                    shift: true,
                }
            }
            Layer::Normalise => Operator::Normalise {
                axes: here.axes(),
                epsilon: NORMALISE_EPSILON,
            },
            Layer::Convolution(convolution) => {
                self.take(1 + usize::from(convolution.bias));
                return self.on_map(of_convolution(&convolution, before), here, before);
            }
            Layer::Oriented { filters } => {
                let convolution = Convolution::oriented(filters, before.channels);
                let convolution = convolution.map_err(|_| inexpressible(layer))?;
                let weights = oriented::weights(filters, before.channels);
                self.sources.push(Source::Fixed(weights));
                return self.on_map(of_convolution(&convolution, before), here, before);
            }
            Layer::MaxPool { size } => {
                return self.on_map(pool(Pooling::Largest, size), here, before);
            }
            Layer::AveragePool { size } => {
                return self.on_map(pool(Pooling::Mean, size), here, before);
            }
            Layer::GlobalAverage => {
                let mean = Operator::Reduce {
                    reduction: Reduction::Mean,
                    axes: vec![1, 2],
                    keep: true,
                };
                return self.on_map(mean, here, before);
            }
            // Where an image is moved to depends on its moments.
            Layer::Deskew | Layer::Branch | Layer::Exchange | Layer::Join => {
                return Err(inexpressible(layer));
            }
        };
        Ok(Place {
            value: self.push(operator, vec![here.value]),
            is_flat: here.is_flat,
        })
    }

    /// What an operator makes that needs a feature map.
    fn on_map(
        &mut self,
        operator: Operator,
        here: Place,
        before: ImageSize,
    ) -> Result<Place, ExportError> {
        let map = self.map(here, before)?;
        Ok(Place {
            value: self.push(operator, vec![map]),
            is_flat: false,
        })
    }
}

fn inexpressible(layer: &Layer) -> ExportError {
    ExportError::Inexpressible {
        what: format!("the layer {layer}"),
    }
}

fn of_convolution(convolution: &Convolution, before: ImageSize) -> Operator {
    Operator::Convolution {
        channels: convolution.channels,
        window: Window::of_convolution(convolution, before),
        groups: convolution.groups,
        bias: convolution.bias,
    }
}

/// Windows side by side.
fn pool(pooling: Pooling, size: usize) -> Operator {
    Operator::Pool {
        pooling,
        window: Window::side_by_side(size),
        is_rounded_up: false,
    }
}
