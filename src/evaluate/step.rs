//! The layers of a network as steps of its evaluation.

use super::convolution::{Convolve, Tap};
use super::lanes::{accumulate, divide, each, larger, smaller, total, Lanes, LANES};
use super::taps::Taps;
use crate::code::deskew::deskew;
use crate::code::oriented;
use crate::code::{Convolution, Layer};
use crate::shape::ImageSize;

/// Added to a variance before its root is taken.
const EPSILON: f32 = 1e-5;

/// A layer with its weights.
#[derive(Debug)]
pub(super) enum Step {
    Deskew,
    Convolution {
        convolution: Convolution,
        /// For each output channel its taps, in storage order.
        taps: Taps<Tap>,
        bias: Option<Vec<f32>>,
    },
    Dense {
        /// For each unit the features it reads and their weights.
        taps: Taps<(u32, f32)>,
        bias: Option<Vec<f32>>,
    },
    MaxPool(usize),
    AveragePool(usize),
    GlobalAverage,
    /// `min(max(x, 0), ceiling)`.
    Clamp {
        ceiling: f32,
    },
    Normalise,
    /// A scale and a shift for each channel.
    BatchNormalise {
        scale: Vec<f32>,
        shift: Vec<f32>,
    },
    Branch,
    Exchange,
    Join,
}

impl Step {
    /// A layer that reads features of size `before`; its weights are the next tensors, each with
    /// how many of them are not zero, as far as that is known: the room that is made for them.
    pub(super) fn new<T: IntoIterator<Item = f32>>(
        layer: &Layer,
        before: ImageSize,
        tensors: &mut impl Iterator<Item = (usize, T)>,
    ) -> Self {
        let mut next = || {
            let (nonzeros, weights) = tensors.next().unzip();
            (nonzeros.unwrap_or(0), weights.into_iter().flatten())
        };
        match *layer {
            Layer::Convolution(convolution) => Step::Convolution {
                convolution,
                taps: convolution_taps(next(), &convolution, before),
                bias: convolution
                    .bias
                    .then(|| vector(next(), convolution.channels)),
            },
            Layer::Deskew => Step::Deskew,
            Layer::Oriented { filters } => oriented_step(filters, before),
            Layer::Dense { units, bias } => Step::Dense {
                taps: dense_taps(next(), units, before.features()),
                bias: bias.then(|| vector(next(), units)),
            },
            Layer::MaxPool { size } => Step::MaxPool(size),
            Layer::AveragePool { size } => Step::AveragePool(size),
            Layer::GlobalAverage => Step::GlobalAverage,
            Layer::Relu => Step::Clamp {
                ceiling: f32::INFINITY,
            },
            Layer::Relu6 => Step::Clamp { ceiling: 6.0 },
            Layer::Normalise => Step::Normalise,
            Layer::BatchNormalise => Step::BatchNormalise {
                scale: vector(next(), before.channels),
                shift: vector(next(), before.channels),
            },
            Layer::Branch => Step::Branch,
            Layer::Exchange => Step::Exchange,
            Layer::Join => Step::Join,
        }
    }

    /// The features after the step.
    #[inline(always)]
    pub(super) fn apply(
        &self,
        mut features: Vec<Lanes>,
        before: ImageSize,
        after: ImageSize,
    ) -> Vec<Lanes> {
        match self {
            Step::Deskew => {
                deskew_each(&mut features, before);
                features
            }
            Step::Convolution {
                convolution,
                taps,
                bias,
            } => {
                let bias = bias.as_deref();
                Convolve {
                    features: &features,
                    before,
                    after,
                    convolution,
                    taps,
                    bias,
                }
                .run()
            }
            Step::Dense { taps, bias } => {
                let mut sums = Vec::with_capacity(taps.count_outputs());
                for (unit, taps) in taps.outputs().enumerate() {
                    let mut sum = start(bias, unit);
                    for &(feature, weight) in taps {
                        accumulate(&mut sum, weight, &features[feature as usize]);
                    }
                    sums.push(sum);
                }
                sums
            }
            Step::MaxPool(size) => pool(&features, before, after, *size, larger),
            Step::AveragePool(size) => {
                let mut means = pool(&features, before, after, *size, |sum, value| sum + value);
                divide(&mut means, size * size);
                means
            }
            Step::GlobalAverage => {
                let mut means: Vec<Lanes> = features
                    .chunks(before.height * before.width)
                    .map(total)
                    .collect();
                divide(&mut means, before.height * before.width);
                means
            }
            Step::Clamp { ceiling } => {
                for value in features.iter_mut().flatten() {
                    *value = smaller(*ceiling, larger(0.0, *value));
                }
                features
            }
            Step::BatchNormalise { scale, shift } => {
                let channels = features.chunks_mut(before.height * before.width);
                for ((channel, scale), shift) in channels.zip(scale).zip(shift) {
                    for value in channel.iter_mut().flatten() {
                        *value = scale * *value + shift;
                    }
                }
                features
            }
            Step::Normalise => {
                normalise(&mut features);
                features
            }
            Step::Branch | Step::Exchange | Step::Join => features,
        }
    }
}

/// So many weights, one an output.
fn vector((_, weights): (usize, impl Iterator<Item = f32>), outputs: usize) -> Vec<f32> {
    let mut vector = Vec::with_capacity(outputs);
    vector.extend(weights);
    vector
}

fn convolution_taps(
    (nonzeros, mut weights): (usize, impl Iterator<Item = f32>),
    convolution: &Convolution,
    before: ImageSize,
) -> Taps<Tap> {
    let Convolution {
        channels,
        kernel,
        groups,
        ..
    } = *convolution;
    let (inputs, outputs) = (before.channels / groups, channels / groups);
    let area = kernel * kernel;
    let mut taps = Taps::with_capacity(channels, nonzeros);
    for output in 0..channels {
        let first = output / outputs * inputs;
        let filter = weights.by_ref().take(inputs * area);
        let nonzero = filter.enumerate().filter(|&(_, weight)| weight != 0.0);
        taps.push(nonzero.map(|(place, weight)| Tap {
            channel: (first + place / area) as u32,
            row: (place % area / kernel) as u16,
            column: (place % kernel) as u16,
            weight,
        }));
    }
    taps
}

/// Fixed filters as a convolution without bias.
fn oriented_step(filters: usize, before: ImageSize) -> Step {
    match Convolution::oriented(filters, before.channels) {
        Ok(convolution) => {
            let weights = oriented::weights(filters, before.channels);
            Step::Convolution {
                convolution,
                taps: convolution_taps((weights.len(), weights.into_iter()), &convolution, before),
                bias: None,
            }
        }
        // An architecture holds no layer that does not fit.
        Err(reason) => unreachable!("{reason}"),
    }
}

fn dense_taps(
    (nonzeros, mut weights): (usize, impl Iterator<Item = f32>),
    units: usize,
    features: usize,
) -> Taps<(u32, f32)> {
    let mut taps = Taps::with_capacity(units, nonzeros);
    for _ in 0..units {
        let row = (0..).zip(weights.by_ref().take(features));
        taps.push(row.filter(|&(_, weight)| weight != 0.0));
    }
    taps
}

fn start(bias: &Option<Vec<f32>>, output: usize) -> Lanes {
    [bias.as_ref().map_or(0.0, |bias| bias[output]); LANES]
}

/// Each image by itself: no two slant alike.
fn deskew_each(features: &mut [Lanes], size: ImageSize) {
    let mut image = vec![0.0; features.len()];
    for lane in 0..LANES {
        image
            .iter_mut()
            .zip(features.iter())
            .for_each(|(value, lanes)| *value = lanes[lane]);
        deskew(&mut image, size);
        features
            .iter_mut()
            .zip(&image)
            .for_each(|(lanes, value)| lanes[lane] = *value);
    }
}

#[inline(always)]
fn pool(
    features: &[Lanes],
    before: ImageSize,
    after: ImageSize,
    size: usize,
    combine: impl Fn(f32, f32) -> f32,
) -> Vec<Lanes> {
    let mut pooled = Vec::with_capacity(after.features());
    for channel in 0..after.channels {
        for row in 0..after.height {
            for column in 0..after.width {
                let corner = (channel * before.height + row * size) * before.width + column * size;
                let mut value = features[corner];
                for offset in 1..size * size {
                    let place = corner + offset / size * before.width + offset % size;
                    each(&mut value, &features[place], &combine);
                }
                pooled.push(value);
            }
        }
    }
    pooled
}

#[inline(always)]
fn normalise(features: &mut [Lanes]) {
    let count = features.len();
    let mut mean = [total(features)];
    divide(&mut mean, count);
    for feature in features.iter_mut() {
        each(feature, &mean[0], |value, mean| value - mean);
    }
    let mut variance = [[0.0; LANES]];
    for feature in features.iter() {
        each(&mut variance[0], feature, |sum, value| sum + value * value);
    }
    divide(&mut variance, count);
    for feature in features.iter_mut() {
        each(feature, &variance[0], |value, variance| {
            value / (variance + EPSILON).sqrt()
        });
    }
}
