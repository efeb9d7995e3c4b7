//! Scales of batch normalisations as part of the weights before them.

use crate::code::Layer;
use crate::network::trained_network::TrainedNetwork;

/// A network with scales of 1 wherever a batch normalisation follows a convolution without bias.
pub(super) struct Folded {
    pub(super) network: TrainedNetwork,
    /// For each tensor the place of the scales of its rows, if they are 1.
    pub(super) scales: Vec<Option<usize>>,
}

impl Folded {
    /// The same function, up to rounding.
    pub(super) fn new(network: &TrainedNetwork) -> Self {
        let mut folded = Self {
            network: network.clone(),
            scales: vec![None; network.weights.len()],
        };
        let firsts = network.architecture.first_tensors();
        for (place, pair) in network.architecture.layers().windows(2).enumerate() {
            let (Layer::Convolution(convolution), Layer::BatchNormalise) = (&pair[0], &pair[1])
            else {
                continue;
            };
            let (Some(&Some(kernel)), Some(&Some(scale))) =
                (firsts.get(place), firsts.get(place + 1))
            else {
                continue;
            };
            if !convolution.bias {
                folded.fold(kernel, scale, convolution.channels);
            }
        }
        folded
    }

    fn fold(&mut self, kernel: usize, scale: usize, channels: usize) {
        let weights = &mut self.network.weights;
        let Some(scales) = weights
            .get_mut(scale)
            .map(|scales| std::mem::replace(scales, vec![1.0; channels]))
        else {
            return;
        };
        if let (Some(weights), Some(place)) = (weights.get_mut(kernel), self.scales.get_mut(kernel))
        {
            let row = weights.len() / channels.max(1);
            for (row, scale) in weights.chunks_mut(row.max(1)).zip(scales) {
                row.iter_mut().for_each(|weight| *weight *= scale);
            }
            *place = Some(scale);
        }
    }
}
