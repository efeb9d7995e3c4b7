//! Pixels in the range that a network was trained on.

use super::error::ImportError;
use crate::code::{Architecture, Convolution, Layer, Padding};
use crate::network::trained_network::TrainedNetwork;

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
    let needed = 2 * channels;
    if pixels.len() != 2 && pixels.len() != needed {
        return Err(ImportError::Pixels {
            found: pixels.len(),
            channels,
            needed,
        });
    }
    let pairs: Vec<&[f32]> = pixels.chunks_exact(2).cycle().take(channels).collect();
    let white_less_black = pairs.iter().map(|pair| pair[1] - pair[0]).collect();
    let black = pairs.iter().map(|pair| pair[0]).collect();
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
    weights.splice(0..0, [white_less_black, black]);
    TrainedNetwork::new(Architecture::new(architecture.input(), layers)?, weights)
}
