//! The feature maps of a batch, between two layers.

use candle_core::{DType, Device, Result, Tensor, D};
use rayon::prelude::*;

use super::operators;
use crate::code::deskew::deskew;
use crate::code::Convolution;
use crate::shape::ImageSize;
use crate::train::operators::BatchMoments;
use crate::train::operators::{Span, Window};
use crate::train::{BATCH_NORMALISATION_EPSILON, NORMALISATION_EPSILON};

/// A batch on its way through a network.
///
/// On a CPU images are computed side by side, by this crate's operators; elsewhere one after the
/// other, by candle's, where these are right.
#[derive(Clone)]
pub(super) enum Features {
    /// `[blocks, channels, height, width, LANES]`, of which the first `batch` images count.
    Interleaved { tensor: Tensor, batch: usize },
    /// `[batch, channels, height, width]`.
    Plain(Tensor),
}

impl Features {
    /// Images `[batch, channels, height, width]`.
    pub(super) fn new(images: &Tensor) -> Result<Self> {
        if operators::is_supported(images) {
            Ok(Self::Interleaved {
                tensor: operators::interleave_batch(images)?,
                batch: images.dim(0)?,
            })
        } else {
            Ok(Self::Plain(images.clone()))
        }
    }

    /// Where they are.
    pub(super) fn device(&self) -> &Device {
        self.tensor().device()
    }

    /// `[batch, features]`.
    pub(super) fn flatten(self) -> Result<Tensor> {
        match self {
            Self::Interleaved { tensor, batch } => {
                operators::deinterleave_batch(&tensor, batch)?.flatten_from(1)
            }
            Self::Plain(tensor) => tensor.flatten_from(1),
        }
    }

    fn map(
        self,
        interleave_batch: impl FnOnce(&Tensor) -> Result<Tensor>,
        deinterleave_batch: impl FnOnce(&Tensor) -> Result<Tensor>,
    ) -> Result<Self> {
        Ok(match self {
            Self::Interleaved { tensor, batch } => Self::Interleaved {
                tensor: interleave_batch(&tensor)?,
                batch,
            },
            Self::Plain(tensor) => Self::Plain(deinterleave_batch(&tensor)?),
        })
    }

    /// Deskewed, as the evaluator does it; no gradient comes back.
    pub(super) fn deskewed(self, size: ImageSize) -> Result<Self> {
        let device = self.device().clone();
        let images = self.flatten()?;
        let batch = images.dim(0)?;
        let mut values: Vec<f32> = images.flatten_all()?.to_vec1()?;
        values
            .par_chunks_mut(size.features())
            .for_each(|image| deskew(image, size));
        Self::new(&Tensor::from_vec(
            values,
            (batch, size.channels, size.height, size.width),
            &device,
        )?)
    }

    pub(super) fn convolve(
        self,
        kernel: &Tensor,
        bias: Option<&Tensor>,
        convolution: &Convolution,
    ) -> Result<Self> {
        let Convolution {
            kernel: size,
            stride,
            groups,
            ..
        } = *convolution;
        let span = |length: usize| {
            let [before, after] = convolution.margins(length);
            Span {
                size,
                stride,
                before,
                after,
            }
        };
        self.map(
            |features| {
                let (_, _, height, width, _) = features.dims5()?;
                let window = Window {
                    rows: span(height),
                    columns: span(width),
                };
                operators::convolve(features, kernel, bias, window, groups)
            },
            |features| {
                let (_, _, height, width) = features.dims4()?;
                let (rows, columns) = (span(height), span(width));
                let padded = features.pad_with_zeros(2, rows.before, rows.after)?;
                let padded = padded.pad_with_zeros(3, columns.before, columns.after)?;
                let map = padded.conv2d(kernel, 0, stride, 1, groups)?;
                match bias {
                    Some(bias) => map.broadcast_add(&bias.reshape((1, (), 1, 1))?),
                    None => Ok(map),
                }
            },
        )
    }

    pub(super) fn dense(self, matrix: &Tensor, bias: Option<&Tensor>) -> Result<Self> {
        self.map(
            |features| {
                let product = operators::dense(features, matrix, bias)?;
                product.unsqueeze(2)?.unsqueeze(2)
            },
            |features| {
                let product = features.flatten_from(1)?.matmul(&matrix.t()?)?;
                let product = match bias {
                    Some(bias) => product.broadcast_add(bias)?,
                    None => product,
                };
                product.unsqueeze(2)?.unsqueeze(2)
            },
        )
    }

    pub(super) fn max_pool(self, size: usize, after: ImageSize) -> Result<Self> {
        self.map(
            |features| operators::max_pool(features, Window::square(size, size, 0)),
            |features| windows(features, size, after)?.max(D::Minus1)?.max(3),
        )
    }

    pub(super) fn average_pool(self, size: usize, after: ImageSize) -> Result<Self> {
        self.map(
            |features| operators::average_pool(features, Window::square(size, size, 0)),
            |features| {
                windows(features, size, after)?.sum(D::Minus1)?.sum(3)? / (size * size) as f64
            },
        )
    }

    pub(super) fn global_average(self) -> Result<Self> {
        self.map(operators::global_average, |features| {
            let (batch, channels, ..) = features.dims4()?;
            features
                .flatten_from(2)?
                .mean(2)?
                .reshape((batch, channels, 1, 1))
        })
    }

    pub(super) fn relu(self) -> Result<Self> {
        self.map(operators::relu, Tensor::relu)
    }

    pub(super) fn relu6(self) -> Result<Self> {
        self.map(operators::relu6, |features| features.clamp(0f32, 6f32))
    }

    /// `w x + b` with one of each a channel.
    pub(super) fn scale_and_shift(self, scale: &Tensor, shift: &Tensor) -> Result<Self> {
        self.map(
            |features| operators::scale_and_shift(features, scale, shift),
            |features| {
                let product = features.broadcast_mul(&scale.reshape((1, (), 1, 1))?)?;
                product.broadcast_add(&shift.reshape((1, (), 1, 1))?)
            },
        )
    }

    /// The same of what is normalised over the batch, and the batch's moments.
    pub(super) fn batch_normalise(
        self,
        scale: &Tensor,
        shift: &Tensor,
    ) -> Result<(Self, BatchMoments)> {
        match self {
            Self::Interleaved { tensor, batch } => {
                let (tensor, moments) = operators::batch_normalise(
                    &tensor,
                    scale,
                    shift,
                    batch,
                    BATCH_NORMALISATION_EPSILON,
                )?;
                Ok((Self::Interleaved { tensor, batch }, moments))
            }
            Self::Plain(tensor) => {
                let mean = tensor.mean_keepdim((0, 2, 3))?;
                let centred = tensor.broadcast_sub(&mean)?;
                let variance = centred.sqr()?.mean_keepdim((0, 2, 3))?;
                let normal =
                    centred.broadcast_div(&(&variance + BATCH_NORMALISATION_EPSILON)?.sqrt()?)?;
                let numbers =
                    |tensor: &Tensor| tensor.flatten_all()?.to_dtype(DType::F64)?.to_vec1();
                let moments = BatchMoments {
                    mean: numbers(&mean)?,
                    variance: numbers(&variance)?,
                };
                Ok((Self::Plain(normal).scale_and_shift(scale, shift)?, moments))
            }
        }
    }

    /// The sum of two feature maps of the same size.
    pub(super) fn add(self, other: &Self) -> Result<Self> {
        let other = other.tensor().clone();
        self.map(|features| features + &other, |features| features + &other)
    }

    fn tensor(&self) -> &Tensor {
        match self {
            Self::Interleaved { tensor, .. } | Self::Plain(tensor) => tensor,
        }
    }

    pub(super) fn normalise(self) -> Result<Self> {
        self.map(
            |features| operators::normalise(features, NORMALISATION_EPSILON),
            |features| {
                let flat = features.flatten_from(1)?;
                let centred = flat.broadcast_sub(&flat.mean_keepdim(1)?)?;
                let deviation =
                    (centred.sqr()?.mean_keepdim(1)? + NORMALISATION_EPSILON)?.sqrt()?;
                centred.broadcast_div(&deviation)?.reshape(features.shape())
            },
        )
    }
}

/// A pooling layer's windows: `[batch, channels, rows, size, columns, size]`, to be reduced over
/// both `size` axes.
///
/// candle 0.11.1's `max_pool2d` divides its gradient by the window's area; a reduction over windows
/// does not.
fn windows(features: &Tensor, size: usize, after: ImageSize) -> Result<Tensor> {
    let whole = features
        .narrow(2, 0, after.height * size)?
        .narrow(3, 0, after.width * size)?;
    let (batch, channels) = (whole.dim(0)?, whole.dim(1)?);
    whole
        .contiguous()?
        .reshape(&[batch, channels, after.height, size, after.width, size][..])
}
