//! Scales of batch normalisations as part of the weights before them.

use crate::code::Layer;
use crate::compress::TrainedNetwork;

/// The same function, up to rounding, with scales of 1 wherever a batch normalisation follows a convolution without bias.
pub(super) fn with_folded_scales(network: &TrainedNetwork) -> TrainedNetwork {
    let mut folded = network.clone();
    let firsts = network.architecture.first_tensors();
    for (place, pair) in network.architecture.layers().windows(2).enumerate() {
        let (Layer::Convolution(convolution), Layer::BatchNormalise) = (&pair[0], &pair[1]) else {
            continue;
        };
        let (Some(&Some(kernel)), Some(&Some(scale))) = (firsts.get(place), firsts.get(place + 1)) else {
            continue;
        };
        if convolution.bias {
            continue;
        }
        let scales = match folded.weights.get_mut(scale) {
            Some(scales) => std::mem::replace(scales, vec![1.0; convolution.channels]),
            None => continue,
        };
        if let Some(weights) = folded.weights.get_mut(kernel) {
            let row = weights.len() / convolution.channels.max(1);
            for (row, scale) in weights.chunks_mut(row.max(1)).zip(scales) {
                row.iter_mut().for_each(|weight| *weight *= scale);
            }
        }
    }
    folded
}
