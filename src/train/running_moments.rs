//! The moments that stand for a batch's when a network with batch normalisation has been trained.

use candle_core::{bail, Device, Result, Tensor};

use crate::code::{Architecture, Layer, Structure};
use crate::evaluate::{Evaluator, Features};
use crate::train::operators::BatchMoments;
use crate::train::BATCH_NORMALISATION_EPSILON;

/// Of the moments of a new batch, this fraction enters the running ones.
const MOMENTUM: f64 = 0.1;

/// Running means of the moments of batches, for each batch normalisation of an architecture.
///
/// They are data: nothing of them is known to a decoder. [`RunningMoments::fold`] makes them part
/// of the weights.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RunningMoments {
    moments: Vec<BatchMoments>,
}

impl RunningMoments {
    /// Means of 0 and variances of 1.
    pub fn new(architecture: &Architecture) -> Self {
        let channels = architecture
            .steps()
            .filter(|(layer, ..)| matches!(layer, Layer::BatchNormalise));
        let start = |channels: usize| BatchMoments {
            mean: vec![0.0; channels],
            variance: vec![1.0; channels],
        };
        Self {
            moments: channels
                .map(|(_, before, _)| start(before.channels))
                .collect(),
        }
    }

    /// Those of the images whose features stand before the first layer, for a network whose batch
    /// normalisations are scales and shifts.
    pub fn measured(evaluator: &Evaluator, structure: &Structure, mut features: Features) -> Self {
        let mut moments = Vec::new();
        let layers = structure.chain().map_or(&[][..], Architecture::layers);
        for (place, layer) in layers.iter().enumerate() {
            if matches!(layer, Layer::BatchNormalise) {
                features = evaluator.advance(features, place);
                let (mean, variance) = features.channel_moments();
                moments.push(BatchMoments { mean, variance });
            }
        }
        Self { moments }
    }

    /// Takes in a batch's moments, one entry a batch normalisation.
    pub(super) fn update(&mut self, batch: &[BatchMoments]) {
        for (moments, batch) in self.moments.iter_mut().zip(batch) {
            let pairs = moments.mean.iter_mut().zip(&batch.mean);
            for (running, &new) in pairs.chain(moments.variance.iter_mut().zip(&batch.variance)) {
                *running += MOMENTUM * (new - *running);
            }
        }
    }

    /// Weights with which `w x + b` does what normalisation with these moments, and then `weights`,
    /// would do: `w' = w / sqrt(v + 1e-5)`, `b' = b - m w'`. All other weights stay.
    pub fn fold(&self, structure: &Structure, mut weights: Vec<Vec<f32>>) -> Vec<Vec<f32>> {
        self.each_channel(structure, &mut weights, |scale, shift, mean, deviation| {
            let folded = scale / deviation;
            (folded, shift - mean * folded)
        });
        weights
    }

    /// The weights that [`RunningMoments::fold`] makes these of.
    pub fn unfold(&self, structure: &Structure, mut weights: Vec<Vec<f32>>) -> Vec<Vec<f32>> {
        self.each_channel(structure, &mut weights, |scale, shift, mean, deviation| {
            (scale * deviation, shift + mean * scale)
        });
        weights
    }

    /// Replaces the scale and the shift of each channel by what `change` makes of them, its mean
    /// and its deviation.
    fn each_channel(
        &self,
        structure: &Structure,
        weights: &mut [Vec<f32>],
        change: impl Fn(f64, f64, f64, f64) -> (f64, f64),
    ) {
        // The operators of a graph have taken batch normalisations in when it was imported.
        let layers = structure.chain().map_or(&[][..], Architecture::layers);
        let layers = layers.iter().zip(structure.first_tensors());
        let places = layers
            .filter(|(layer, _)| matches!(layer, Layer::BatchNormalise))
            .filter_map(|(_, first)| first);
        for (place, BatchMoments { mean, variance }) in places.zip(&self.moments) {
            let Some([scales, shifts, ..]) = weights.get_mut(place..) else {
                continue;
            };
            let moments = mean.iter().zip(variance);
            for ((scale, shift), (mean, variance)) in scales.iter_mut().zip(shifts).zip(moments) {
                let deviation = (variance + BATCH_NORMALISATION_EPSILON).sqrt();
                let changed = change(f64::from(*scale), f64::from(*shift), *mean, deviation);
                (*scale, *shift) = (changed.0 as f32, changed.1 as f32);
            }
        }
    }

    /// What a checkpoint needs.
    ///
    /// # Errors
    /// If candle fails.
    pub fn state(&self) -> Result<Vec<Tensor>> {
        let lists = self
            .moments
            .iter()
            .flat_map(|moments| [&moments.mean, &moments.variance]);
        lists
            .map(|list| Tensor::new(&list[..], &Device::Cpu))
            .collect()
    }

    /// Goes on from what [`RunningMoments::state`] returned.
    ///
    /// # Errors
    /// If it is the state of another architecture.
    pub fn restore(&mut self, state: &[Tensor]) -> Result<()> {
        if state.len() != 2 * self.moments.len() {
            bail!(
                "{} lists of moments for {} batch normalisations",
                state.len(),
                self.moments.len()
            );
        }
        for (moments, state) in self.moments.iter_mut().zip(state.chunks(2)) {
            for (own, state) in [&mut moments.mean, &mut moments.variance]
                .into_iter()
                .zip(state)
            {
                let values: Vec<f64> = state.to_vec1()?;
                if values.len() != own.len() {
                    bail!("{} moments for {} channels", values.len(), own.len());
                }
                *own = values;
            }
        }
        Ok(())
    }
}
