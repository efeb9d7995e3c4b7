//! The function of a decoded model, defined to the last bit, and its errors on a data set.
//!
//! Every number is an IEEE 754 single, every operation is one of `+ - * / sqrt max` rounded to
//! nearest, and the order of the operations is the one written here. No fused multiplication, no
//! reordering: the logits of an image are the same bits on every machine, whatever the number of
//! threads. Several images are computed side by side, one in each lane of a vector, which changes
//! no image's order of operations.
//!
//! - A pixel of level `v` in a data set of `l` levels enters as `v / (l - 1)`.
//! - A sum over weights starts from the bias, or zero, and runs over the weights that are not zero
//!   in the order in which the tensor stores them; positions in the padding are left out.
//! - Means run over features in order.

use rayon::prelude::*;
use thiserror::Error;

use super::examples::{Batch, Example};
use super::loss::Loss;
use super::taps::{Convolve, Tap};
use crate::code::oriented;
use crate::code::upright::stand_upright;
use crate::code::{Architecture, Convolution, Layer, Model};
use crate::data::LabelledImages;
use crate::shape::ImageSize;
use crate::vectorised::vectorised;

/// Images computed side by side.
pub(super) const LANES: usize = 16;

/// The same quantity in [`LANES`] images.
pub(super) type Lanes = [f32; LANES];

/// Added to a variance before its root is taken.
const EPSILON: f32 = 1e-5;

/// Why a model cannot be evaluated on a data set.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum EvaluationError {
    /// The network reads images of another size.
    #[error("the network reads images of {network}, but the data set has images of {data}")]
    ImageSize {
        /// What the network reads.
        network: ImageSize,
        /// What the data set has.
        data: ImageSize,
    },
    /// The network tells another number of classes apart.
    #[error("the network has {network} outputs, but the data set has {data} classes")]
    Classes {
        /// Outputs of the network.
        network: usize,
        /// Classes of the data set.
        data: usize,
    },
}

enum Step {
    Upright,
    Convolution {
        convolution: Convolution,
        /// For each output channel its taps, in storage order.
        taps: Vec<Vec<Tap>>,
        bias: Option<Vec<f32>>,
    },
    Dense {
        /// For each unit the features it reads and their weights.
        taps: Vec<Vec<(usize, f32)>>,
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

/// A decoded model, ready to compute logits.
pub struct Evaluator {
    input: ImageSize,
    classes: usize,
    steps: Vec<(Step, ImageSize, ImageSize)>,
}

impl Evaluator {
    /// Prepares the function that `model` stands for.
    pub fn new(model: &Model) -> Self {
        // One weight after the other: those of a large network, all of them at once, would take
        // more memory than all that is made of them.
        Self::of(
            model.architecture(),
            (0..model.tensors().len()).map(|place| model.tensor_weights(place)),
        )
    }

    /// Prepares the function of an architecture with weights, one list a tensor, as long and in the
    /// order of [`Architecture::tensors`].
    pub fn of<T: IntoIterator<Item = f32>>(
        architecture: &Architecture,
        weights: impl IntoIterator<Item = T>,
    ) -> Self {
        let mut tensors = weights.into_iter();
        let mut next = || tensors.next().into_iter().flatten();
        let steps = architecture
            .steps()
            .map(|(layer, before, after)| {
                let step = match *layer {
                    Layer::Convolution(convolution) => Step::Convolution {
                        convolution,
                        taps: convolution_taps(next(), &convolution, before),
                        bias: convolution.bias.then(|| next().collect()),
                    },
                    Layer::Upright => Step::Upright,
                    Layer::Oriented { filters } => oriented_step(filters, before),
                    Layer::Dense { units, bias } => Step::Dense {
                        taps: dense_taps(next(), units, before.features()),
                        bias: bias.then(|| next().collect()),
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
                        scale: next().collect(),
                        shift: next().collect(),
                    },
                    Layer::Branch => Step::Branch,
                    Layer::Exchange => Step::Exchange,
                    Layer::Join => Step::Join,
                };
                (step, before, after)
            })
            .collect();
        Self {
            input: architecture.input(),
            classes: architecture.classes(),
            steps,
        }
    }

    /// Number of images that do not count as right, by the rule of [`Loss::Top1`].
    ///
    /// # Errors
    /// If the network does not fit the data set.
    pub fn errors(&self, data: &LabelledImages) -> Result<u64, EvaluationError> {
        let right = self.outcomes(data, |logits, label| Loss::Top1.is_right(logits, label))?;
        Ok(right.into_iter().filter(|right| !right).count() as u64)
    }

    /// For each image by how much its class's logit exceeds every other, relative to the largest
    /// magnitude among its logits: how far it is from counting as wrong, or as right. Not a number
    /// if a logit is not.
    ///
    /// # Errors
    /// If the network does not fit the data set.
    pub fn slacks(&self, data: &LabelledImages) -> Result<Vec<f32>, EvaluationError> {
        self.outcomes(data, slack)
    }

    /// The logits of all images, one list an image.
    ///
    /// # Errors
    /// If the network does not fit the data set.
    pub fn logits_of(&self, data: &LabelledImages) -> Result<Vec<Vec<f32>>, EvaluationError> {
        self.outcomes(data, |logits, _| logits.to_vec())
    }

    /// For each image the class that would count as right, if there is one: no other does, whatever
    /// the label.
    ///
    /// # Errors
    /// If the network does not fit the data set.
    pub fn decisions(&self, data: &LabelledImages) -> Result<Vec<Option<u8>>, EvaluationError> {
        let classes = self.classes.min(usize::from(u8::MAX) + 1);
        let decision =
            move |logits: &[f32]| (0..classes).find(|&class| Loss::Top1.is_right(logits, class));
        self.outcomes(data, move |logits, _| {
            decision(logits).map(|class| class as u8)
        })
    }

    /// What `outcome` makes of the logits and the label of each image.
    fn outcomes<T: Send>(
        &self,
        data: &LabelledImages,
        outcome: impl Fn(&[f32], usize) -> T + Copy + Send + Sync,
    ) -> Result<Vec<T>, EvaluationError> {
        self.check(data)?;
        let all: Vec<usize> = (0..data.len()).collect();
        let blocks = all.par_chunks(LANES);
        Ok(blocks
            .flat_map_iter(|images| self.block_outcomes(&self.block(data, images, 0), outcome))
            .collect())
    }

    /// What the first `layers` layers make of some images.
    ///
    /// # Errors
    /// If the network does not fit the data set.
    pub fn features(
        &self,
        data: &LabelledImages,
        images: &[usize],
        layers: usize,
    ) -> Result<Features, EvaluationError> {
        self.check(data)?;
        Ok(Features(
            images
                .par_chunks(LANES)
                .map(|images| self.block(data, images, layers))
                .collect(),
        ))
    }

    /// Photographs before the first layer.
    ///
    /// # Errors
    /// If the network does not fit the photographs.
    pub fn start(&self, batch: &Batch) -> Result<Features, EvaluationError> {
        self.check_sizes(batch.shape(), batch.classes())?;
        Ok(Features(
            batch
                .examples()
                .par_chunks(LANES)
                .map(|examples| self.photographs(examples, 0))
                .collect(),
        ))
    }

    /// What the layers up to the first `layers` make of features that some of them have made.
    pub fn advanced(&self, mut features: Features, layers: usize) -> Features {
        features.0.par_iter_mut().for_each(|block| {
            self.advance(&mut block.state, block.layers..layers);
            block.layers = block.layers.max(layers);
            block.channels = self.channels_after(block.layers);
        });
        features
    }

    /// The logits that the layers that are left make of features, one list an image.
    pub fn finish(&self, features: &Features) -> Vec<Vec<f32>> {
        let blocks = features.0.par_iter();
        blocks
            .flat_map_iter(|block| self.block_outcomes(block, |logits, _| logits.to_vec()))
            .collect()
    }

    /// Number of images that do not count as right, from the features that another network with the
    /// same first layers made of them.
    pub fn errors_from(&self, features: &Features) -> u64 {
        let is_right = |logits: &[f32], label| Loss::Top1.is_right(logits, label);
        let wrong = |block| {
            self.block_outcomes(block, is_right)
                .into_iter()
                .filter(|right| !right)
                .count() as u64
        };
        features.0.par_iter().map(wrong).sum()
    }

    /// For each photograph whether it counts as wrong; one without pixels or without a class does.
    ///
    /// # Errors
    /// If the network does not fit the photographs.
    pub fn wrong(&self, batch: &Batch, loss: Loss) -> Result<Vec<bool>, EvaluationError> {
        self.check_sizes(batch.shape(), batch.classes())?;
        let blocks = batch
            .examples()
            .par_chunks(LANES)
            .flat_map_iter(|examples| {
                self.block_outcomes(&self.photographs(examples, 0), |logits, label| {
                    !loss.is_right(logits, label)
                })
            });
        Ok(blocks.collect())
    }

    fn check(&self, data: &LabelledImages) -> Result<(), EvaluationError> {
        self.check_sizes(data.shape(), data.classes())
    }

    fn check_sizes(&self, shape: ImageSize, classes: usize) -> Result<(), EvaluationError> {
        if self.input != shape {
            return Err(EvaluationError::ImageSize {
                network: self.input,
                data: shape,
            });
        }
        if self.classes != classes {
            return Err(EvaluationError::Classes {
                network: self.classes,
                data: classes,
            });
        }
        Ok(())
    }

    /// At most [`LANES`] images after the first `layers` layers.
    fn block(&self, data: &LabelledImages, images: &[usize], layers: usize) -> Block {
        let images = images
            .iter()
            .map(|&index| (data.image(index), usize::from(data.label(index))));
        self.block_of(images, data.levels(), layers)
    }

    /// The same, of photographs; the label of one without a class is none of the network's.
    fn photographs(&self, examples: &[Example], layers: usize) -> Block {
        let images = examples
            .iter()
            .map(|example| (example.pixels(), example.class().unwrap_or(usize::MAX)));
        self.block_of(images, 256, layers)
    }

    /// The same, from pixels of so many levels and labels.
    fn block_of<'a>(
        &self,
        images: impl Iterator<Item = (&'a [u8], usize)>,
        levels: u16,
        layers: usize,
    ) -> Block {
        let scale = f32::from(levels - 1);
        let mut features = vec![[0.0; LANES]; self.input.features()];
        let mut labels = Vec::with_capacity(LANES);
        for (lane, (pixels, label)) in images.enumerate() {
            for (feature, &level) in features.iter_mut().zip(pixels) {
                feature[lane] = f32::from(level) / scale;
            }
            labels.push(label);
        }
        let mut state = State {
            features,
            remembered: Vec::new(),
        };
        self.advance(&mut state, 0..layers);
        Block {
            state,
            labels,
            layers,
            channels: self.channels_after(layers),
        }
    }

    /// Channels of the feature map after the first layers.
    fn channels_after(&self, layers: usize) -> usize {
        let last = layers
            .checked_sub(1)
            .and_then(|last| self.steps.get(last.min(self.steps.len() - 1)));
        last.map_or(self.input, |(_, _, after)| *after).channels
    }

    /// Applies some of the layers.
    fn advance(&self, state: &mut State, layers: std::ops::Range<usize>) {
        let State {
            features,
            remembered,
        } = state;
        // Wider vectors change no result: each lane's operations and their order stay.
        for (step, before, after) in self.steps.iter().take(layers.end).skip(layers.start) {
            match (step, remembered.last_mut()) {
                (Step::Branch, _) => remembered.push(features.clone()),
                (Step::Exchange, Some(other)) => std::mem::swap(other, features),
                (Step::Join, _) => {
                    for (value, other) in features
                        .iter_mut()
                        .zip(remembered.pop().unwrap_or_default())
                    {
                        each(value, &other, |value, other| value + other);
                    }
                }
                _ => {
                    *features = vectorised(
                        #[inline(always)]
                        || step.apply(std::mem::take(features), *before, *after),
                    );
                }
            }
        }
    }

    /// What comes of the logits and the label of each of a block's images.
    fn block_outcomes<T>(&self, block: &Block, outcome: impl Fn(&[f32], usize) -> T) -> Vec<T> {
        let mut state = block.state.clone();
        self.advance(&mut state, block.layers..self.steps.len());
        let features = state.features;
        let mut logits = vec![0.0; features.len()];
        let mut outcomes = Vec::with_capacity(block.labels.len());
        for (lane, &label) in block.labels.iter().enumerate() {
            for (logit, lanes) in logits.iter_mut().zip(&features) {
                *logit = lanes[lane];
            }
            outcomes.push(outcome(&logits, label));
        }
        outcomes
    }
}

/// Images on their way through a network.
pub struct Features(Vec<Block>);

impl Features {
    /// The features of each block, and how many images it has.
    pub(super) fn maps(&self) -> Vec<(&[Lanes], usize)> {
        self.0
            .iter()
            .map(|block| (&block.state.features[..], block.labels.len()))
            .collect()
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
        let images: usize = self.0.iter().map(|block| block.labels.len()).sum();
        let mut sums = vec![0.0; self.0.first().map_or(0, |block| block.channels)];
        for block in &self.0 {
            let area = block.area();
            for (sum, map) in sums.iter_mut().zip(block.state.features.chunks(area)) {
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
            .map(|sum| sum / images.max(1) as f64)
            .collect()
    }

    /// Adds a number to each channel.
    pub fn add_to_channels(&mut self, numbers: &[f32]) {
        self.0.par_iter_mut().for_each(|block| {
            let area = block.area();
            for (map, number) in block.state.features.chunks_mut(area).zip(numbers) {
                map.iter_mut().flatten().for_each(|value| *value += number);
            }
        });
    }
}

/// Features, and those that open branches remember.
#[derive(Clone)]
struct State {
    features: Vec<Lanes>,
    remembered: Vec<Vec<Lanes>>,
}

/// At most [`LANES`] images after some of the layers.
struct Block {
    state: State,
    labels: Vec<usize>,
    layers: usize,
    /// Channels of the feature map.
    channels: usize,
}

impl Block {
    /// Places of the feature map.
    fn area(&self) -> usize {
        (self.state.features.len() / self.channels.max(1)).max(1)
    }
}

/// By how much the label's logit exceeds every other, relative to the largest magnitude.
fn slack(logits: &[f32], label: usize) -> f32 {
    let magnitude = logits
        .iter()
        .fold(0.0f32, |largest, logit| largest.max(logit.abs()));
    let others = logits
        .iter()
        .enumerate()
        .filter(|&(class, _)| class != label);
    let largest = others.fold(f32::NEG_INFINITY, |largest, (_, &logit)| largest.max(logit));
    logits
        .get(label)
        .map_or(f32::NAN, |truth| (truth - largest) / magnitude)
}

fn convolution_taps(
    mut weights: impl Iterator<Item = f32>,
    convolution: &Convolution,
    before: ImageSize,
) -> Vec<Vec<Tap>> {
    let Convolution {
        channels,
        kernel,
        groups,
        ..
    } = *convolution;
    let (inputs, outputs) = (before.channels / groups, channels / groups);
    let area = kernel * kernel;
    (0..channels)
        .map(|output| {
            let first = output / outputs * inputs;
            let filter = weights.by_ref().take(inputs * area);
            filter
                .enumerate()
                .filter(|&(_, weight)| weight != 0.0)
                .map(|(place, weight)| Tap {
                    channel: first + place / area,
                    row: place % area / kernel,
                    column: place % kernel,
                    weight,
                })
                .collect()
        })
        .collect()
}

/// Fixed filters as a convolution without bias.
fn oriented_step(filters: usize, before: ImageSize) -> Step {
    match oriented::convolution(filters, before) {
        Ok(convolution) => {
            let weights = oriented::weights(filters, before.channels);
            Step::Convolution {
                convolution,
                taps: convolution_taps(weights.into_iter(), &convolution, before),
                bias: None,
            }
        }
        // An architecture holds no layer that does not fit.
        Err(reason) => unreachable!("{reason}"),
    }
}

fn dense_taps(
    mut weights: impl Iterator<Item = f32>,
    units: usize,
    features: usize,
) -> Vec<Vec<(usize, f32)>> {
    let mut row = || {
        weights
            .by_ref()
            .take(features)
            .enumerate()
            .filter(|&(_, weight)| weight != 0.0)
            .collect()
    };
    (0..units).map(|_| row()).collect()
}

/// The larger of two numbers; the first, if they are equal or not comparable. (`f32::max` leaves
/// the sign of zero open.)
#[inline(always)]
fn larger(first: f32, second: f32) -> f32 {
    if second > first {
        second
    } else {
        first
    }
}

/// The smaller of two numbers; the first, if they are equal or not comparable.
#[inline(always)]
fn smaller(first: f32, second: f32) -> f32 {
    if second < first {
        second
    } else {
        first
    }
}

/// `sum += weight * value` in every lane.
#[inline(always)]
fn accumulate(sum: &mut Lanes, weight: f32, value: &Lanes) {
    for (sum, value) in sum.iter_mut().zip(value) {
        *sum += weight * value;
    }
}

/// `target = operation(target, value)` in every lane.
#[inline(always)]
fn each(target: &mut Lanes, value: &Lanes, operation: impl Fn(f32, f32) -> f32) {
    for (target, value) in target.iter_mut().zip(value) {
        *target = operation(*target, *value);
    }
}

fn start(bias: &Option<Vec<f32>>, output: usize) -> Lanes {
    [bias.as_ref().map_or(0.0, |bias| bias[output]); LANES]
}

impl Step {
    #[inline(always)]
    fn apply(&self, mut features: Vec<Lanes>, before: ImageSize, after: ImageSize) -> Vec<Lanes> {
        match self {
            Step::Upright => {
                upright(&mut features, before);
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
                let mut sums = Vec::with_capacity(taps.len());
                for (unit, taps) in taps.iter().enumerate() {
                    let mut sum = start(bias, unit);
                    for &(feature, weight) in taps {
                        accumulate(&mut sum, weight, &features[feature]);
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

/// Each image by itself: no two slant alike.
fn upright(features: &mut [Lanes], size: ImageSize) {
    let mut image = vec![0.0; features.len()];
    for lane in 0..LANES {
        image
            .iter_mut()
            .zip(features.iter())
            .for_each(|(value, lanes)| *value = lanes[lane]);
        stand_upright(&mut image, size);
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
fn total(features: &[Lanes]) -> Lanes {
    let mut sum = [0.0; LANES];
    for feature in features {
        each(&mut sum, feature, |sum, value| sum + value);
    }
    sum
}

#[inline(always)]
fn divide(features: &mut [Lanes], count: usize) {
    for value in features.iter_mut().flatten() {
        *value /= count as f32;
    }
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
