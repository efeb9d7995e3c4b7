//! Where the units of one layer are read by the next, and what can be done to them.

use super::trained_network::TrainedNetwork;
use crate::code::{Architecture, CodeError, Convolution, Layer, Padding};
use crate::shape::ImageSize;

/// A layer with weights and the next one that reads it, with nothing between them but layers that
/// treat channels alike and apart, or all together: activations, pooling and normalisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Link {
    /// Index of the layer whose outputs are the units.
    producer: usize,
    /// Index of the layer that reads them.
    consumer: usize,
    /// Weights of the consumer for one unit and one output.
    area: usize,
    /// Whether a unit that has the same value everywhere is read by the consumer as that same value
    /// everywhere.
    keeps_constants: bool,
    /// Whether there is a rectifier between them.
    is_rectified: bool,
    /// Whether a normalisation between them mixes all units: then they may change places, but none
    /// may go.
    is_mixed: bool,
}

impl Link {
    /// Whether units may be removed.
    pub(super) fn is_separable(self) -> bool {
        !self.is_mixed
    }
}

/// All links, from input to output.
pub(super) fn links(architecture: &Architecture) -> Vec<Link> {
    let steps: Vec<(&Layer, ImageSize)> = architecture
        .steps()
        .map(|(layer, before, _)| (layer, before))
        .collect();
    (0..steps.len())
        .filter_map(|producer| link_from(&steps, producer))
        .collect()
}

fn link_from(steps: &[(&Layer, ImageSize)], producer: usize) -> Option<Link> {
    let has_units = |layer: &Layer| match layer {
        Layer::Convolution(convolution) => convolution.groups == 1,
        Layer::Dense { .. } => true,
        _ => false,
    };
    if !has_units(steps.get(producer)?.0) {
        return None;
    }
    let (mut keeps_constants, mut is_rectified, mut is_mixed) = (true, false, false);
    for (consumer, &(layer, before)) in steps.iter().enumerate().skip(producer + 1) {
        match layer {
            Layer::Relu => is_rectified = true,
            Layer::Normalise => is_mixed = true,
            Layer::MaxPool { .. } => {}
            // The mean of equal numbers may be rounded.
            Layer::AveragePool { .. } | Layer::GlobalAverage => keeps_constants = false,
            Layer::Convolution(Convolution {
                kernel,
                padding,
                groups: 1,
                ..
            }) => {
                keeps_constants &= *padding == Padding::Each(0);
                return Some(Link {
                    producer,
                    consumer,
                    area: kernel * kernel,
                    keeps_constants,
                    is_rectified,
                    is_mixed,
                });
            }
            Layer::Dense { .. } => {
                let area = before.height * before.width;
                return Some(Link {
                    producer,
                    consumer,
                    area,
                    keeps_constants,
                    is_rectified,
                    is_mixed,
                });
            }
            _ => return None,
        }
    }
    None
}

/// A network whose layers can be edited.
#[derive(Debug, Clone)]
pub(super) struct Editor {
    input: ImageSize,
    layers: Vec<Layer>,
    weights: Vec<Vec<f32>>,
    /// For each layer with weights the index of its first tensor.
    tensors: Vec<Option<usize>>,
}

impl Editor {
    pub(super) fn new(network: TrainedNetwork) -> Self {
        let TrainedNetwork {
            architecture,
            weights,
        } = network;
        Self {
            input: architecture.input(),
            layers: architecture.layers().to_vec(),
            weights,
            tensors: architecture.first_tensors(),
        }
    }

    /// The edited network.
    pub(super) fn into_network(self) -> Result<TrainedNetwork, CodeError> {
        let architecture = Architecture::new(self.input, self.layers)?;
        Ok(TrainedNetwork {
            architecture,
            weights: self.weights,
        })
    }

    /// Number of units of a link.
    pub(super) fn units(&self, link: Link) -> usize {
        match self.layers.get(link.producer) {
            Some(Layer::Convolution(convolution)) => convolution.channels,
            Some(Layer::Dense { units, .. }) => *units,
            _ => 0,
        }
    }

    fn has_bias(&self, layer: usize) -> bool {
        match self.layers.get(layer) {
            Some(Layer::Convolution(convolution)) => convolution.bias,
            Some(Layer::Dense { bias, .. }) => *bias,
            _ => false,
        }
    }

    fn tensor(&self, layer: usize) -> &[f32] {
        let place = self.tensors.get(layer).copied().flatten();
        place
            .and_then(|place| self.weights.get(place))
            .map_or(&[], Vec::as_slice)
    }

    fn bias_tensor(&self, layer: usize) -> Option<usize> {
        self.tensors
            .get(layer)
            .copied()
            .flatten()
            .filter(|_| self.has_bias(layer))
            .map(|place| place + 1)
    }

    /// The weights of one unit of the producer.
    pub(super) fn row(&self, link: Link, unit: usize) -> &[f32] {
        let weights = self.tensor(link.producer);
        let length = weights.len() / self.units(link).max(1);
        weights
            .get(unit * length..(unit + 1) * length)
            .unwrap_or(&[])
    }

    /// What the consumer's outputs do with one unit: `area` weights an output.
    pub(super) fn readers(&self, link: Link, unit: usize) -> impl Iterator<Item = &[f32]> {
        let row = link.area * self.units(link);
        let rows = self.tensor(link.consumer).chunks_exact(row.max(1));
        rows.filter_map(move |row| row.get(unit * link.area..(unit + 1) * link.area))
    }

    /// Whether any output reads the unit.
    pub(super) fn is_read(&self, link: Link, unit: usize) -> bool {
        self.readers(link, unit)
            .flatten()
            .any(|&weight| weight != 0.0)
    }

    /// The value that the consumer reads from a unit without weights, if that is the same
    /// everywhere.
    pub(super) fn constant(&self, link: Link, unit: usize) -> Option<f32> {
        if self.row(link, unit).iter().any(|&weight| weight != 0.0) {
            return None;
        }
        let bias = self
            .bias_tensor(link.producer)
            .and_then(|place| self.weights.get(place)?.get(unit));
        let value = bias.copied().unwrap_or(0.0);
        let value = if link.is_rectified && value < 0.0 {
            0.0
        } else {
            value
        };
        (link.keeps_constants || value == 0.0).then_some(value)
    }

    /// Keeps only these units, in this order.
    pub(super) fn select(&mut self, link: Link, order: &[usize]) {
        let units = self.units(link);
        if let Some(place) = self.tensors.get(link.producer).copied().flatten() {
            self.keep_chunks(place, 1, units, order);
        }
        if let Some(place) = self.bias_tensor(link.producer) {
            self.keep_chunks(place, 1, units, order);
        }
        if let Some(place) = self.tensors.get(link.consumer).copied().flatten() {
            let rows = self.tensor(link.consumer).len() / (units * link.area).max(1);
            self.keep_chunks(place, rows, units, order);
        }
        match self.layers.get_mut(link.producer) {
            Some(Layer::Convolution(convolution)) => convolution.channels = order.len(),
            Some(Layer::Dense { units, .. }) => *units = order.len(),
            _ => {}
        }
    }

    /// A tensor of `rows` rows of `chunks` equal chunks: keeps these chunks of each row, in this
    /// order.
    fn keep_chunks(&mut self, tensor: usize, rows: usize, chunks: usize, order: &[usize]) {
        let Some(weights) = self.weights.get_mut(tensor) else {
            return;
        };
        let length = weights.len() / (rows * chunks).max(1);
        let mut kept = Vec::with_capacity(rows * order.len() * length);
        for row in weights.chunks_exact((chunks * length).max(1)) {
            for &chunk in order {
                kept.extend(row.get(chunk * length..(chunk + 1) * length).unwrap_or(&[]));
            }
        }
        *weights = kept;
    }

    /// Changes what each of the consumer's outputs does with a unit, given the number of the
    /// output.
    fn edit_readers(&mut self, link: Link, unit: usize, mut edit: impl FnMut(usize, &mut [f32])) {
        let row = (link.area * self.units(link)).max(1);
        let place = self.tensors.get(link.consumer).copied().flatten();
        let Some(weights) = place.and_then(|place| self.weights.get_mut(place)) else {
            return;
        };
        for (output, row) in weights.chunks_exact_mut(row).enumerate() {
            if let Some(part) = row.get_mut(unit * link.area..(unit + 1) * link.area) {
                edit(output, part);
            }
        }
    }

    /// A unit that is the same everywhere may be read anywhere: moves its weights to the first
    /// places, in order.
    ///
    /// Returns whether anything moved.
    pub(super) fn gather(&mut self, link: Link, unit: usize) -> bool {
        let mut moved = false;
        self.edit_readers(link, unit, |_, weights| {
            let before = weights.to_vec();
            weights.fill(0.0);
            for (slot, &weight) in weights
                .iter_mut()
                .zip(before.iter().filter(|&&weight| weight != 0.0))
            {
                *slot = weight;
            }
            moved |= before != weights;
        });
        moved
    }

    /// Adds what the outputs make of a constant unit to their biases, and reads the unit no more.
    pub(super) fn fold(&mut self, link: Link, unit: usize, value: f32) {
        let outputs = self.readers(link, unit).count();
        if !self.has_bias(link.consumer) {
            if let Some(place) = self.tensors.get(link.consumer).copied().flatten() {
                self.weights.insert(place + 1, vec![0.0; outputs]);
                self.tensors
                    .iter_mut()
                    .flatten()
                    .filter(|other| **other > place)
                    .for_each(|other| *other += 1);
                self.set_bias(link.consumer, true);
            }
        }
        let mut sums = vec![0.0f32; outputs];
        self.edit_readers(link, unit, |output, weights| {
            if let Some(sum) = sums.get_mut(output) {
                weights.iter().for_each(|weight| *sum += weight * value);
            }
            weights.fill(0.0);
        });
        if let Some(biases) = self
            .bias_tensor(link.consumer)
            .and_then(|place| self.weights.get_mut(place))
        {
            biases
                .iter_mut()
                .zip(sums)
                .for_each(|(bias, sum)| *bias += sum);
        }
    }

    fn set_bias(&mut self, layer: usize, present: bool) {
        match self.layers.get_mut(layer) {
            Some(Layer::Convolution(convolution)) => convolution.bias = present,
            Some(Layer::Dense { bias, .. }) => *bias = present,
            _ => {}
        }
    }

    /// Drops biases that are all zero; returns how many tensors.
    pub(super) fn drop_zero_biases(&mut self) -> usize {
        let mut dropped = 0;
        for layer in 0..self.layers.len() {
            let Some(place) = self.bias_tensor(layer) else {
                continue;
            };
            if self
                .weights
                .get(place)
                .is_some_and(|biases| biases.iter().all(|&bias| bias == 0.0))
            {
                self.weights.remove(place);
                self.tensors
                    .iter_mut()
                    .flatten()
                    .filter(|other| **other > place)
                    .for_each(|other| *other -= 1);
                self.set_bias(layer, false);
                dropped += 1;
            }
        }
        dropped
    }
}
