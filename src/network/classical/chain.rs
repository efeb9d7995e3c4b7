//! A network as linear maps with fixed functions between them.

use super::fixed::Fixed;
use super::linear_map::{norm, LinearMap, BYTES_PER_ENTRY};
use super::misfit::NoBound;
use super::normalisation::only_scales;
use super::subject::Subject;
use crate::bounds::classical::LayerNorms;
use crate::code::{Layer, Model};
use crate::shape::ImageSize;
use crate::storage::memory_limit::MemoryLimit;

/// A linear map, and what stands behind it.
#[derive(Debug)]
pub(super) struct Stage {
    pub(super) map: LinearMap,
    pub(super) fixed: Vec<Fixed>,
}

/// A chain of linear maps with fixed functions between them, which decides as the network does.
///
/// Biases are the weights of a number that is always 1 and stands behind all others as far as a
/// bias is still to come. A batch normalisation is a part of the linear layer before it. A layer
/// normalisation that [only scales](only_scales) becomes the subtraction of its mean.
#[derive(Debug)]
pub(super) struct Chain {
    /// What stands before the first map in a graph; of a chain the evaluator computes it.
    pub(super) front: Vec<Fixed>,
    /// The maps, from input to logits.
    pub(super) stages: Vec<Stage>,
    /// Whether a number that is always 1 enters behind the others.
    pub(super) has_constant: bool,
}

/// A linear layer that is being put together.
struct Linear {
    map: LinearMap,
    /// One for each channel; none if there is no bias.
    biases: Vec<f64>,
    after: ImageSize,
    fixed: Vec<Fixed>,
}

impl Chain {
    /// Of a network whose maps take no more memory than the limit.
    ///
    /// # Errors
    /// [`NoBound`] says which assumption fails.
    pub(super) fn new(
        subject: &Subject,
        model: &Model,
        limit: MemoryLimit,
    ) -> Result<Self, NoBound> {
        let layers = subject.architecture.layers();
        let is_branched = |layer: &Layer| matches!(layer, Layer::Branch | Layer::Join);
        if layers.iter().any(is_branched) {
            return Err(NoBound::ResidualSum);
        }
        let front = if subject.is_chain {
            Vec::new()
        } else {
            let steps = subject.architecture.steps().take(subject.front);
            let fixed =
                steps.filter_map(|(layer, before, _)| fixed(layer, before, None).transpose());
            fixed.collect::<Result<_, _>>()?
        };
        let mut tensors = subject.weights(model);
        let mut next = || tensors.next().unwrap_or_default();
        let mut linear: Vec<Linear> = Vec::new();
        let mut needed = 0u64;
        for (place, (layer, before, after)) in subject.behind_front().enumerate() {
            let behind = layers.get(subject.front + place + 1..).unwrap_or(&[]);
            match *layer {
                Layer::Convolution(convolution) => {
                    let weights = next();
                    needed = needed.saturating_add(demand(&weights, after.height * after.width));
                    limit.check(needed)?;
                    let map = LinearMap::convolution(&convolution, before, after, &weights);
                    linear.push(Linear::new(map, after, convolution.bias.then(&mut next)));
                }
                Layer::Dense { bias, .. } => {
                    let weights = next();
                    needed = needed.saturating_add(demand(&weights, 1));
                    limit.check(needed)?;
                    let map = LinearMap::dense(&weights, before.features());
                    linear.push(Linear::new(map, after, bias.then(&mut next)));
                }
                Layer::BatchNormalise => {
                    let (scales, shifts) = (next(), next());
                    match linear.last_mut().filter(|last| last.fixed.is_empty()) {
                        Some(last) => last.normalise(&scales, &shifts),
                        None => {
                            let map = LinearMap::scales(&scales, before);
                            linear.push(Linear::new(map, after, Some(shifts)));
                        }
                    }
                }
                _ => {
                    if let (Some(fixed), Some(last)) =
                        (fixed(layer, before, Some(behind))?, linear.last_mut())
                    {
                        last.fixed.push(fixed);
                    }
                }
            }
        }
        let chain = Self::of_linear(linear, front);
        let is_finite = chain.stages.iter().all(|stage| stage.map.is_finite());
        is_finite.then_some(chain).ok_or(NoBound::NotFinite)
    }

    /// With the number that is always 1, as far as there are biases.
    fn of_linear(linear: Vec<Linear>, front: Vec<Fixed>) -> Self {
        let biased = linear.iter().rposition(|layer| !layer.biases.is_empty());
        let with_constant = |(place, layer): (usize, Linear)| {
            let area = layer.after.height * layer.after.width;
            let map = match biased {
                Some(last) if place <= last => {
                    layer.map.with_constant(&layer.biases, area, place < last)
                }
                _ => layer.map,
            };
            Stage {
                map,
                fixed: layer.fixed,
            }
        };
        Self {
            front,
            stages: linear.into_iter().enumerate().map(with_constant).collect(),
            has_constant: biased.is_some(),
        }
    }

    /// What enters the first map, of what the evaluator or the image gives: `N` examples side by
    /// side.
    pub(super) fn enter<const N: usize>(&self, numbers: Vec<[f64; N]>) -> Vec<[f64; N]> {
        let front = self.front.iter();
        let mut entered = front.fold(numbers, |numbers, fixed| fixed.apply(numbers));
        if self.has_constant {
            entered.push([1.0; N]);
        }
        entered
    }

    /// The logits of what has [entered](Self::enter).
    pub(super) fn logits<const N: usize>(&self, entered: &[[f64; N]]) -> Vec<[f64; N]> {
        let mut numbers = entered.to_vec();
        for stage in &self.stages {
            numbers = stage.map.apply(&numbers);
            for fixed in &stage.fixed {
                numbers = fixed.apply(numbers);
            }
        }
        numbers
    }

    /// Whether all that is fixed commutes with positive scaling.
    pub(super) fn is_homogeneous(&self) -> bool {
        let fixed = self.stages.iter().flat_map(|stage| &stage.fixed);
        fixed.copied().all(Fixed::is_homogeneous)
    }

    /// The norms of its layers.
    pub(super) fn norms(&self) -> Vec<LayerNorms> {
        let norms = |stage: &Stage| LayerNorms {
            spectral: stage.map.spectral_norm(),
            frobenius: stage.map.frobenius(),
            rows: stage.map.row_norms(),
            lipschitz: stage.fixed.iter().map(|fixed| fixed.lipschitz()).product(),
            outputs: stage.map.outputs(),
            inputs: stage.map.inputs(),
        };
        self.stages.iter().map(norms).collect()
    }
}

impl Linear {
    fn new(map: LinearMap, after: ImageSize, biases: Option<Vec<f32>>) -> Self {
        let mut linear = Self {
            map,
            biases: Vec::new(),
            after,
            fixed: Vec::new(),
        };
        linear.add(&biases.unwrap_or_default());
        linear
    }

    /// Adds a number to each channel. Without one that is not zero there is no bias.
    fn add(&mut self, shifts: &[f32]) {
        if shifts.iter().all(|&shift| shift == 0.0) {
            return;
        }
        self.biases.resize(shifts.len(), 0.0);
        for (bias, &shift) in self.biases.iter_mut().zip(shifts) {
            *bias += f64::from(shift);
        }
    }

    /// Multiplies each channel by a number, and adds another.
    fn normalise(&mut self, scales: &[f32], shifts: &[f32]) {
        let area = self.after.height * self.after.width;
        self.map.scale_channels(scales, area);
        for (bias, &scale) in self.biases.iter_mut().zip(scales) {
            *bias *= f64::from(scale);
        }
        self.add(shifts);
    }
}

/// Bytes that the matrix of a layer takes at most, each weight used at so many places; once more
/// where a bias is added to it.
fn demand(weights: &[f32], places: usize) -> u64 {
    let nonzero = weights.iter().filter(|&&weight| weight != 0.0).count();
    let entries = (nonzero as u64).saturating_mul(places as u64);
    entries.saturating_mul(2 * BYTES_PER_ENTRY)
}

/// A layer without weights as a fixed function; none if it has weights. A layer normalisation needs
/// to know what stands behind it.
fn fixed(
    layer: &Layer,
    before: ImageSize,
    behind: Option<&[Layer]>,
) -> Result<Option<Fixed>, NoBound> {
    Ok(Some(match *layer {
        Layer::Relu => Fixed::Relu,
        Layer::Relu6 => Fixed::Relu6,
        Layer::MaxPool { size } => Fixed::MaxPool { size, before },
        Layer::AveragePool { size } => Fixed::AveragePool { size, before },
        Layer::GlobalAverage => Fixed::GlobalAverage { before },
        Layer::Normalise if behind.is_some_and(only_scales) => Fixed::Centre { before },
        Layer::Normalise => return Err(NoBound::Normalisation),
        Layer::Oriented { .. } | Layer::Deskew => return Err(NoBound::FixedFilters),
        Layer::Branch | Layer::Exchange | Layer::Join => return Err(NoBound::ResidualSum),
        Layer::Convolution(_) | Layer::Dense { .. } | Layer::BatchNormalise => return Ok(None),
    }))
}

/// The Euclidean norm of one of `N` vectors side by side.
pub(super) fn lane_norm<const N: usize>(numbers: &[[f64; N]], lane: usize) -> f64 {
    norm(numbers.iter().filter_map(|lanes| lanes.get(lane)))
}
