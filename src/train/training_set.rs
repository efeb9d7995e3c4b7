//! What a network is trained on.

use candle_core::{DType, Device, Result, Tensor};

use super::network::Network;
use super::trainer::TrainError;
use crate::data::{Framing, ImageFolder, LabelledImages, PixelCache};
use crate::shape::ImageSize;

/// Examples for training: all in memory, or photographs that are decoded when they are needed.
#[derive(Debug)]
pub struct TrainingSet<'a>(Examples<'a>);

#[derive(Debug)]
enum Examples<'a> {
    Images {
        images: Tensor,
        labels: Vec<u32>,
    },
    Photographs {
        folder: &'a ImageFolder,
        framing: Framing,
        cache: Option<&'a PixelCache>,
        device: Device,
    },
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
        Ok(Self(Examples::Images { images, labels }))
    }

    /// Photographs, read a batch at a time; those that cannot be read, or have no class, teach
    /// nothing.
    pub fn photographs(
        folder: &'a ImageFolder,
        framing: Framing,
        cache: Option<&'a PixelCache>,
        device: &Device,
    ) -> Self {
        Self(Examples::Photographs {
            folder,
            framing,
            cache,
            device: device.clone(),
        })
    }

    /// Where the tensors are.
    pub fn device(&self) -> &Device {
        match &self.0 {
            Examples::Images { images, .. } => images.device(),
            Examples::Photographs { device, .. } => device,
        }
    }

    /// Number of examples; at least one.
    pub fn len(&self) -> usize {
        match &self.0 {
            Examples::Images { labels, .. } => labels.len(),
            Examples::Photographs { folder, .. } => folder.len(),
        }
    }

    /// Whether there are no examples: never, since a data set has some.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Images `[batch, channels, height, width]` at these places, and their labels; photographs
    /// that cannot be read are not among them.
    pub(super) fn batch(&self, indices: &[u32]) -> Result<(Tensor, Vec<u32>)> {
        match &self.0 {
            Examples::Images { images, labels } => {
                let chosen = Tensor::from_slice(indices, indices.len(), images.device())?;
                let labels = indices
                    .iter()
                    .filter_map(|&index| labels.get(index as usize).copied())
                    .collect();
                Ok((images.index_select(&chosen, 0)?, labels))
            }
            Examples::Photographs {
                folder,
                framing,
                cache,
                device,
            } => {
                let indices: Vec<usize> = indices.iter().map(|&index| index as usize).collect();
                let batch = folder.batch(&indices, *framing, *cache);
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
                } = framing.size();
                let images = Tensor::from_vec(
                    pixels.concat(),
                    (labels.len(), channels, height, width),
                    device,
                )?;
                Ok(((images.to_dtype(DType::F32)? / 255.0)?, labels))
            }
        }
    }

    /// The same examples after [`Network::fixed_features`], if they are in memory.
    pub(super) fn fixed_features(&self, network: &Network) -> Result<Option<Self>> {
        const AT_ONCE: usize = 1024;
        let Examples::Images { images, labels } = &self.0 else {
            return Ok(None);
        };
        let features = if network.has_fixed_layers() {
            let mut parts = Vec::new();
            for start in (0..labels.len()).step_by(AT_ONCE) {
                let images = images.narrow(0, start, AT_ONCE.min(labels.len() - start))?;
                parts.push(network.fixed_features(&images)?);
            }
            Tensor::cat(&parts, 0)?
        } else {
            images.clone()
        };
        Ok(Some(Self(Examples::Images {
            images: features,
            labels: labels.clone(),
        })))
    }
}
