//! The kinds of layers, and the sizes that follow from them.

use super::misfit::LayerError;
use crate::code::fixed::oriented;
use crate::shape::ImageSize;

/// Between two layers there are at most this many numbers an example.
pub(super) const MAX_FEATURES: usize = 1 << 24;

/// Added by [`Layer::Normalise`] to the variance before its root is taken.
pub(crate) const NORMALISE_EPSILON: f32 = 1e-5;

/// A convolution's kernel has at most this many rows and columns.
const MAX_KERNEL: usize = u16::MAX as usize;

/// How many zeros a convolution adds around an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Padding {
    /// As many on each of the four sides; at most the kernel's size.
    Each(usize),
    /// As few as give `ceil(length / stride)` outputs on each axis, half of them, rounded down,
    /// before the image: the rule of TensorFlow.
    Same,
}

/// A two-dimensional convolution (cross-correlation) with zero padding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Convolution {
    /// Number of output channels.
    pub channels: usize,
    /// Rows and columns of the kernel.
    pub kernel: usize,
    /// Step of the kernel over rows and columns.
    pub stride: usize,
    /// Zeros added around the image.
    pub padding: Padding,
    /// Groups of channels that do not see each other; as many as input channels in a depthwise
    /// convolution.
    pub groups: usize,
    /// Whether a number is added to each output channel.
    pub bias: bool,
}

/// One layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Layer {
    /// A convolution.
    Convolution(Convolution),
    /// The image deskewed: see [`deskew`](crate::code::fixed::deskew). Before all others.
    Deskew,
    /// Fixed filters on each channel: see [`oriented`](crate::code::fixed::oriented).
    Oriented {
        /// Filters a channel.
        filters: usize,
    },
    /// The largest number in each window of `size x size`, without overlap; rows and columns left
    /// over are dropped.
    MaxPool {
        /// Rows and columns of the window.
        size: usize,
    },
    /// The mean of each window of `size x size`, without overlap; rows and columns left over are
    /// dropped.
    AveragePool {
        /// Rows and columns of the window.
        size: usize,
    },
    /// The mean of each channel.
    GlobalAverage,
    /// `max(x, 0)`.
    Relu,
    /// `min(max(x, 0), 6)` (Krizhevsky 2010).
    Relu6,
    /// `(x - m) / sqrt(v + 1e-5)` with `m` and `v` the mean and variance of all features of the
    /// example: layer normalisation (Ba, Kiros and Hinton 2016) without parameters.
    Normalise,
    /// `w x + b` with two numbers for each channel: batch normalisation (Ioffe and Szegedy 2015)
    /// once it has been trained. In training, `x` is first brought to mean zero and variance one
    /// over the batch; the moments that stand for the batch's afterwards are data, and become part
    /// of `w` and `b`.
    BatchNormalise,
    /// Remembers what flows here, for [`Layer::Join`].
    Branch,
    /// Goes on with what the last open [`Layer::Branch`] remembered, and remembers instead what has
    /// come so far: the beginning of a shortcut with layers of its own.
    Exchange,
    /// Adds what the last open [`Layer::Branch`] remembered, and closes it: the end of a residual
    /// block (He et al. 2016).
    Join,
    /// A matrix product with all features, in the order channel, row, column.
    Dense {
        /// Number of output units.
        units: usize,
        /// Whether a number is added to each unit.
        bias: bool,
    },
}

/// Number of features, if it is within the format's limit.
pub(super) fn checked_features(size: ImageSize) -> Option<usize> {
    size.channels
        .checked_mul(size.height)?
        .checked_mul(size.width)
        .filter(|&features| features <= MAX_FEATURES)
}

impl Layer {
    /// Number of tensors of weights.
    pub(super) fn tensors(&self) -> usize {
        match self {
            Layer::Convolution(Convolution { bias, .. }) | Layer::Dense { bias, .. } => {
                1 + usize::from(*bias)
            }
            Layer::BatchNormalise => 2,
            _ => 0,
        }
    }

    /// Whether it adds a number to each of its channels: its second tensor.
    pub fn has_shift(&self) -> bool {
        self.tensors() > 1
    }

    /// Size after this layer, or why it does not fit.
    pub(super) fn output(&self, before: ImageSize) -> Result<ImageSize, LayerError> {
        let after = match *self {
            Layer::Convolution(convolution) => convolution.output(before)?,
            Layer::Oriented { filters } => {
                Convolution::oriented(filters, before.channels)?.output(before)?
            }
            Layer::MaxPool { size } | Layer::AveragePool { size } => {
                if size == 0 || size > before.height || size > before.width {
                    return Err(LayerError::Window { size, before });
                }
                ImageSize {
                    channels: before.channels,
                    height: before.height / size,
                    width: before.width / size,
                }
            }
            Layer::GlobalAverage => vector(before.channels),
            Layer::Deskew
            | Layer::Relu
            | Layer::Relu6
            | Layer::Normalise
            | Layer::BatchNormalise
            | Layer::Branch
            | Layer::Exchange
            | Layer::Join => before,
            Layer::Dense { units, .. } => vector(units),
        };
        match checked_features(after) {
            None => Err(LayerError::TooManyNumbers {
                after,
                limit: MAX_FEATURES,
            }),
            Some(0) => Err(LayerError::NoOutput),
            Some(_) => Ok(after),
        }
    }
}

fn vector(channels: usize) -> ImageSize {
    ImageSize {
        channels,
        height: 1,
        width: 1,
    }
}

impl Convolution {
    /// The convolution that so many [oriented](crate::code::oriented) filters on each channel are.
    ///
    /// # Errors
    /// [`LayerError::Filters`] if there are not so many.
    pub fn oriented(filters: usize, channels: usize) -> Result<Self, LayerError> {
        if !(1..=oriented::FILTERS).contains(&filters) {
            return Err(LayerError::Filters {
                filters,
                limit: oriented::FILTERS,
            });
        }
        Ok(Self {
            channels: channels * filters,
            kernel: oriented::SIZE,
            stride: 1,
            padding: Padding::Each(oriented::SIZE / 2),
            groups: channels,
            bias: false,
        })
    }

    /// Zeros added before and after an axis of `length`.
    pub fn margins(&self, length: usize) -> [usize; 2] {
        match self.padding {
            Padding::Each(padding) => [padding, padding],
            Padding::Same => {
                let outputs = length.div_ceil(self.stride.max(1));
                let total =
                    (outputs.saturating_sub(1) * self.stride + self.kernel).saturating_sub(length);
                [total / 2, total - total / 2]
            }
        }
    }

    fn output(&self, before: ImageSize) -> Result<ImageSize, LayerError> {
        let Self {
            channels,
            kernel,
            stride,
            padding,
            groups,
            ..
        } = *self;
        if kernel == 0 || stride == 0 || groups == 0 {
            return Err(LayerError::ZeroParameter);
        }
        if kernel > MAX_KERNEL {
            return Err(LayerError::LargeKernel { limit: MAX_KERNEL });
        }
        if stride > MAX_FEATURES {
            return Err(LayerError::LargeStride {
                limit: MAX_FEATURES,
            });
        }
        if matches!(padding, Padding::Each(padding) if padding > kernel) {
            return Err(LayerError::Padding { kernel });
        }
        if !before.channels.is_multiple_of(groups) || !channels.is_multiple_of(groups) {
            return Err(LayerError::Groups {
                groups,
                before: before.channels,
                after: channels,
            });
        }
        let along = |length: usize| {
            let padded = length + self.margins(length).iter().sum::<usize>();
            padded
                .checked_sub(kernel)
                .map(|room| room / stride + 1)
                .ok_or(LayerError::Kernel { kernel, before })
        };
        Ok(ImageSize {
            channels,
            height: along(before.height)?,
            width: along(before.width)?,
        })
    }
}
