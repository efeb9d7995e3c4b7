//! A chain of dense layers on plain slices: forward, backward, and the buffers for both.
//!
//! A feature map is `[blocks, features, LANES]`, as in [`operators`](crate::train::operators).

use pulp::Arch;

use super::softmax;
use super::softmax::Loss;
use crate::code::{Layer, TensorShape};
use crate::train::network::Network;
use crate::train::operators::normalisation::{normalise_block, normalise_block_gradient};
use crate::train::operators::tile::{pack, tile_outputs, Correlate, WeightGradient};
use crate::train::operators::LANES;
use crate::train::stacked::error::StackedError;
use crate::train::NORMALISATION_EPSILON;
use crate::vectorised::vectorised;

/// Blocks that one strip of a matrix product handles: few enough for them to stay in the
/// first-level cache.
const STRIP: usize = 48;

enum Stage {
    /// Places of the matrix and of the bias among the tensors, and the matrix's gain.
    Dense {
        matrix: usize,
        bias: Option<usize>,
        gain: f32,
    },
    /// `min(max(x, 0), ceiling)`.
    Clamp {
        ceiling: f32,
    },
    Normalise,
}

/// What all networks of a stack have in common.
pub(super) struct Chain {
    stages: Vec<Stage>,
    /// Features before the first stage, and after each.
    widths: Vec<usize>,
    shapes: Vec<TensorShape>,
}

/// The buffers of one network.
pub(super) struct Workspace {
    batch: usize,
    blocks: usize,
    /// Before the first stage, and after each.
    maps: Vec<Vec<f32>>,
    /// The loss's gradients, of the same sizes as `maps`.
    map_gradients: Vec<Vec<f32>>,
    /// Of each tensor of weights.
    pub(super) gradients: Vec<Vec<f32>>,
    /// `0, 1, 2, …`, and for each stage the first place of each block before and after it.
    taps: Vec<usize>,
    starts: Vec<Vec<usize>>,
}

impl Chain {
    pub(super) fn new(network: &Network) -> Result<Self, StackedError> {
        let architecture = network.architecture();
        let mut widths = vec![architecture.input().features()];
        let mut stages = Vec::new();
        let mut tensors = 0;
        for (index, (layer, _, after)) in architecture.steps().enumerate() {
            widths.push(after.features());
            stages.push(match *layer {
                Layer::Dense { bias, .. } => {
                    let matrix = tensors;
                    tensors += 1 + usize::from(bias);
                    let gain = network.gains().get(matrix).map_or(1.0, |&gain| gain as f32);
                    Stage::Dense {
                        matrix,
                        bias: bias.then_some(matrix + 1),
                        gain,
                    }
                }
                Layer::Relu => Stage::Clamp {
                    ceiling: f32::INFINITY,
                },
                Layer::Relu6 => Stage::Clamp { ceiling: 6.0 },
                Layer::Normalise => Stage::Normalise,
                _ => {
                    return Err(StackedError::Layer {
                        index: index + 1,
                        layer: layer.to_string(),
                    })
                }
            });
        }
        Ok(Self {
            stages,
            widths,
            shapes: architecture.tensors(),
        })
    }

    pub(super) fn shapes(&self) -> &[TensorShape] {
        &self.shapes
    }

    pub(super) fn inputs(&self) -> usize {
        self.widths.first().copied().unwrap_or(0)
    }

    pub(super) fn classes(&self) -> usize {
        self.widths.last().copied().unwrap_or(0)
    }

    /// Fills the maps after the first.
    pub(super) fn forward(&self, weights: &[Vec<f32>], workspace: &mut Workspace) {
        let Workspace {
            maps, taps, starts, ..
        } = workspace;
        for (place, stage) in self.stages.iter().enumerate() {
            let (inputs, outputs) = (self.widths[place], self.widths[place + 1]);
            let (before, after) = maps.split_at_mut(place + 1);
            let (source, target) = (&before[place], &mut after[0]);
            match *stage {
                Stage::Dense { matrix, bias, gain } => {
                    let matrix = &weights[matrix];
                    Arch::new().dispatch(Correlate {
                        source,
                        target,
                        outputs,
                        row: 1,
                        starts: &starts[place],
                        places: &starts[place + 1],
                        taps: &taps[..inputs],
                        weights: &pack(outputs, inputs, |output, input| {
                            gain * matrix[output * inputs + input]
                        }),
                        tile: tile_outputs(outputs),
                        bias: bias.map(|bias| &weights[bias][..]),
                        strip: STRIP,
                    });
                }
                Stage::Clamp { ceiling } => clamp(source, target, ceiling),
                Stage::Normalise => {
                    let blocks = target
                        .chunks_mut(outputs * LANES)
                        .zip(source.chunks(inputs * LANES));
                    blocks.for_each(|(target, source)| {
                        normalise_block(target, source, NORMALISATION_EPSILON)
                    });
                }
            }
        }
    }

    /// From the map_gradients of the logits to the gradients of all weights.
    pub(super) fn backward(&self, weights: &[Vec<f32>], workspace: &mut Workspace) {
        let Workspace {
            maps,
            map_gradients,
            gradients,
            taps,
            starts,
            ..
        } = workspace;
        for (place, stage) in self.stages.iter().enumerate().rev() {
            let (inputs, outputs) = (self.widths[place], self.widths[place + 1]);
            let (before, after) = map_gradients.split_at_mut(place + 1);
            let (target, map_gradients) = (&mut before[place], &after[0]);
            match *stage {
                Stage::Dense { matrix, bias, gain } => {
                    if let Some(bias) = bias {
                        sum_lanes(map_gradients, &mut gradients[bias]);
                    }
                    gradients[matrix].fill(0.0);
                    Arch::new().dispatch(WeightGradient {
                        source: &maps[place],
                        gradient: map_gradients,
                        target: &mut gradients[matrix],
                        outputs,
                        row: 1,
                        starts: &starts[place],
                        places: &starts[place + 1],
                        taps: &taps[..inputs],
                    });
                    if gain != 1.0 {
                        gradients[matrix]
                            .iter_mut()
                            .for_each(|gradient| *gradient *= gain);
                    }
                    // Nothing before the first matrix can be trained.
                    if matrix > 0 {
                        let matrix = &weights[matrix];
                        Arch::new().dispatch(Correlate {
                            source: map_gradients,
                            target,
                            outputs: inputs,
                            row: 1,
                            starts: &starts[place + 1],
                            places: &starts[place],
                            taps: &taps[..outputs],
                            weights: &pack(inputs, outputs, |input, output| {
                                gain * matrix[output * inputs + input]
                            }),
                            tile: tile_outputs(inputs),
                            bias: None,
                            strip: STRIP,
                        });
                    } else {
                        return;
                    }
                }
                Stage::Clamp { ceiling } => {
                    clamp_gradient(&maps[place + 1], map_gradients, target, ceiling)
                }
                Stage::Normalise => {
                    let size = inputs * LANES;
                    let blocks = target
                        .chunks_mut(size)
                        .zip(maps[place].chunks(size))
                        .zip(map_gradients.chunks(size));
                    blocks.for_each(|((target, source), map_gradients)| {
                        normalise_block_gradient(
                            target,
                            source,
                            map_gradients,
                            NORMALISATION_EPSILON,
                        );
                    });
                }
            }
        }
    }
}

impl Workspace {
    pub(super) fn new(chain: &Chain, batch: usize) -> Self {
        let blocks = batch.div_ceil(LANES);
        let maps: Vec<Vec<f32>> = chain
            .widths
            .iter()
            .map(|width| vec![0.0; blocks * width * LANES])
            .collect();
        let starts = chain
            .widths
            .iter()
            .map(|width| (0..blocks).map(|block| block * width).collect())
            .collect();
        let taps = (0..chain.widths.iter().copied().max().unwrap_or(0)).collect();
        let gradients = chain
            .shapes
            .iter()
            .map(|shape| vec![0.0; shape.len()])
            .collect();
        Self {
            batch,
            blocks,
            map_gradients: maps.clone(),
            maps,
            gradients,
            taps,
            starts,
        }
    }

    /// Puts the examples with these indices side by side.
    pub(super) fn load(&mut self, features: &[f32], indices: &[u32]) {
        let map = &mut self.maps[0];
        let width = map.len() / (self.blocks * LANES);
        for (place, &index) in indices.iter().enumerate() {
            let first = place / LANES * width * LANES + place % LANES;
            for (feature, &value) in features[index as usize * width..][..width]
                .iter()
                .enumerate()
            {
                map[first + feature * LANES] = value;
            }
        }
    }

    /// Fills the map_gradients of the logits, and returns that of the temperature's logarithm.
    pub(super) fn loss_gradient(&mut self, labels: &[u32], temperature: f32, loss: Loss) -> f32 {
        let (Some(logits), Some(map_gradients)) = (self.maps.last(), self.map_gradients.last_mut())
        else {
            return 0.0;
        };
        let (logits, _) = logits.as_chunks::<LANES>();
        let (map_gradients, _) = map_gradients.as_chunks_mut::<LANES>();
        let classes = logits.len() / self.blocks;
        let mut sums = [0.0; LANES];
        vectorised(
            #[inline(always)]
            || {
                let blocks = logits
                    .chunks(classes)
                    .zip(map_gradients.chunks_mut(classes))
                    .zip(labels.chunks(LANES));
                for ((logits, map_gradients), labels) in blocks {
                    let temperature_gradient = softmax::gradient(
                        logits,
                        map_gradients,
                        labels,
                        temperature,
                        loss,
                        self.batch,
                    );
                    for (sum, temperature_gradient) in sums.iter_mut().zip(temperature_gradient) {
                        *sum += temperature_gradient;
                    }
                }
            },
        );
        sums.iter().sum()
    }

    /// Mean cross-entropy, and number of errors.
    pub(super) fn loss(&self, labels: &[u32], temperature: f32) -> (f64, u64) {
        let logits = self.maps.last().map_or(&[][..], |logits| logits);
        let classes = logits.len() / (self.blocks * LANES);
        let (mut sum, mut errors) = (0.0, 0);
        for (place, &label) in labels.iter().enumerate() {
            let block = &logits[place / LANES * classes * LANES..][..classes * LANES];
            let own = block.iter().skip(place % LANES).step_by(LANES).copied();
            let (loss, wrong) = softmax::loss(own, label, temperature);
            sum += loss;
            errors += u64::from(wrong);
        }
        (sum / labels.len() as f64, errors)
    }
}

fn clamp(source: &[f32], target: &mut [f32], ceiling: f32) {
    vectorised(
        #[inline(always)]
        || {
            for (target, &value) in target.iter_mut().zip(source) {
                let raised = if value < 0.0 { 0.0 } else { value };
                *target = if raised > ceiling { ceiling } else { raised };
            }
        },
    );
}

fn clamp_gradient(result: &[f32], map_gradients: &[f32], target: &mut [f32], ceiling: f32) {
    vectorised(
        #[inline(always)]
        || {
            for ((target, &result), &temperature_gradient) in
                target.iter_mut().zip(result).zip(map_gradients)
            {
                *target = if result <= 0.0 || result >= ceiling {
                    0.0
                } else {
                    temperature_gradient
                };
            }
        },
    );
}

/// `[blocks, features, LANES]` to the sum over everything but features.
fn sum_lanes(map_gradients: &[f32], sums: &mut [f32]) {
    let (places, _) = map_gradients.as_chunks::<LANES>();
    let features = sums.len();
    for (feature, sum) in sums.iter_mut().enumerate() {
        let mut lanes = [0.0; LANES];
        for values in places.iter().skip(feature).step_by(features) {
            for (lane, value) in lanes.iter_mut().zip(values) {
                *lane += value;
            }
        }
        *sum = lanes.iter().sum();
    }
}
