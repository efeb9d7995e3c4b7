//! What a node of a graph computes.

use super::dimensions::Dimensions;
use crate::code::architecture::layer::Convolution;
use crate::shape::ImageSize;

/// A window that moves over the rows and columns of a feature map. Pairs are of rows and columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Window {
    /// Rows and columns of the window.
    pub size: [usize; 2],
    /// Steps between two positions.
    pub stride: [usize; 2],
    /// For rows and for columns what is added before and after: zeros of a convolution; nothing
    /// that counts, in pooling.
    pub padding: [[usize; 2]; 2],
    /// Rows and columns between two entries of the window: 1 if they are side by side.
    pub dilation: [usize; 2],
}

impl Window {
    /// That of a layer that reads maps of this size.
    pub(crate) fn of_convolution(convolution: &Convolution, before: ImageSize) -> Self {
        let lengths = [before.height, before.width];
        Self {
            size: [convolution.kernel; 2],
            stride: [convolution.stride; 2],
            padding: lengths.map(|length| convolution.margins(length)),
            dilation: [1; 2],
        }
    }

    /// A square one whose positions lie side by side, as those of the pooling layers.
    pub(crate) fn side_by_side(size: usize) -> Self {
        Self {
            size: [size; 2],
            stride: [size; 2],
            padding: [[0; 2]; 2],
            dilation: [1; 2],
        }
    }
}

/// How the numbers in a window become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Pooling {
    /// The largest.
    Largest,
    /// The mean of those that are inside the map.
    Mean,
    /// Their sum, divided by the size of the window: padding counts as zeros.
    PaddedMean,
}

/// How the numbers along axes become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reduction {
    /// Their mean.
    Mean,
    /// Their sum.
    Sum,
    /// The largest.
    Largest,
}

/// A function of one number.
#[derive(Debug, Clone, Copy, PartialEq)]
#[non_exhaustive]
pub enum Activation {
    /// `max(x, 0)`.
    Relu,
    /// `min(max(x, low), high)`.
    Clip {
        /// The least that comes out.
        low: f32,
        /// The most that comes out.
        high: f32,
    },
    /// `x` if it is above 0, else `slope * x`.
    LeakyRelu {
        /// The slope.
        slope: f32,
    },
    /// `x` if it is above 0, else `alpha * (exp(x) - 1)` (Clevert et al. 2016).
    Elu {
        /// The limit far below 0, negated.
        alpha: f32,
    },
    /// `1 / (1 + exp(-x))`.
    Sigmoid,
    /// `max(0, min(1, slope * x + offset))`.
    HardSigmoid {
        /// The slope.
        slope: f32,
        /// The value at 0.
        offset: f32,
    },
    /// `x * max(0, min(1, x / 6 + 1 / 2))` (Howard et al. 2019).
    HardSwish,
    /// The hyperbolic tangent.
    Tanh,
    /// `x * (1 + erf(x / sqrt 2)) / 2` (Hendrycks and Gimpel 2016).
    Gelu,
    /// The exponential function.
    Exponential,
    /// The natural logarithm.
    Logarithm,
    /// The error function.
    ErrorFunction,
    /// The square root.
    SquareRoot,
    /// The magnitude.
    Magnitude,
}

/// An operation of two numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Arithmetic {
    /// `first + second`.
    Add,
    /// `first - second`.
    Subtract,
    /// `first * second`.
    Multiply,
    /// `first / second`.
    Divide,
    /// The larger; the first, if they are equal.
    Larger,
    /// The smaller; the first, if they are equal.
    Smaller,
    /// `first` to the power of `second`.
    Power,
}

/// What a node computes.
///
/// Axes are counted from 0, without one for examples: an operator sees one example.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Operator {
    /// A cross-correlation of a feature map with zero padding. Weights
    /// `[channels, channels before / groups, rows, columns]`, then the bias, `[channels]`.
    Convolution {
        /// Output channels.
        channels: usize,
        /// What moves over the map.
        window: Window,
        /// Groups of channels that do not see each other.
        groups: usize,
        /// Whether a number is added to each output channel.
        bias: bool,
    },
    /// A matrix product over the last axis. Weights `[units, inputs]`, then the bias, `[units]`.
    Dense {
        /// The last axis' length afterwards.
        units: usize,
        /// Whether a number is added to each unit.
        bias: bool,
    },
    /// `scale * x + shift` with numbers of its own for each index of an axis: a trained batch
    /// normalisation, the gain of a layer normalisation, a bias. Weights `[length]` for each.
    Affine {
        /// The axis.
        axis: usize,
        /// Whether there are scales.
        scale: bool,
        /// Whether there are shifts.
        shift: bool,
    },
    /// Weights themselves, whatever the image: position embeddings, class tokens.
    Constant {
        /// Their shape.
        dimensions: Dimensions,
    },
    /// Pooling over a feature map.
    Pool {
        /// What becomes of a window.
        pooling: Pooling,
        /// What moves over the map.
        window: Window,
        /// Whether a last position may reach beyond the padding: sizes are rounded up.
        is_rounded_up: bool,
    },
    /// Numbers along some axes become one.
    Reduce {
        /// How.
        reduction: Reduction,
        /// Which axes, ascending.
        axes: Vec<usize>,
        /// Whether these axes stay, with length 1.
        keep: bool,
    },
    /// `(x - m) / sqrt(v + epsilon)` with the mean and variance over the last axes (Ba, Kiros and
    /// Hinton 2016).
    Normalise {
        /// How many of the last axes.
        axes: usize,
        /// Added to the variance.
        epsilon: f32,
    },
    /// `x / (bias + alpha / size * sum of squares)^beta`, the sum over `size` channels around each
    /// (Krizhevsky et al. 2012), of which `(size - 1) / 2`, rounded down, are before it.
    LocalResponse {
        /// Channels in a sum.
        size: usize,
        /// Weight of the mean square.
        alpha: f32,
        /// The exponent.
        beta: f32,
        /// Added to it.
        bias: f32,
    },
    /// `exp(x - largest) / sum of these` along an axis.
    Softmax {
        /// The axis.
        axis: usize,
    },
    /// A function of each number.
    Activation(Activation),
    /// Each number with a fixed one.
    Scalar {
        /// Which operation.
        arithmetic: Arithmetic,
        /// The fixed number.
        number: f32,
        /// Whether the fixed number is the first of the two.
        is_first: bool,
    },
    /// Two values, number by number; an axis of length 1, or one that is missing in front, is
    /// repeated.
    Combine(Arithmetic),
    /// Matrix products of the last two axes; axes before them as in [`Operator::Combine`].
    MatrixProduct,
    /// Two or more values one after the other along an axis.
    Concatenate {
        /// The axis.
        axis: usize,
    },
    /// The same numbers in another shape.
    Reshape {
        /// The shape.
        dimensions: Dimensions,
    },
    /// The same numbers along one axis.
    Flatten,
    /// Axes in another order.
    Transpose {
        /// For each axis afterwards, which it was before.
        order: Vec<usize>,
    },
    /// Some of the indices of an axis, at equal distances.
    Slice {
        /// The axis.
        axis: usize,
        /// The first index.
        start: usize,
        /// How many.
        count: usize,
        /// From one to the next.
        step: usize,
    },
    /// Zeros around the last axes.
    Pad {
        /// For each axis how many before and after.
        padding: Vec<[usize; 2]>,
    },
    /// Indices of an axis, in any order.
    Select {
        /// The axis.
        axis: usize,
        /// Which.
        indices: Vec<usize>,
    },
    /// A feature map with other numbers of rows and columns, which cover the same area: each number
    /// is interpolated linearly between the nearest columns, and then between the nearest rows. As
    /// PyTorch's `interpolate(mode="bilinear", align_corners=False)`: what becomes smaller is not
    /// smoothed before.
    Resize {
        /// Rows and columns.
        size: [usize; 2],
    },
}

impl Operator {
    /// How many values it reads: none, one, two, or any number from two on.
    pub fn arity(&self) -> Arity {
        match self {
            Operator::Constant { .. } => Arity::Exactly(0),
            Operator::Combine(_) | Operator::MatrixProduct => Arity::Exactly(2),
            Operator::Concatenate { .. } => Arity::TwoOrMore,
            _ => Arity::Exactly(1),
        }
    }
}

/// How many values an operator reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arity {
    /// So many.
    Exactly(usize),
    /// Any number from two on.
    TwoOrMore,
}
