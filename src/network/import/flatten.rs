//! In which order a dense layer reads a feature map.
//!
//! Here, and in PyTorch, the inputs are in the order channel, row, column. In TensorFlow, Keras and
//! Flax feature maps have their channels last, and flattening one gives the order row, column,
//! channel; but a network may also have been converted, or have turned its maps first. Nothing in
//! the file tells.

use super::error::ImportError;
use super::options::FlattenOrder;
use crate::code::{Architecture, Layer};
use crate::shape::ImageSize;

/// The matrices, by their places among the tensors, for which the order matters: those of dense
/// layers that read a map of several channels and several places.
fn readers_of_maps(architecture: &Architecture) -> Vec<(usize, ImageSize)> {
    let first_tensors = architecture.first_tensors();
    let steps = architecture.steps().zip(first_tensors);
    steps
        .filter_map(|((layer, before, _), tensor)| {
            let is_map = before.channels > 1 && before.height * before.width > 1;
            match layer {
                Layer::Dense { .. } if is_map => Some((tensor?, before)),
                _ => None,
            }
        })
        .collect()
}

/// Brings the columns of matrices that read feature maps into the order channel, row, column.
///
/// # Errors
/// [`ImportError::FlattenUnknown`] if the file has its weights as TensorFlow does, and the order is
/// not given though it matters; [`ImportError::FlattenUnused`] if it is given and does not matter.
pub(super) fn flatten(
    architecture: &Architecture,
    weights: &mut [Vec<f32>],
    order: Option<FlattenOrder>,
    is_transposed: bool,
) -> Result<(), ImportError> {
    let readers = readers_of_maps(architecture);
    let Some(&(first, map)) = readers.first() else {
        return match order {
            Some(order) => Err(ImportError::FlattenUnused(order)),
            None => Ok(()),
        };
    };
    match order {
        Some(FlattenOrder::ChannelFirst) => {}
        Some(FlattenOrder::ChannelLast) => {
            for (tensor, map) in readers {
                if let Some(matrix) = weights.get_mut(tensor) {
                    *matrix = channels_first(matrix, map);
                }
            }
        }
        None if is_transposed => {
            let shape = architecture.tensors().into_iter().nth(first);
            return Err(ImportError::FlattenUnknown {
                tensor: shape.map_or_else(String::new, |shape| shape.name),
                map,
            });
        }
        None => {}
    }
    Ok(())
}

/// Each row of a matrix from the order row, column, channel to channel, row, column.
fn channels_first(matrix: &[f32], map: ImageSize) -> Vec<f32> {
    let mut sorted = Vec::with_capacity(matrix.len());
    for row in matrix.chunks(map.features()) {
        for channel in 0..map.channels {
            sorted.extend(row.iter().skip(channel).step_by(map.channels));
        }
    }
    sorted
}
