//! The network of an architecture on candle, for training.

use candle_core::{Result, Tensor};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

use super::features::Features;
use crate::code::{oriented, Architecture, ImageSize, Layer};

/// The layers of an architecture, applied to candle tensors with weights given from outside.
///
/// Each matrix or kernel is multiplied by a constant, its *gain*, so that weights of unit variance keep the
/// variance of what flows through. Where the architecture has no biases, every layer commutes with scaling by a
/// positive number (up to the `1e-5` of the normalisation), so gains change no decision and the model file does
/// without them. Where it has biases, all gains are 1.
#[derive(Debug, Clone)]
pub struct Network {
    architecture: Architecture,
    gains: Vec<f64>,
    deviations: Vec<f64>,
}

impl Network {
    /// The network of `architecture`.
    pub fn new(architecture: Architecture) -> Self {
        let homogeneous = is_homogeneous(&architecture);
        let he: Vec<f64> = architecture
            .tensors()
            .iter()
            .map(|tensor| match tensor.dimensions.len() {
                // A bias starts at zero.
                1 => 0.0,
                _ => {
                    let inputs: usize = tensor.dimensions.iter().skip(1).product();
                    (2.0 / inputs as f64).sqrt()
                }
            })
            .collect();
        let ones = vec![1.0; he.len()];
        let (gains, deviations) = if homogeneous { (he, ones) } else { (ones, he) };
        Self { architecture, gains, deviations }
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

    /// Random initial weights, one list a tensor: uniform, with mean zero and these deviations.
    pub fn initial_weights(&self, random: &mut ChaCha8Rng) -> Vec<Vec<f32>> {
        let pairs = self.architecture.tensors().into_iter().zip(&self.deviations);
        pairs
            .map(|(shape, deviation)| {
                let limit = 3f64.sqrt() * deviation;
                (0..shape.len()).map(|_| ((2.0 * random.random::<f64>() - 1.0) * limit) as f32).collect()
            })
            .collect()
    }

    /// Number of layers before the first that has weights: what they compute is the same in every step of training.
    fn fixed_layers(&self) -> usize {
        let has_weights = |layer: &Layer| matches!(layer, Layer::Convolution(_) | Layer::Dense { .. });
        let layers = self.architecture.layers();
        layers.iter().position(has_weights).unwrap_or(layers.len())
    }

    /// What the layers before the first that has weights make of images `[batch, channels, height, width]`.
    ///
    /// # Errors
    /// If candle fails.
    pub fn fixed_features(&self, images: &Tensor) -> Result<Tensor> {
        let steps = self.architecture.steps().take(self.fixed_layers());
        let (mut features, mut size) = (Features::new(images)?, self.architecture.input());
        for (layer, before, after) in steps {
            features = without_weights(features, layer, before, after)?;
            size = after;
        }
        let ImageSize { channels, height, width } = size;
        features.flatten()?.reshape(((), channels, height, width))
    }

    /// Logits, `[batch, classes]`, of images `[batch, channels, height, width]`.
    ///
    /// # Errors
    /// If `weights` do not have the architecture's shapes.
    pub fn forward(&self, weights: &[Tensor], images: &Tensor) -> Result<Tensor> {
        self.logits(weights, &self.fixed_features(images)?)
    }

    /// Logits, `[batch, classes]`, from [`Network::fixed_features`].
    ///
    /// # Errors
    /// If `weights` do not have the architecture's shapes.
    pub fn logits(&self, weights: &[Tensor], fixed_features: &Tensor) -> Result<Tensor> {
        let mut scaled = Vec::with_capacity(weights.len());
        for (weight, &gain) in weights.iter().zip(&self.gains) {
            scaled.push(if gain == 1.0 { weight.clone() } else { (weight * gain)? });
        }
        let mut scaled = scaled.into_iter();
        let mut next = || {
            let missing = || candle_core::Error::Msg("too few tensors of weights".to_string());
            scaled.next().ok_or_else(missing)
        };
        let mut features = Features::new(fixed_features)?;
        for (layer, before, after) in self.architecture.steps().skip(self.fixed_layers()) {
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
                _ => without_weights(features, layer, before, after)?,
            };
        }
        features.flatten()
    }
}

/// A layer that has no weights.
fn without_weights(features: Features, layer: &Layer, before: ImageSize, after: ImageSize) -> Result<Features> {
    match *layer {
        Layer::Oriented { filters } => {
            let convolution = oriented::convolution(filters, before).map_err(candle_core::Error::Msg)?;
            let shape = (convolution.channels, 1, oriented::SIZE, oriented::SIZE);
            let weights = oriented::weights(filters, before.channels);
            let kernel = Tensor::from_vec(weights, shape, features.device())?;
            features.convolve(&kernel, None, &convolution)
        }
        Layer::MaxPool { size } => features.max_pool(size, after),
        Layer::AveragePool { size } => features.average_pool(size, after),
        Layer::GlobalAverage => features.global_average(),
        Layer::Relu => features.relu(),
        Layer::Normalise => features.normalise(),
        Layer::Convolution(_) | Layer::Dense { .. } => candle_core::bail!("{layer} has weights"),
    }
}

fn is_homogeneous(architecture: &Architecture) -> bool {
    architecture.tensors().iter().all(|tensor| tensor.dimensions.len() != 1)
}
