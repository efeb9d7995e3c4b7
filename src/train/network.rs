//! The network of an architecture on candle, for training.

use candle_core::{Result, Tensor};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::features::Features;
use super::running_moments::RunningMoments;
use super::trainable::Trainable;
use crate::code::oriented;
use crate::code::{Architecture, Convolution, Layer, Structure, TensorShape};
use crate::shape::ImageSize;
use crate::train::operators::BatchMoments;

/// The layers of an architecture, applied to candle tensors with weights given from outside.
///
/// Each matrix or kernel is multiplied by a constant, its *gain*, so that weights of unit variance
/// keep the variance of what flows through. Where the architecture has no biases, no batch
/// normalisation, no relu6 and no branches, every layer commutes with scaling by a positive number
/// (up to the `1e-5` of the normalisation), so gains change no decision and the model file does
/// without them. Elsewhere all gains are 1.
#[derive(Debug, Clone)]
pub struct Network {
    architecture: Architecture,
    gains: Vec<f64>,
    deviations: Vec<f64>,
    /// The means of initial weights: 1 for the scales of batch normalisation, 0 for all others.
    means: Vec<f64>,
}

impl Network {
    /// The network of `architecture`.
    pub fn new(architecture: Architecture) -> Self {
        let homogeneous = is_homogeneous(&architecture);
        let tensors = architecture.tensors();
        let he: Vec<f64> = tensors
            .iter()
            .map(|tensor| match tensor.dimensions.len() {
                // A bias starts at zero, a scale at one.
                1 => 0.0,
                _ => {
                    let inputs: usize = tensor.dimensions.iter().skip(1).product();
                    (2.0 / inputs as f64).sqrt()
                }
            })
            .collect();
        let is_scale = |tensor: &TensorShape| {
            tensor.name.starts_with("bn") && tensor.name.ends_with(".weight")
        };
        let means = tensors
            .iter()
            .map(|tensor| f64::from(u8::from(is_scale(tensor))))
            .collect();
        let ones = vec![1.0; he.len()];
        let (gains, deviations) = if homogeneous { (he, ones) } else { (ones, he) };
        Self {
            architecture,
            gains,
            deviations,
            means,
        }
    }

    /// The layers.
    pub fn architecture(&self) -> &Architecture {
        &self.architecture
    }

    /// Whether scaling any tensor by a positive number changes no decision.
    pub fn is_homogeneous(&self) -> bool {
        is_homogeneous(&self.architecture)
    }

    /// The standard deviations of initial weights (He et al. 2015), one a tensor.
    pub fn deviations(&self) -> &[f64] {
        &self.deviations
    }

    /// What each tensor is multiplied by.
    pub fn gains(&self) -> &[f64] {
        &self.gains
    }

    /// Random initial weights, one list a tensor: uniform, with these deviations around zero; the
    /// scales of batch normalisation are one.
    pub fn initial_weights(&self, random: &mut ChaCha8Rng) -> Vec<Vec<f32>> {
        let pairs = self
            .architecture
            .tensors()
            .into_iter()
            .zip(&self.deviations)
            .zip(&self.means);
        pairs
            .map(|((shape, deviation), mean)| {
                let limit = 3f64.sqrt() * deviation;
                (0..shape.len())
                    .map(|_| (mean + (2.0 * random.random::<f64>() - 1.0) * limit) as f32)
                    .collect()
            })
            .collect()
    }

    /// Number of layers before the first with weights or a branch: what they compute is the same in
    /// every step of training.
    fn fixed_layers(&self) -> usize {
        let layers = self.architecture.layers();
        layers
            .iter()
            .position(|layer| !is_fixed(layer))
            .unwrap_or(layers.len())
    }

    /// What the first layers, those without weights, make of images
    /// `[batch, channels, height, width]`.
    ///
    /// # Errors
    /// If candle fails.
    pub fn fixed_features(&self, images: &Tensor) -> Result<Tensor> {
        if self.fixed_layers() == 0 {
            return Ok(images.clone());
        }
        let (mut features, mut size) = (Features::new(images)?, self.architecture.input());
        for (layer, before, after) in self.architecture.steps().take(self.fixed_layers()) {
            features = without_weights(features, layer, before, after)?;
            size = after;
        }
        let ImageSize {
            channels,
            height,
            width,
        } = size;
        features.flatten()?.reshape(((), channels, height, width))
    }

    /// Logits, `[batch, classes]`, of images `[batch, channels, height, width]`: what a model with
    /// these weights computes.
    ///
    /// # Errors
    /// If `weights` do not have the architecture's shapes.
    pub fn forward(&self, weights: &[Tensor], images: &Tensor) -> Result<Tensor> {
        self.compute(weights, &self.fixed_features(images)?, None)
    }

    /// The same in training, from [`Network::fixed_features`]: if there are `running` moments,
    /// batch normalisations normalise over the batch, whose moments are taken into them.
    ///
    /// # Errors
    /// If `weights` do not have the architecture's shapes.
    pub fn forward_in_training(
        &self,
        weights: &[Tensor],
        fixed_features: &Tensor,
        running: Option<&mut RunningMoments>,
    ) -> Result<Tensor> {
        let Some(running) = running else {
            return self.compute(weights, fixed_features, None);
        };
        let mut moments = Vec::new();
        let logits = self.compute(weights, fixed_features, Some(&mut moments))?;
        running.update(&moments);
        Ok(logits)
    }

    fn compute(
        &self,
        weights: &[Tensor],
        fixed_features: &Tensor,
        mut moments: Option<&mut Vec<BatchMoments>>,
    ) -> Result<Tensor> {
        let mut scaled = Vec::with_capacity(weights.len());
        for (weight, &gain) in weights.iter().zip(&self.gains) {
            scaled.push(if gain == 1.0 {
                weight.clone()
            } else {
                (weight * gain)?
            });
        }
        let mut scaled = scaled.into_iter();
        let mut next = || {
            let missing = || candle_core::Error::Msg("too few tensors of weights".to_string());
            scaled.next().ok_or_else(missing)
        };
        let mut features = Features::new(fixed_features)?;
        let mut remembered: Vec<Features> = Vec::new();
        for (layer, before, after) in
            pooled_first(self.architecture.steps().skip(self.fixed_layers()))
        {
            features = match *layer {
                Layer::Convolution(convolution) => {
                    let kernel = next()?;
                    let bias = convolution.bias.then(&mut next).transpose()?;
                    features.convolve(&kernel, bias.as_ref(), &convolution)?
                }
                Layer::Dense { bias, .. } => {
                    let matrix = next()?;
                    let bias = bias.then(&mut next).transpose()?;
                    features.dense(&matrix, bias.as_ref())?
                }
                Layer::BatchNormalise => {
                    let (scale, shift) = (next()?, next()?);
                    match &mut moments {
                        None => features.scale_and_shift(&scale, &shift)?,
                        Some(moments) => {
                            let (normalised, batch) = features.batch_normalise(&scale, &shift)?;
                            moments.push(batch);
                            normalised
                        }
                    }
                }
                Layer::Branch => {
                    remembered.push(features.clone());
                    features
                }
                Layer::Exchange => match remembered.last_mut() {
                    Some(other) => std::mem::replace(other, features),
                    None => features,
                },
                Layer::Join => match remembered.pop() {
                    Some(other) => features.add(&other)?,
                    None => features,
                },
                _ => without_weights(features, layer, before, after)?,
            };
        }
        features.flatten()
    }
}

impl Trainable for Network {
    fn structure(&self) -> Structure {
        self.architecture.clone().into()
    }

    fn is_homogeneous(&self) -> bool {
        is_homogeneous(&self.architecture)
    }

    fn features_without_weights(&self, images: &Tensor) -> Result<Option<Tensor>> {
        if self.fixed_layers() == 0 {
            return Ok(None);
        }
        self.fixed_features(images).map(Some)
    }

    fn forward_in_training(
        &self,
        weights: &[Tensor],
        features: &Tensor,
        running: Option<&mut RunningMoments>,
    ) -> Result<Tensor> {
        self.forward_in_training(weights, features, running)
    }
}

/// The same layers, with a rectifier after the max pooling that follows it: rectifiers do not
/// decrease, so they pass through a maximum, and there they meet only a few of the numbers.
fn pooled_first<'a>(
    steps: impl Iterator<Item = (&'a Layer, ImageSize, ImageSize)>,
) -> Vec<(&'a Layer, ImageSize, ImageSize)> {
    let mut steps: Vec<_> = steps.collect();
    for place in 1..steps.len() {
        let (first, second) = (steps[place - 1], steps[place]);
        if matches!(
            (first.0, second.0),
            (Layer::Relu | Layer::Relu6, Layer::MaxPool { .. })
        ) {
            steps[place - 1] = second;
            steps[place] = (first.0, second.2, second.2);
        }
    }
    steps
}

/// Whether a layer is a function of the features before it and of nothing else.
fn is_fixed(layer: &Layer) -> bool {
    use Layer::{AveragePool, Deskew, GlobalAverage, MaxPool, Normalise, Oriented, Relu, Relu6};
    let pools = matches!(layer, MaxPool { .. } | AveragePool { .. } | GlobalAverage);
    pools || matches!(layer, Deskew | Oriented { .. } | Relu | Relu6 | Normalise)
}

/// A layer that [`is_fixed`].
fn without_weights(
    features: Features,
    layer: &Layer,
    before: ImageSize,
    after: ImageSize,
) -> Result<Features> {
    match *layer {
        Layer::Deskew => features.deskewed(before),
        Layer::Oriented { filters } => {
            let convolution = Convolution::oriented(filters, before.channels)
                .map_err(candle_core::Error::wrap)?;
            let shape = (convolution.channels, 1, oriented::SIZE, oriented::SIZE);
            let weights = oriented::weights(filters, before.channels);
            let kernel = Tensor::from_vec(weights, shape, features.device())?;
            features.convolve(&kernel, None, &convolution)
        }
        Layer::MaxPool { size } => features.max_pool(size, after),
        Layer::AveragePool { size } => features.average_pool(size, after),
        Layer::GlobalAverage => features.global_average(),
        Layer::Relu => features.relu(),
        Layer::Relu6 => features.relu6(),
        Layer::Normalise => features.normalise(),
        _ => candle_core::bail!("{layer} is more than a function of the features"),
    }
}

fn is_homogeneous(architecture: &Architecture) -> bool {
    let scales = |layer: &Layer| !matches!(layer, Layer::Relu6 | Layer::Branch);
    architecture.layers().iter().all(scales)
        && architecture
            .tensors()
            .iter()
            .all(|tensor| tensor.dimensions.len() != 1)
}
