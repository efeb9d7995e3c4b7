//! The grammar of layers that a model file can hold, and the shapes that follow from it.

use crate::shape::ImageSize;

use crate::code::error::CodeError;
use crate::code::fixed::oriented;

/// An architecture has at most this many layers.
pub const MAX_LAYERS: usize = 1024;

/// Branches may be nested this deep: a decoder keeps one feature map for each.
pub const MAX_DEPTH: usize = 8;

/// Between two layers there are at most this many numbers an example.
const MAX_FEATURES: usize = 1 << 24;

/// How many zeros a convolution adds around an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
pub enum Layer {
    /// A convolution.
    Convolution(Convolution),
    /// The image stood upright: see [`upright`](crate::code::fixed::upright). Before all others.
    Upright,
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

/// Name and dimensions of one tensor of weights.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TensorShape {
    /// Such as `conv1.weight`; kinds of layers (`conv`, `bn`, `fc`) are numbered from 1.
    pub name: String,
    /// `[out, in / groups, kernel, kernel]` of a convolution, `[out, in]` of a dense layer, `[out]`
    /// of a bias, `[channels]` of each half of a batch normalisation.
    pub dimensions: Vec<usize>,
}

impl TensorShape {
    /// Number of weights.
    pub fn len(&self) -> usize {
        self.dimensions.iter().product()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A chain of layers that fit each other, from an input size to at least two outputs, the logits;
/// branches that leave it come back to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Architecture {
    input: ImageSize,
    layers: Vec<Layer>,
    sizes: Vec<ImageSize>,
    branches: Vec<Branch>,
}

/// An open branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Branch {
    remembered: ImageSize,
    exchanged: bool,
}

impl Architecture {
    /// Checks that each layer fits the layers before it.
    ///
    /// # Errors
    /// [`CodeError::Layer`] names the first layer that does not fit; [`CodeError::Architecture`] if
    /// the input is empty, there are too many layers, a branch is left open, or there are fewer
    /// than two outputs.
    pub fn new(input: ImageSize, layers: Vec<Layer>) -> Result<Self, CodeError> {
        let mut architecture = Self::unfinished(input)?;
        for layer in layers {
            architecture.push(layer)?;
        }
        architecture.finished()
    }

    /// No layers yet.
    pub(in crate::code) fn unfinished(input: ImageSize) -> Result<Self, CodeError> {
        match checked_features(input) {
            None | Some(0) => Err(CodeError::Architecture(format!(
                "the input {input} is empty or has more than {MAX_FEATURES} numbers"
            ))),
            Some(_) => Ok(Self {
                input,
                layers: Vec::new(),
                sizes: Vec::new(),
                branches: Vec::new(),
            }),
        }
    }

    /// Appends a layer that fits.
    pub(in crate::code) fn push(&mut self, layer: Layer) -> Result<(), CodeError> {
        if self.layers.len() == MAX_LAYERS {
            return Err(CodeError::Architecture(format!(
                "more than {MAX_LAYERS} layers"
            )));
        }
        let size = self.after(&layer).map_err(|reason| CodeError::Layer {
            index: self.layers.len() + 1,
            layer: layer.to_string(),
            reason,
        })?;
        self.layers.push(layer);
        self.sizes.push(size);
        Ok(())
    }

    /// Size after one more layer, or why it does not fit; opens and closes branches.
    fn after(&mut self, layer: &Layer) -> Result<ImageSize, String> {
        let before = self.output();
        match layer {
            Layer::Branch if self.branches.len() == MAX_DEPTH => {
                return Err(format!("branches are nested more than {MAX_DEPTH} deep"));
            }
            Layer::Branch => self.branches.push(Branch {
                remembered: before,
                exchanged: false,
            }),
            Layer::Exchange => match self.branches.last_mut() {
                None => return Err("no branch is open".to_string()),
                Some(Branch {
                    exchanged: true, ..
                }) => return Err("a branch has two sides, not three".to_string()),
                Some(branch) => {
                    let other = std::mem::replace(&mut branch.remembered, before);
                    branch.exchanged = true;
                    return Ok(other);
                }
            },
            Layer::Join => match self.branches.pop() {
                None => return Err("no branch is open".to_string()),
                Some(Branch { remembered, .. }) if remembered != before => {
                    return Err(format!("{remembered} and {before} cannot be added"));
                }
                Some(_) => {}
            },
            Layer::Upright if !self.layers.is_empty() => {
                return Err(
                    "only the image itself can be stood upright, before all layers".to_string(),
                );
            }
            _ => {}
        }
        layer.output(before)
    }

    /// Whether a branch is open after the last layer.
    pub(in crate::code) fn has_open_branch(&self) -> bool {
        !self.branches.is_empty()
    }

    /// The whole chain is a classifier.
    pub(in crate::code) fn finished(self) -> Result<Self, CodeError> {
        if self.has_open_branch() {
            return Err(CodeError::Architecture("a branch is left open".to_string()));
        }
        if self.classes() < 2 {
            return Err(CodeError::Architecture(
                "a classifier has at least two outputs".to_string(),
            ));
        }
        Ok(self)
    }

    /// Whether images are stood upright before all else.
    pub fn is_upright(&self) -> bool {
        self.layers.first() == Some(&Layer::Upright)
    }

    /// Size after the last layer.
    pub fn output(&self) -> ImageSize {
        *self.sizes.last().unwrap_or(&self.input)
    }

    /// Size of the images that the network reads.
    pub fn input(&self) -> ImageSize {
        self.input
    }

    /// The layers, from input to output.
    pub fn layers(&self) -> &[Layer] {
        &self.layers
    }

    /// Number of logits.
    pub fn classes(&self) -> usize {
        self.output().features()
    }

    /// Each layer with the sizes before and after it.
    pub fn steps(&self) -> impl Iterator<Item = (&Layer, ImageSize, ImageSize)> {
        let before = std::iter::once(&self.input).chain(&self.sizes);
        self.layers
            .iter()
            .zip(before)
            .zip(&self.sizes)
            .map(|((layer, before), after)| (layer, *before, *after))
    }

    /// The tensors of weights, in the order in which layers use them: kernel, matrix or scale, then
    /// bias.
    pub fn tensors(&self) -> Vec<TensorShape> {
        let (mut convolutions, mut normalisations, mut denses) = (0, 0, 0);
        let mut tensors = Vec::new();
        for (layer, before, _) in self.steps() {
            let (name, weight, bias) = match *layer {
                Layer::Convolution(convolution) => {
                    convolutions += 1;
                    let Convolution {
                        channels,
                        kernel,
                        groups,
                        bias,
                        ..
                    } = convolution;
                    let weight = vec![channels, before.channels / groups, kernel, kernel];
                    (format!("conv{convolutions}"), weight, bias)
                }
                Layer::BatchNormalise => {
                    normalisations += 1;
                    (format!("bn{normalisations}"), vec![before.channels], true)
                }
                Layer::Dense { units, bias } => {
                    denses += 1;
                    (format!("fc{denses}"), vec![units, before.features()], bias)
                }
                _ => continue,
            };
            let outputs = weight.first().copied();
            tensors.push(TensorShape {
                name: format!("{name}.weight"),
                dimensions: weight,
            });
            if bias {
                tensors.push(TensorShape {
                    name: format!("{name}.bias"),
                    dimensions: outputs.into_iter().collect(),
                });
            }
        }
        tensors
    }

    /// For each layer the place of its first tensor among [`Architecture::tensors`], if it has any.
    pub fn first_tensors(&self) -> Vec<Option<usize>> {
        let mut next = 0;
        let mut first = |layer: &Layer| {
            let count = layer.tensors();
            next += count;
            (count > 0).then(|| next - count)
        };
        self.layers.iter().map(&mut first).collect()
    }

    /// Number of weights and biases, or `None` if it does not fit 64 bits.
    pub fn weights(&self) -> Option<u64> {
        self.tensors().iter().try_fold(0u64, |sum, tensor| {
            let count = tensor
                .dimensions
                .iter()
                .try_fold(1u64, |product, &dimension| {
                    product.checked_mul(dimension as u64)
                })?;
            sum.checked_add(count)
        })
    }
}

fn checked_features(size: ImageSize) -> Option<usize> {
    size.channels
        .checked_mul(size.height)?
        .checked_mul(size.width)
        .filter(|&features| features <= MAX_FEATURES)
}

impl Layer {
    /// Number of tensors of weights.
    fn tensors(&self) -> usize {
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
    fn output(&self, before: ImageSize) -> Result<ImageSize, String> {
        let after = match *self {
            Layer::Convolution(convolution) => convolution.output(before)?,
            Layer::Oriented { filters } => {
                oriented::convolution(filters, before)?.output(before)?
            }
            Layer::MaxPool { size } | Layer::AveragePool { size } => {
                if size == 0 || size > before.height || size > before.width {
                    return Err(format!("a window of {size} does not fit into {before}"));
                }
                ImageSize {
                    channels: before.channels,
                    height: before.height / size,
                    width: before.width / size,
                }
            }
            Layer::GlobalAverage => vector(before.channels),
            Layer::Upright
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
            None => Err(format!(
                "its output {after} has more than {MAX_FEATURES} numbers"
            )),
            Some(0) => Err("it has no output".to_string()),
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

    fn output(&self, before: ImageSize) -> Result<ImageSize, String> {
        let Self {
            channels,
            kernel,
            stride,
            padding,
            groups,
            ..
        } = *self;
        if kernel == 0 || stride == 0 || groups == 0 {
            return Err("kernel, stride and groups are at least 1".to_string());
        }
        if kernel > MAX_FEATURES || stride > MAX_FEATURES {
            return Err(format!("kernel and stride are at most {MAX_FEATURES}"));
        }
        if matches!(padding, Padding::Each(padding) if padding > kernel) {
            return Err(format!("padding is at most the kernel's size, {kernel}"));
        }
        if !before.channels.is_multiple_of(groups) || !channels.is_multiple_of(groups) {
            return Err(format!(
                "{groups} groups divide neither or only one of {} and {channels} channels",
                before.channels
            ));
        }
        let along = |length: usize| {
            let padded = length + self.margins(length).iter().sum::<usize>();
            padded
                .checked_sub(kernel)
                .map(|room| room / stride + 1)
                .ok_or_else(|| format!("a kernel of {kernel} does not fit into {before}"))
        };
        Ok(ImageSize {
            channels,
            height: along(before.height)?,
            width: along(before.width)?,
        })
    }
}
