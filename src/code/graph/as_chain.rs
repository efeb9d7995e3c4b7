//! A graph that is a chain of layers: files of chains are shorter, and chains can be trained.

use super::dimensions::Dimensions;
use super::nodes::{Graph, Node};
use super::operator::{Activation, Arithmetic, Operator, Pooling, Reduction, Window};
use crate::code::architecture::chain::{Architecture, MAX_DEPTH};
use crate::code::architecture::layer::{Convolution, Layer, Padding};

/// A chain, and for each of its tensors which of the graph's it is.
#[derive(Debug, Clone, PartialEq)]
pub struct AsChain {
    /// The layers.
    pub architecture: Architecture,
    /// For each tensor of the chain the index of the graph's.
    pub tensors: Vec<usize>,
}

impl Graph {
    /// The chain of layers that computes the same, up to rounding, if there is one: every operator
    /// is one that [`Layer`] has, and what leaves the chain comes back to it by a sum.
    #[must_use]
    pub fn as_chain(&self) -> Option<AsChain> {
        let mut walk = Walk {
            graph: self,
            readers: self.readers(),
            firsts: self.first_tensors(),
            layers: Vec::new(),
            tensors: Vec::new(),
        };
        let end = walk.follow(0, 0)?;
        if end != self.nodes().len() {
            return None;
        }
        let Walk {
            layers, tensors, ..
        } = walk;
        let architecture = Architecture::new(self.input(), layers).ok()?;
        Some(AsChain {
            architecture,
            tensors,
        })
    }

    /// For each value the indices of the nodes that read it.
    fn readers(&self) -> Vec<Vec<usize>> {
        let mut readers = vec![Vec::new(); self.values().len()];
        for (index, node) in self.nodes().iter().enumerate() {
            for &value in &node.inputs {
                readers[value].push(index);
            }
        }
        readers
    }
}

/// A walk from value to value.
struct Walk<'a> {
    graph: &'a Graph,
    readers: Vec<Vec<usize>>,
    firsts: Vec<Option<usize>>,
    layers: Vec<Layer>,
    tensors: Vec<usize>,
}

impl Walk<'_> {
    /// Follows the layers from a value on; returns the value that a sum of two sides reads, or that
    /// nothing reads.
    fn follow(&mut self, mut value: usize, depth: usize) -> Option<usize> {
        loop {
            value = match self.readers[value][..] {
                [] => return Some(value),
                [reader] if self.is_sum(reader) => return Some(value),
                [reader] => self.layer(reader)?,
                [first, second] => self.branch(value, first, second, depth)?,
                _ => return None,
            };
        }
    }

    fn node(&self, index: usize) -> &Node {
        &self.graph.nodes()[index]
    }

    fn is_sum(&self, index: usize) -> bool {
        self.node(index).operator == Operator::Combine(Arithmetic::Add)
    }

    /// Two sides that leave a value and come together in a sum; returns what that makes.
    fn branch(&mut self, value: usize, first: usize, second: usize, depth: usize) -> Option<usize> {
        if depth == MAX_DEPTH || first == second {
            return None;
        }
        self.layers.push(Layer::Branch);
        let sides: Vec<usize> = [first, second]
            .into_iter()
            .filter(|&reader| !self.is_sum(reader))
            .collect();
        let mut ends = Vec::new();
        for (place, &side) in sides.iter().enumerate() {
            if place > 0 {
                self.layers.push(Layer::Exchange);
            }
            let after = self.layer(side)?;
            ends.push(self.follow(after, depth + 1)?);
        }
        // A side without layers is the value itself.
        ends.resize(2, value);
        let sum = *self.readers[ends[0]]
            .iter()
            .find(|&&reader| self.is_sum(reader))?;
        let mut read = self.node(sum).inputs.clone();
        read.sort_unstable();
        ends.sort_unstable();
        if read != ends {
            return None;
        }
        self.layers.push(Layer::Join);
        Some(sum + 1)
    }

    /// Takes a node as a layer; returns the value that it makes.
    fn layer(&mut self, index: usize) -> Option<usize> {
        let node = self.node(index);
        let before = self.graph.values().get(*node.inputs.first()?)?;
        let layer = layer_of(&node.operator, before)?;
        if let Some(first) = self.firsts[index] {
            let count = node.operator.weights(&[before]).len();
            self.tensors.extend(first..first + count);
        }
        self.layers.extend(layer);
        Some(index + 1)
    }
}

/// The layer that computes what an operator computes of such a value: none for what only changes
/// its shape; nothing, if there is no such layer.
fn layer_of(operator: &Operator, before: &Dimensions) -> Option<Option<Layer>> {
    let is_map = before.axes() == 3;
    let layer = match operator {
        Operator::Convolution {
            channels,
            window,
            groups,
            bias,
        } => Layer::Convolution(Convolution {
            channels: *channels,
            kernel: side(window)?,
            stride: window.stride[0],
            padding: padding(window, before)?,
            groups: *groups,
            bias: *bias,
        }),
        // A dense layer of a chain reads all that there is.
        Operator::Dense { units, bias } if before.axes() == 1 => Layer::Dense {
            units: *units,
            bias: *bias,
        },
        Operator::Affine {
            axis: 0,
            scale: true,
            shift: true,
        } if is_map || before.axes() == 1 => Layer::BatchNormalise,
        Operator::Pool {
            pooling,
            window,
            is_rounded_up,
        } => pool(*pooling, window, *is_rounded_up, before)?,
        Operator::Reduce {
            reduction: Reduction::Mean,
            axes,
            ..
        } if is_map && axes == &[1, 2] => Layer::GlobalAverage,
        Operator::Activation(Activation::Relu) => Layer::Relu,
        Operator::Activation(Activation::Clip { low, high }) if [*low, *high] == [0.0, 6.0] => {
            Layer::Relu6
        }
        Operator::Flatten => return Some(None),
        Operator::Reshape { dimensions } if dimensions.axes() == 1 => return Some(None),
        _ => return None,
    };
    Some(Some(layer))
}

/// The side of a window that is square, with equal strides and without dilation.
fn side(window: &Window) -> Option<usize> {
    let [rows, columns] = window.size;
    let is_plain =
        rows == columns && window.stride[0] == window.stride[1] && window.dilation == [1, 1];
    is_plain.then_some(rows)
}

fn padding(window: &Window, before: &Dimensions) -> Option<Padding> {
    let [[above, below], [left, right]] = window.padding;
    if [below, left, right] == [above; 3] {
        return Some(Padding::Each(above));
    }
    let same = Convolution {
        channels: 1,
        kernel: side(window)?,
        stride: window.stride[0],
        padding: Padding::Same,
        groups: 1,
        bias: false,
    };
    let lengths = before.lengths();
    let margins = [
        same.margins(*lengths.get(1)?),
        same.margins(*lengths.get(2)?),
    ];
    (margins == window.padding).then_some(Padding::Same)
}

fn pool(
    pooling: Pooling,
    window: &Window,
    is_rounded_up: bool,
    before: &Dimensions,
) -> Option<Layer> {
    let size = side(window)?;
    let is_whole = before.lengths()[1..]
        .iter()
        .all(|length| length % size == 0);
    if window.stride[0] != size || window.padding != [[0; 2]; 2] || (is_rounded_up && !is_whole) {
        return None;
    }
    Some(match pooling {
        Pooling::Largest => Layer::MaxPool { size },
        Pooling::Mean | Pooling::PaddedMean => Layer::AveragePool { size },
    })
}
