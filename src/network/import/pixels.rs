//! Pixels in the range that a network was trained on.

use super::error::ImportError;
use crate::code::{Architecture, Convolution, Layer, Padding};
use crate::network::trained_network::TrainedNetwork;

/// For each channel the difference of white and black, and black: what a network expects for them
/// is two numbers for all channels, or for each.
///
/// # Errors
/// [`ImportError::Pixels`] if there is another number of numbers.
pub(in crate::network) fn scales_and_shifts(
    pixels: &[f32],
    channels: usize,
) -> Result<[Vec<f32>; 2], ImportError> {
    let needed = 2 * channels;
    if pixels.len() != 2 && pixels.len() != needed {
        return Err(ImportError::Pixels {
            found: pixels.len(),
            channels,
            needed,
        });
    }
    let pairs = || pixels.chunks_exact(2).cycle().take(channels);
    Ok([
        pairs().map(|pair| pair[1] - pair[0]).collect(),
        pairs().map(|pair| pair[0]).collect(),
    ])
}

/// Puts a convolution in front that maps pixels from 0 to 1 to those that the network expects.
pub(super) fn with_pixels(
    architecture: &Architecture,
    mut weights: Vec<Vec<f32>>,
    pixels: &[f32],
) -> Result<TrainedNetwork, ImportError> {
    let channels = architecture.input().channels;
    if pixels.is_empty() {
        return TrainedNetwork::new(architecture.clone(), weights);
    }
    let map = Convolution {
        channels,
        kernel: 1,
        stride: 1,
        padding: Padding::Each(0),
        groups: channels,
        bias: true,
    };
    let layers = std::iter::once(Layer::Convolution(map))
        .chain(architecture.layers().iter().cloned())
        .collect();
    weights.splice(0..0, scales_and_shifts(pixels, channels)?);
    TrainedNetwork::new(Architecture::new(architecture.input(), layers)?, weights)
}
