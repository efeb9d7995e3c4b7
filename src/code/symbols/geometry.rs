//! How the weights of a tensor lie to each other.

use crate::code::architecture::chain::Architecture;
use crate::code::architecture::layer::Layer;
use crate::code::architecture::tensors::TensorShape;
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
        architecture
            .tensors()
            .iter()
            .map(|tensor| Self::new(tensor, &mut dense_inputs))
            .collect()
    }

    fn new(tensor: &TensorShape, dense_inputs: &mut impl Iterator<Item = ImageSize>) -> Self {
        match *tensor.dimensions {
            [rows, channels, height, width] => Self {
                rows,
                channels,
                height,
                width,
            },
            [rows, inputs] => match dense_inputs.next() {
                Some(ImageSize {
                    channels,
                    height,
                    width,
                }) => Self {
                    rows,
                    channels,
                    height,
                    width,
                },
                None => Self {
                    rows,
                    channels: inputs,
                    height: 1,
                    width: 1,
                },
            },
            _ => Self::line(tensor.len()),
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
