//! How the weights of a tensor lie to each other.

use crate::code::architecture::chain::Architecture;
use crate::code::architecture::layer::Layer;
use crate::code::architecture::tensors::TensorShape;
use crate::code::graph::dimensions::Dimensions;
use crate::code::graph::nodes::{Graph, Node};
use crate::code::graph::operator::Operator;
use crate::shape::ImageSize;

/// A tensor as rows of feature maps: `rows x channels x height x width`, the last index fastest.
///
/// A convolution has a row for each output channel and the kernel's rows and columns; a dense layer
/// has a row for each unit and its inputs' feature map; a bias is a single row, each entry a
/// channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::code) struct Geometry {
    /// Output channels or units.
    pub(in crate::code) rows: usize,
    /// Input channels within a group.
    pub(in crate::code) channels: usize,
    /// Rows of a kernel or feature map.
    pub(in crate::code) height: usize,
    /// Columns of a kernel or feature map.
    pub(in crate::code) width: usize,
}

impl Geometry {
    /// One geometry a tensor of the architecture.
    pub(in crate::code) fn of(architecture: &Architecture) -> Vec<Self> {
        let mut dense_inputs = architecture
            .steps()
            .filter_map(|(layer, before, _)| match layer {
                Layer::Dense { .. } => Some(before),
                _ => None,
            });
        let tensors = architecture.tensors();
        let geometry = |tensor: &TensorShape| {
            // Only dense layers have matrices.
            let is_matrix = tensor.dimensions.len() == 2;
            let inputs = if is_matrix { dense_inputs.next() } else { None };
            Self::new(&tensor.dimensions, inputs)
        };
        tensors.iter().map(geometry).collect()
    }

    /// One geometry a tensor of the graph. A dense layer that reads a flattened feature map has its
    /// channels, rows and columns; other matrices are rows of channels.
    pub(in crate::code) fn of_graph(graph: &Graph) -> Vec<Self> {
        let mut geometries = Vec::new();
        for (node, read, _) in graph.steps() {
            let is_dense = matches!(node.operator, Operator::Dense { .. });
            let inputs = is_dense.then(|| dense_input(graph, node));
            for (_, dimensions) in node.operator.weights(&read) {
                geometries.push(Self::new(&dimensions, inputs));
            }
        }
        geometries
    }

    /// Of a tensor of these dimensions; if it is a matrix, of a dense layer that reads such a
    /// feature map, if that is known.
    fn new(dimensions: &[usize], dense_inputs: Option<ImageSize>) -> Self {
        match (dimensions, dense_inputs) {
            (&[rows, channels, height, width], _) => Self {
                rows,
                channels,
                height,
                width,
            },
            (&[rows, _], Some(inputs)) => Self {
                rows,
                channels: inputs.channels,
                height: inputs.height,
                width: inputs.width,
            },
            (&[rows, channels], None) => Self {
                rows,
                channels,
                height: 1,
                width: 1,
            },
            _ => Self::line(dimensions.iter().product()),
        }
    }

    /// A single row, each entry a channel: what has no shape.
    pub(in crate::code) fn line(length: usize) -> Self {
        Self {
            rows: 1,
            channels: length,
            height: 1,
            width: 1,
        }
    }

    /// Number of weights in a row.
    pub(in crate::code) fn columns(&self) -> usize {
        self.channels * self.height * self.width
    }
}

/// The feature map that a dense layer of a graph reads.
fn dense_input(graph: &Graph, node: &Node) -> ImageSize {
    let value = node.inputs.first().copied().unwrap_or(0);
    let maker = value
        .checked_sub(1)
        .and_then(|maker| graph.nodes().get(maker));
    let flattened = maker.filter(|maker| maker.operator == Operator::Flatten);
    let flattened = flattened.and_then(|maker| maker.inputs.first());
    let lengths = |value: usize| {
        graph
            .values()
            .get(value)
            .map_or(&[][..], Dimensions::lengths)
    };
    match flattened.map(|&before| lengths(before)) {
        Some(&[channels, height, width]) => ImageSize {
            channels,
            height,
            width,
        },
        _ => ImageSize {
            channels: lengths(value).last().copied().unwrap_or(1),
            height: 1,
            width: 1,
        },
    }
}
