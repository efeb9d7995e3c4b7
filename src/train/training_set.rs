//! What a network is trained on.

use candle_core::{DType, Device, Result, Tensor};

use super::error::TrainError;
use super::trainable::Trainable;
use crate::data::LabelledImages;
use crate::evaluate::Examples;
use crate::shape::ImageSize;

/// Examples for training: all in memory, or decoded when they are needed.
pub struct TrainingSet<'a>(Source<'a>);

enum Source<'a> {
    Memory {
        images: Tensor,
        labels: Vec<u32>,
    },
    Streamed {
        examples: &'a dyn Examples,
        device: Device,
    },
}

impl std::fmt::Debug for TrainingSet<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("TrainingSet")
            .field("len", &self.len())
            .finish_non_exhaustive()
    }
}

impl<'a> TrainingSet<'a> {
    /// Pixels scaled to `[0, 1]`, as the evaluator scales them.
    ///
    /// # Errors
    /// If candle fails.
    pub fn new(data: &LabelledImages, device: &Device) -> std::result::Result<Self, TrainError> {
        let size = data.shape();
        let shape = (data.len(), size.channels, size.height, size.width);
        let scale = f64::from(data.levels() - 1);
        let images = Tensor::from_slice(data.images(), shape, device)?;
        let images = (images.to_dtype(DType::F32)? / scale)?;
        let labels = data
            .labels()
            .iter()
            .map(|&label| u32::from(label))
            .collect();
        Ok(Self(Source::Memory { images, labels }))
    }

    /// Numbers that a network has made of examples, as maps of this size, one after the other, and
    /// the class of each.
    ///
    /// # Errors
    /// If there are not as many numbers.
    pub fn of_numbers(
        numbers: Vec<f32>,
        size: ImageSize,
        labels: Vec<u32>,
        device: &Device,
    ) -> Result<Self> {
        let shape = (labels.len(), size.channels, size.height, size.width);
        let images = Tensor::from_vec(numbers, shape, device)?;
        Ok(Self(Source::Memory { images, labels }))
    }

    /// Examples that are decoded a batch at a time; those that cannot be read, or have no class,
    /// teach nothing.
    pub fn streamed(examples: &'a dyn Examples, device: &Device) -> Self {
        Self(Source::Streamed {
            examples,
            device: device.clone(),
        })
    }

    /// Where the tensors are.
    pub fn device(&self) -> &Device {
        match &self.0 {
            Source::Memory { images, .. } => images.device(),
            Source::Streamed { device, .. } => device,
        }
    }

    /// Number of examples; at least one.
    pub fn len(&self) -> usize {
        match &self.0 {
            Source::Memory { labels, .. } => labels.len(),
            Source::Streamed { examples, .. } => examples.len(),
        }
    }

    /// Whether there are no examples: never, since a data set has some.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Images `[batch, channels, height, width]` at these places, and their labels; examples
    /// that cannot be read are not among them.
    pub(super) fn batch(&self, indices: &[u32]) -> Result<(Tensor, Vec<u32>)> {
        match &self.0 {
            Source::Memory { images, labels } => {
                let chosen = Tensor::from_slice(indices, indices.len(), images.device())?;
                let labels = indices
                    .iter()
                    .filter_map(|&index| labels.get(index as usize).copied())
                    .collect();
                Ok((images.index_select(&chosen, 0)?, labels))
            }
            Source::Streamed { examples, device } => {
                let indices: Vec<usize> = indices.iter().map(|&index| index as usize).collect();
                let batch = examples.batch(&indices);
                let read = batch
                    .examples()
                    .iter()
                    .filter_map(|example| Some((example.pixels(), example.class()?)));
                let (pixels, labels): (Vec<&[u8]>, Vec<u32>) =
                    read.map(|(pixels, class)| (pixels, class as u32)).unzip();
                let ImageSize {
                    channels,
                    height,
                    width,
                } = examples.shape();
                let images = Tensor::from_vec(
                    pixels.concat(),
                    (labels.len(), channels, height, width),
                    device,
                )?;
                let scale = f64::from(batch.levels() - 1);
                Ok(((images.to_dtype(DType::F32)? / scale)?, labels))
            }
        }
    }

    /// The same examples after the layers without weights, if they are in memory.
    pub(super) fn fixed_features(&self, network: &dyn Trainable) -> Result<Option<Self>> {
        const AT_ONCE: usize = 1024;
        let Source::Memory { images, labels } = &self.0 else {
            return Ok(None);
        };
        let mut parts = Vec::new();
        for start in (0..labels.len()).step_by(AT_ONCE) {
            let images = images.narrow(0, start, AT_ONCE.min(labels.len() - start))?;
            let Some(features) = network.features_without_weights(&images)? else {
                break;
            };
            parts.push(features);
        }
        let features = if parts.is_empty() {
            images.clone()
        } else {
            Tensor::cat(&parts, 0)?
        };
        Ok(Some(Self(Source::Memory {
            images: features,
            labels: labels.clone(),
        })))
    }
}
