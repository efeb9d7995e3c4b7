//! What the layers so far have made of some images.

use rayon::prelude::*;

use super::lanes::Lanes;
#[cfg(doc)]
use super::lanes::LANES;
use super::plan::Values;

/// Images on their way through a network.
#[derive(Debug, Clone)]
pub struct Features(pub(super) Vec<Block>);

impl Features {
    /// The features of each block, and how many images it has.
    pub(super) fn maps(&self) -> Vec<(&[Lanes], usize)> {
        self.0
            .iter()
            .map(|block| (block.values.current(), block.labels.len()))
            .collect()
    }

    /// Number of images.
    pub fn images(&self) -> usize {
        self.0.iter().map(|block| block.labels.len()).sum()
    }

    /// The numbers of each image, one list an image.
    pub fn numbers(&self) -> Vec<Vec<f32>> {
        let images = self.maps().into_iter().flat_map(|(map, images)| {
            (0..images).map(|lane| map.iter().map(|lanes| lanes[lane]).collect())
        });
        images.collect()
    }

    /// The mean of each channel, over all images and places.
    pub fn channel_means(&self) -> Vec<f64> {
        self.channel_averages(|value| value)
    }

    /// The mean of each channel and its variance, over all images and places.
    pub fn channel_moments(&self) -> (Vec<f64>, Vec<f64>) {
        let means = self.channel_means();
        let squares = self.channel_averages(|value| value * value);
        let variances = means
            .iter()
            .zip(squares)
            .map(|(mean, square)| (square - mean * mean).max(0.0))
            .collect();
        (means, variances)
    }

    /// The mean of a function of each channel's numbers.
    fn channel_averages(&self, function: impl Fn(f64) -> f64) -> Vec<f64> {
        let mut sums = vec![0.0; self.0.first().map_or(0, |block| block.channels)];
        for block in &self.0 {
            let area = block.area();
            for (sum, map) in sums.iter_mut().zip(block.values.current().chunks(area)) {
                let sum_of = |lanes: &Lanes| {
                    lanes
                        .iter()
                        .take(block.labels.len())
                        .map(|&value| function(f64::from(value)))
                        .sum::<f64>()
                };
                *sum += map.iter().map(sum_of).sum::<f64>() / area as f64;
            }
        }
        sums.into_iter()
            .map(|sum| sum / self.images().max(1) as f64)
            .collect()
    }

    /// Adds a number to each channel.
    pub fn add_to_channels(&mut self, numbers: &[f32]) {
        self.0.par_iter_mut().for_each(|block| {
            let area = block.area();
            for (map, number) in block.values.current_mut().chunks_mut(area).zip(numbers) {
                map.iter_mut().flatten().for_each(|value| *value += number);
            }
        });
    }
}

/// At most [`LANES`] images after some of the layers.
#[derive(Debug, Clone)]
pub(super) struct Block {
    pub(super) values: Values,
    pub(super) labels: Vec<usize>,
    pub(super) layers: usize,
    /// Channels of the feature map.
    pub(super) channels: usize,
}

impl Block {
    /// Places of the feature map.
    fn area(&self) -> usize {
        (self.values.current().len() / self.channels.max(1)).max(1)
    }
}
