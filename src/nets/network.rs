//! The network of an architecture on candle, for training.

use candle_core::{Result, Tensor, D};

use crate::code::{Architecture, Convolution, ImageSize, Layer};

/// Added to a variance before its root is taken, as in the evaluator.
const EPSILON: f64 = 1e-5;

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

    /// Logits, `[batch, classes]`, of images `[batch, channels, height, width]`.
    ///
    /// # Errors
    /// If `weights` do not have the architecture's shapes.
    pub fn forward(&self, weights: &[Tensor], images: &Tensor) -> Result<Tensor> {
        let mut scaled = Vec::with_capacity(weights.len());
        for (weight, &gain) in weights.iter().zip(&self.gains) {
            scaled.push(if gain == 1.0 { weight.clone() } else { (weight * gain)? });
        }
        let mut scaled = scaled.into_iter();
        let mut next = || {
            let missing = || candle_core::Error::Msg("too few tensors of weights".to_string());
            scaled.next().ok_or_else(missing)
        };
        let mut features = images.clone();
        for (layer, before, after) in self.architecture.steps() {
            features = match *layer {
                Layer::Convolution(convolution) => {
                    let kernel = next()?;
                    let map = convolve(&features, &kernel, &convolution)?;
                    if convolution.bias {
                        map.broadcast_add(&next()?.reshape((1, (), 1, 1))?)?
                    } else {
                        map
                    }
                }
                Layer::Dense { bias, .. } => {
                    let product = features.flatten_from(1)?.matmul(&next()?.t()?)?;
                    if bias {
                        product.broadcast_add(&next()?)?
                    } else {
                        product
                    }
                }
                Layer::MaxPool { size } => {
                    let windows = windows(&features, size, before, after)?;
                    windows.max(D::Minus1)?.max(3)?
                }
                Layer::AveragePool { size } => {
                    let windows = windows(&features, size, before, after)?;
                    (windows.sum(D::Minus1)?.sum(3)? / (size * size) as f64)?
                }
                Layer::GlobalAverage => features.flatten_from(2)?.mean(2)?,
                Layer::Relu => features.relu()?,
                Layer::Normalise => normalise(&features)?,
            };
        }
        features.flatten_from(1)
    }
}

fn is_homogeneous(architecture: &Architecture) -> bool {
    architecture.tensors().iter().all(|tensor| tensor.dimensions.len() != 1)
}

/// Candle runs grouped convolutions one group after the other; a depthwise one is faster as a sum over the
/// kernel's positions of shifted images.
fn convolve(features: &Tensor, kernel: &Tensor, convolution: &Convolution) -> Result<Tensor> {
    let Convolution { padding, stride, groups, .. } = *convolution;
    let (channels, inputs, rows, columns) = kernel.dims4()?;
    if groups == 1 || inputs != 1 || channels != groups || stride != 1 {
        return features.conv2d(kernel, padding, stride, 1, groups);
    }
    let padded = features.pad_with_zeros(2, padding, padding)?.pad_with_zeros(3, padding, padding)?;
    let height = padded.dim(2)? + 1 - rows;
    let width = padded.dim(3)? + 1 - columns;
    let mut sum: Option<Tensor> = None;
    for row in 0..rows {
        for column in 0..columns {
            let shifted = padded.narrow(2, row, height)?.narrow(3, column, width)?;
            let weight = kernel.narrow(2, row, 1)?.narrow(3, column, 1)?;
            let product = shifted.broadcast_mul(&weight.reshape((1, channels, 1, 1))?)?;
            sum = Some(match sum {
                None => product,
                Some(sum) => (sum + product)?,
            });
        }
    }
    sum.ok_or_else(|| candle_core::Error::Msg("an empty kernel".to_string()))
}

/// A pooling layer's windows: `[batch, channels, rows, size, columns, size]`, to be reduced over both `size` axes.
///
/// candle 0.11.1's `max_pool2d` divides its gradient by the window's area; a reduction over windows does not.
fn windows(features: &Tensor, size: usize, before: ImageSize, after: ImageSize) -> Result<Tensor> {
    let mut whole = features.clone();
    if after.height * size != before.height {
        whole = whole.narrow(2, 0, after.height * size)?;
    }
    if after.width * size != before.width {
        whole = whole.narrow(3, 0, after.width * size)?;
    }
    let (batch, channels) = (whole.dim(0)?, whole.dim(1)?);
    whole.contiguous()?.reshape(&[batch, channels, after.height, size, after.width, size][..])
}

/// Layer normalisation over all features of an example.
fn normalise(features: &Tensor) -> Result<Tensor> {
    let shape = features.shape().clone();
    let flat = features.flatten_from(1)?;
    let centred = flat.broadcast_sub(&flat.mean_keepdim(1)?)?;
    let deviation = (centred.sqr()?.mean_keepdim(1)? + EPSILON)?.sqrt()?;
    centred.broadcast_div(&deviation)?.reshape(shape)
}
