//! A node as numbers: what its code word says.
//!
//! Numbers are relative where that makes blocks of one kind alike: channels as multiples of those
//! before, values by how far back they are made. So a block that is repeated has the same records,
//! also where the network has become wider.

use super::dimensions::Dimensions;
use super::misfit::Misfit;
use super::nodes::Node;
use super::operator::{Activation, Arithmetic, Operator, Pooling, Reduction, Window};

/// What stands for the end of a graph in the place of a kind.
pub(super) const END: usize = 0;
pub(super) const CONVOLUTION: usize = 1;
pub(super) const DENSE: usize = 2;
pub(super) const AFFINE: usize = 3;
pub(super) const CONSTANT: usize = 4;
pub(super) const POOL: usize = 5;
pub(super) const REDUCE: usize = 6;
pub(super) const NORMALISE: usize = 7;
const LOCAL_RESPONSE: usize = 8;
pub(super) const SOFTMAX: usize = 9;
pub(super) const ACTIVATION: usize = 10;
pub(super) const SCALAR: usize = 11;
pub(super) const COMBINE: usize = 12;
pub(super) const MATRIX_PRODUCT: usize = 13;
pub(super) const CONCATENATE: usize = 14;
pub(super) const RESHAPE: usize = 15;
pub(super) const FLATTEN: usize = 16;
pub(super) const TRANSPOSE: usize = 17;
pub(super) const SLICE: usize = 18;
const PAD: usize = 19;
const SELECT: usize = 20;
const RESIZE: usize = 21;
/// Kinds, the end among them.
pub(super) const KINDS: usize = 22;

/// A node as numbers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) kind: usize,
    /// How far back each value is that it reads: 0 is the one just before.
    pub(super) distances: Vec<usize>,
    /// The operator's numbers, each of the [`Field`] that [`next_field`] says.
    pub(super) numbers: Vec<u64>,
}

/// What a number of a record means: each kind of number has a code of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Field {
    /// Channels or units: a place in [`RATIOS`], or 8 and their number.
    Width,
    /// Rows or columns of a window.
    Side,
    /// A stride: 0 if it is the side of the window, and not 1.
    Stride,
    Padding,
    Dilation,
    /// 0 for one, 1 for as many as there are channels before, or 1 and their number.
    Groups,
    Bias,
    /// Scales and shifts: 0 for both, 1 for scales, 2 for shifts.
    Parts,
    Pooling,
    IsRoundedUp,
    Reduction,
    /// A set of axes: axis `i` is the bit `2^i`.
    Axes,
    Keep,
    Axis,
    /// A number of axes.
    AxisCount,
    /// The length of an axis: 0 if it is that of the same axis of the value before.
    Length,
    /// How many there are of something.
    Count,
    /// An index, or a number of things that may be none.
    Index,
    /// The length of a slice: twice the number of such slices in the axis, or, if that is not
    /// whole, twice the length and 1.
    Part,
    /// The start of a slice: twice the number of slices before it, or, if that is not whole, twice
    /// the start and 1.
    Start,
    /// The step of a slice.
    Step,
    /// The bits of a single-precision number.
    Single,
    Activation,
    Arithmetic,
    IsFirst,
}

/// Widths relative to the one before that have a name: numerator and denominator.
pub(super) const RATIOS: [[usize; 2]; 9] = [
    [1, 1],
    [2, 1],
    [3, 1],
    [4, 1],
    [6, 1],
    [1, 2],
    [1, 3],
    [1, 4],
    [1, 6],
];

/// Activations in the order of their symbols, and how many numbers each has.
const ACTIVATION_NUMBERS: [usize; 14] = [0, 2, 1, 1, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0];

const ARITHMETIC: [Arithmetic; 7] = [
    Arithmetic::Add,
    Arithmetic::Subtract,
    Arithmetic::Multiply,
    Arithmetic::Divide,
    Arithmetic::Larger,
    Arithmetic::Smaller,
    Arithmetic::Power,
];
const POOLING: [Pooling; 3] = [Pooling::Largest, Pooling::Mean, Pooling::PaddedMean];
const REDUCTION: [Reduction; 3] = [Reduction::Mean, Reduction::Sum, Reduction::Largest];

/// Numbers of a window: sides, strides, padding above, below, left, right, dilations.
const WINDOW: [(Field, bool); 10] = [
    (Field::Side, false),
    (Field::Side, true),
    (Field::Stride, false),
    (Field::Stride, true),
    (Field::Padding, false),
    (Field::Padding, true),
    (Field::Padding, true),
    (Field::Padding, true),
    (Field::Dilation, false),
    (Field::Dilation, true),
];

/// How many values a kind reads; none, if the file says it.
pub(super) fn inputs_of(kind: usize) -> Option<usize> {
    match kind {
        CONSTANT => Some(0),
        COMBINE | MATRIX_PRODUCT => Some(2),
        CONCATENATE => None,
        _ => Some(1),
    }
}

/// The field of the next number after `numbers`, and whether it is likely to be the last of these
/// again; none, if the record is complete. `axes` are those of the first value that is read.
pub(super) fn next_field(kind: usize, numbers: &[u64], axes: usize) -> Option<(Field, bool)> {
    let fixed = |fields: &[Field]| fields.get(numbers.len()).map(|&field| (field, false));
    let count = numbers.first().copied().unwrap_or(0) as usize;
    match kind {
        CONVOLUTION => match numbers.len() {
            0 => Some((Field::Width, false)),
            place @ 1..=10 => Some(WINDOW[place - 1]),
            11 => Some((Field::Groups, false)),
            12 => Some((Field::Bias, false)),
            _ => None,
        },
        DENSE => fixed(&[Field::Width, Field::Bias]),
        AFFINE => fixed(&[Field::Axis, Field::Parts]),
        CONSTANT => match numbers.len() {
            0 => Some((Field::AxisCount, false)),
            place => (place <= count).then_some((Field::Length, false)),
        },
        POOL => match numbers.len() {
            0 => Some((Field::Pooling, false)),
            place @ 1..=10 => Some(WINDOW[place - 1]),
            11 => Some((Field::IsRoundedUp, false)),
            _ => None,
        },
        REDUCE => fixed(&[Field::Reduction, Field::Axes, Field::Keep]),
        NORMALISE => fixed(&[Field::AxisCount, Field::Single]),
        LOCAL_RESPONSE => fixed(&[Field::Side, Field::Single, Field::Single, Field::Single]),
        SOFTMAX | CONCATENATE => fixed(&[Field::Axis]),
        ACTIVATION => match numbers.len() {
            0 => Some((Field::Activation, false)),
            place => {
                let more = ACTIVATION_NUMBERS.get(count).copied().unwrap_or(0);
                (place <= more).then_some((Field::Single, false))
            }
        },
        SCALAR => fixed(&[Field::Arithmetic, Field::Single, Field::IsFirst]),
        COMBINE => fixed(&[Field::Arithmetic]),
        // The last length follows from the others.
        RESHAPE => match numbers.len() {
            0 => Some((Field::AxisCount, false)),
            place => (place < count).then_some((Field::Length, false)),
        },
        TRANSPOSE => (numbers.len() < axes).then_some((Field::Axis, false)),
        SLICE => fixed(&[Field::Axis, Field::Part, Field::Start, Field::Step]),
        PAD => match numbers.len() {
            0 => Some((Field::AxisCount, false)),
            place => (place <= 2 * count).then_some((Field::Index, place > 1)),
        },
        SELECT => match numbers.len() {
            0 => Some((Field::Axis, false)),
            1 => Some((Field::Count, false)),
            place => {
                let indices = numbers.get(1).copied().unwrap_or(0) as usize;
                (place < 2 + indices).then_some((Field::Index, false))
            }
        },
        // Columns are often as many as rows.
        RESIZE => (numbers.len() < 2).then_some((Field::Length, numbers.len() == 1)),
        _ => None,
    }
}

impl Window {
    fn numbers(&self) -> impl Iterator<Item = u64> {
        let stride = [0, 1].map(|side| match self.stride[side] {
            stride if stride == self.size[side] && stride > 1 => 0,
            stride => stride,
        });
        let parts = [
            self.size,
            stride,
            self.padding[0],
            self.padding[1],
            self.dilation,
        ];
        parts.into_iter().flatten().map(|number| number as u64)
    }

    /// Of ten numbers.
    fn of(numbers: &[u64]) -> Self {
        let number = |place: usize| numbers.get(place).copied().unwrap_or(0) as usize;
        let pair = |place: usize| [number(place), number(place + 1)];
        let stride = [0, 1].map(|side| match number(2 + side) {
            0 => number(side),
            stride => stride,
        });
        Self {
            size: pair(0),
            stride,
            padding: [pair(4), pair(6)],
            dilation: pair(8),
        }
    }
}

/// A width relative to the one before, by the first ratio that gives it.
fn relative(width: usize, before: usize) -> u64 {
    let ratio = RATIOS
        .iter()
        .position(|[times, parts]| width * parts == before * times);
    ratio.unwrap_or(RATIOS.len() - 1 + width) as u64
}

fn absolute(number: u64, before: usize) -> usize {
    match RATIOS.get(number as usize) {
        // What does not divide is no width, and does not fit.
        Some([times, parts]) if before.is_multiple_of(*parts) => before / parts * times,
        Some(_) => 0,
        None => number as usize - (RATIOS.len() - 1),
    }
}

impl Activation {
    fn numbers(&self) -> (u64, Vec<f32>) {
        match *self {
            Activation::Relu => (0, vec![]),
            Activation::Clip { low, high } => (1, vec![low, high]),
            Activation::LeakyRelu { slope } => (2, vec![slope]),
            Activation::Elu { alpha } => (3, vec![alpha]),
            Activation::Sigmoid => (4, vec![]),
            Activation::HardSigmoid { slope, offset } => (5, vec![slope, offset]),
            Activation::HardSwish => (6, vec![]),
            Activation::Tanh => (7, vec![]),
            Activation::Gelu => (8, vec![]),
            Activation::Exponential => (9, vec![]),
            Activation::Logarithm => (10, vec![]),
            Activation::ErrorFunction => (11, vec![]),
            Activation::SquareRoot => (12, vec![]),
            Activation::Magnitude => (13, vec![]),
        }
    }

    fn of(symbol: u64, number: impl Fn(usize) -> f32) -> Self {
        match symbol {
            0 => Activation::Relu,
            1 => Activation::Clip {
                low: number(0),
                high: number(1),
            },
            2 => Activation::LeakyRelu { slope: number(0) },
            3 => Activation::Elu { alpha: number(0) },
            4 => Activation::Sigmoid,
            5 => Activation::HardSigmoid {
                slope: number(0),
                offset: number(1),
            },
            6 => Activation::HardSwish,
            7 => Activation::Tanh,
            8 => Activation::Gelu,
            9 => Activation::Exponential,
            10 => Activation::Logarithm,
            11 => Activation::ErrorFunction,
            12 => Activation::SquareRoot,
            _ => Activation::Magnitude,
        }
    }
}

fn place_in<T: PartialEq>(all: &[T], one: &T) -> u64 {
    all.iter().position(|other| other == one).unwrap_or(0) as u64
}

fn single(number: f32) -> u64 {
    u64::from(number.to_bits())
}

/// The length of an axis after a value: 0 stands for the length that the same axis had.
fn relative_length(axis: usize, length: usize, before: &Dimensions) -> u64 {
    match before.lengths().get(axis) {
        Some(&same) if same == length => 0,
        _ => length as u64,
    }
}

fn absolute_length(axis: usize, number: u64, before: &Dimensions) -> usize {
    match number {
        0 => before.lengths().get(axis).copied().unwrap_or(0),
        number => number as usize,
    }
}

/// The lengths of all axes.
fn relative_lengths(lengths: &[usize], before: &Dimensions) -> Vec<u64> {
    let lengths = lengths.iter().enumerate();
    lengths
        .map(|(axis, &length)| relative_length(axis, length, before))
        .collect()
}

fn absolute_lengths(numbers: &[u64], before: &Dimensions) -> Vec<usize> {
    let numbers = numbers.iter().enumerate();
    numbers
        .map(|(axis, &number)| absolute_length(axis, number, before))
        .collect()
}

impl Record {
    /// The end of a graph.
    pub(super) fn end() -> Self {
        Self {
            kind: END,
            distances: Vec::new(),
            numbers: Vec::new(),
        }
    }

    /// The record of a node before which there are these values.
    pub(super) fn of(node: &Node, values: &[Dimensions]) -> Self {
        let last = values.len() - 1;
        let distances = node.inputs.iter().map(|&value| last - value).collect();
        let before = node.inputs.first().copied().unwrap_or(last);
        let (kind, numbers) = node.operator.record(&values[before]);
        Self {
            kind,
            distances,
            numbers,
        }
    }

    /// The node that it stands for, after these values; distances are within them.
    pub(super) fn node(&self, values: &[Dimensions]) -> Result<Node, Misfit> {
        let last = values.len() - 1;
        let inputs: Vec<usize> = self
            .distances
            .iter()
            .map(|distance| last - distance)
            .collect();
        let before = inputs.first().copied().unwrap_or(last);
        Ok(Node {
            operator: self.operator(&values[before])?,
            inputs,
        })
    }

    /// The operator after a value: the first that it reads, or the one just before.
    fn operator(&self, before: &Dimensions) -> Result<Operator, Misfit> {
        let number = |place: usize| self.numbers.get(place).copied().unwrap_or(0);
        let size = |place: usize| number(place) as usize;
        let flag = |place: usize| number(place) == 1;
        let single = |place: usize| f32::from_bits(number(place) as u32);
        let rest = |from: usize| self.numbers.get(from..).unwrap_or_default();
        let sizes = |from: usize| rest(from).iter().map(|&number| number as usize);
        let first = *before.lengths().first().unwrap_or(&1);
        let last = *before.lengths().last().unwrap_or(&1);
        Ok(match self.kind {
            CONVOLUTION => Operator::Convolution {
                channels: absolute(number(0), first),
                window: Window::of(rest(1)),
                groups: match size(11) {
                    0 => 1,
                    1 => first,
                    more => more - 1,
                },
                bias: flag(12),
            },
            DENSE => Operator::Dense {
                units: absolute(number(0), last),
                bias: flag(1),
            },
            AFFINE => Operator::Affine {
                axis: size(0),
                scale: number(1) != 2,
                shift: number(1) != 1,
            },
            CONSTANT => Operator::Constant {
                dimensions: Dimensions::new(absolute_lengths(rest(1), before))?,
            },
            POOL => Operator::Pool {
                pooling: POOLING[size(0).min(POOLING.len() - 1)],
                window: Window::of(rest(1)),
                is_rounded_up: flag(11),
            },
            REDUCE => Operator::Reduce {
                reduction: REDUCTION[size(0).min(REDUCTION.len() - 1)],
                axes: (0..64).filter(|axis| number(1) >> axis & 1 == 1).collect(),
                keep: flag(2),
            },
            NORMALISE => Operator::Normalise {
                axes: size(0),
                epsilon: single(1),
            },
            LOCAL_RESPONSE => Operator::LocalResponse {
                size: size(0),
                alpha: single(1),
                beta: single(2),
                bias: single(3),
            },
            SOFTMAX => Operator::Softmax { axis: size(0) },
            ACTIVATION => {
                Operator::Activation(Activation::of(number(0), |place| single(place + 1)))
            }
            SCALAR => Operator::Scalar {
                arithmetic: ARITHMETIC[size(0).min(ARITHMETIC.len() - 1)],
                number: single(1),
                is_first: flag(2),
            },
            COMBINE => Operator::Combine(ARITHMETIC[size(0).min(ARITHMETIC.len() - 1)]),
            MATRIX_PRODUCT => Operator::MatrixProduct,
            CONCATENATE => Operator::Concatenate { axis: size(0) },
            RESHAPE => {
                let mut lengths = absolute_lengths(rest(1), before);
                if size(0) > 0 {
                    let product = lengths
                        .iter()
                        .try_fold(1usize, |product, &length| product.checked_mul(length));
                    let last = product.and_then(|product| before.numbers().checked_div(product));
                    lengths.push(last.unwrap_or(0));
                }
                Operator::Reshape {
                    dimensions: Dimensions::new(lengths)?,
                }
            }
            FLATTEN => Operator::Flatten,
            TRANSPOSE => Operator::Transpose {
                order: sizes(0).collect(),
            },
            SLICE => {
                let length = before.lengths().get(size(0)).copied().unwrap_or(0);
                let count = match (number(1) % 2, size(1) / 2) {
                    (1, count) => count,
                    (_, parts) => length.checked_div(parts).unwrap_or(0),
                };
                let start = match (number(2) % 2, size(2) / 2) {
                    (1, start) => start,
                    (_, parts) => parts.saturating_mul(count),
                };
                Operator::Slice {
                    axis: size(0),
                    start,
                    count,
                    step: size(3),
                }
            }
            PAD => Operator::Pad {
                padding: rest(1)
                    .chunks_exact(2)
                    .map(|pair| [pair[0] as usize, pair[1] as usize])
                    .collect(),
            },
            RESIZE => Operator::Resize {
                size: [0, 1].map(|side| absolute_length(1 + side, number(side), before)),
            },
            _ => Operator::Select {
                axis: size(0),
                indices: sizes(2).collect(),
            },
        })
    }
}

impl Operator {
    /// Its kind and its numbers after a value: the first that it reads, or the one just before.
    fn record(&self, before: &Dimensions) -> (usize, Vec<u64>) {
        let first = *before.lengths().first().unwrap_or(&1);
        let last = *before.lengths().last().unwrap_or(&1);
        match self {
            Operator::Convolution {
                channels,
                window,
                groups,
                bias,
            } => {
                let mut numbers = vec![relative(*channels, first)];
                numbers.extend(window.numbers());
                numbers.push(match *groups {
                    1 => 0,
                    groups if groups == first => 1,
                    groups => groups as u64 + 1,
                });
                numbers.push(u64::from(*bias));
                (CONVOLUTION, numbers)
            }
            Operator::Dense { units, bias } => {
                (DENSE, vec![relative(*units, last), u64::from(*bias)])
            }
            Operator::Affine { axis, scale, shift } => {
                let parts = match (scale, shift) {
                    (true, true) => 0,
                    (true, false) => 1,
                    (false, _) => 2,
                };
                (AFFINE, vec![*axis as u64, parts])
            }
            Operator::Constant { dimensions } => {
                let mut numbers = vec![dimensions.axes() as u64];
                numbers.extend(relative_lengths(dimensions.lengths(), before));
                (CONSTANT, numbers)
            }
            Operator::Pool {
                pooling,
                window,
                is_rounded_up,
            } => {
                let mut numbers = vec![place_in(&POOLING, pooling)];
                numbers.extend(window.numbers());
                numbers.push(u64::from(*is_rounded_up));
                (POOL, numbers)
            }
            Operator::Reduce {
                reduction,
                axes,
                keep,
            } => {
                let set = axes.iter().fold(0, |set, axis| set | 1 << axis);
                let reduction = place_in(&REDUCTION, reduction);
                (REDUCE, vec![reduction, set, u64::from(*keep)])
            }
            Operator::Normalise { axes, epsilon } => {
                (NORMALISE, vec![*axes as u64, single(*epsilon)])
            }
            Operator::LocalResponse {
                size,
                alpha,
                beta,
                bias,
            } => {
                let numbers = [*alpha, *beta, *bias].map(single);
                (
                    LOCAL_RESPONSE,
                    [*size as u64].into_iter().chain(numbers).collect(),
                )
            }
            Operator::Softmax { axis } => (SOFTMAX, vec![*axis as u64]),
            Operator::Activation(activation) => {
                let (symbol, numbers) = activation.numbers();
                let numbers = numbers.into_iter().map(single);
                (ACTIVATION, [symbol].into_iter().chain(numbers).collect())
            }
            Operator::Scalar {
                arithmetic,
                number,
                is_first,
            } => {
                let arithmetic = place_in(&ARITHMETIC, arithmetic);
                (
                    SCALAR,
                    vec![arithmetic, single(*number), u64::from(*is_first)],
                )
            }
            Operator::Combine(arithmetic) => (COMBINE, vec![place_in(&ARITHMETIC, arithmetic)]),
            Operator::MatrixProduct => (MATRIX_PRODUCT, Vec::new()),
            Operator::Concatenate { axis } => (CONCATENATE, vec![*axis as u64]),
            Operator::Reshape { dimensions } => {
                let mut numbers = vec![dimensions.axes() as u64];
                if let [but_last @ .., _] = dimensions.lengths() {
                    numbers.extend(relative_lengths(but_last, before));
                }
                (RESHAPE, numbers)
            }
            Operator::Flatten => (FLATTEN, Vec::new()),
            Operator::Transpose { order } => {
                (TRANSPOSE, order.iter().map(|&axis| axis as u64).collect())
            }
            Operator::Slice {
                axis,
                start,
                count,
                step,
            } => {
                let length = before.lengths().get(*axis).copied().unwrap_or(0);
                let part = match length.checked_div(*count) {
                    Some(parts) if parts * count == length => 2 * parts as u64,
                    _ => 2 * *count as u64 + 1,
                };
                let start = match start.checked_div(*count) {
                    Some(parts) if parts * count == *start => 2 * parts as u64,
                    _ => 2 * *start as u64 + 1,
                };
                (SLICE, vec![*axis as u64, part, start, *step as u64])
            }
            Operator::Pad { padding } => {
                let mut numbers = vec![padding.len() as u64];
                numbers.extend(padding.iter().flatten().map(|&number| number as u64));
                (PAD, numbers)
            }
            Operator::Select { axis, indices } => {
                let mut numbers = vec![*axis as u64, indices.len() as u64];
                numbers.extend(indices.iter().map(|&index| index as u64));
                (SELECT, numbers)
            }
            Operator::Resize { size } => {
                let numbers = [0, 1].map(|side| relative_length(1 + side, size[side], before));
                (RESIZE, numbers.to_vec())
            }
        }
    }
}
