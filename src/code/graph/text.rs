//! Operators and graphs as text.

use std::fmt;

use super::nodes::Graph;
use super::operator::{Activation, Arithmetic, Operator, Pooling, Reduction, Window};

impl fmt::Display for Window {
    /// `3x3`, and what is not usual: `s2x2`, `p1,1,1,1` (above, below, left, right), `d2x2`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [rows, columns] = self.size;
        write!(formatter, "{rows}x{columns}")?;
        if self.stride != [1, 1] {
            write!(formatter, " s{}x{}", self.stride[0], self.stride[1])?;
        }
        if self.padding != [[0; 2]; 2] {
            let [[above, below], [left, right]] = self.padding;
            write!(formatter, " p{above},{below},{left},{right}")?;
        }
        if self.dilation != [1, 1] {
            write!(formatter, " d{}x{}", self.dilation[0], self.dilation[1])?;
        }
        Ok(())
    }
}

impl Arithmetic {
    fn name(self) -> &'static str {
        match self {
            Arithmetic::Add => "add",
            Arithmetic::Subtract => "subtract",
            Arithmetic::Multiply => "multiply",
            Arithmetic::Divide => "divide",
            Arithmetic::Larger => "larger",
            Arithmetic::Smaller => "smaller",
            Arithmetic::Power => "power",
        }
    }
}

impl fmt::Display for Activation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Activation::Relu => write!(formatter, "relu"),
            Activation::Clip { low, high } => write!(formatter, "clip {low} {high}"),
            Activation::LeakyRelu { slope } => write!(formatter, "leaky-relu {slope}"),
            Activation::Elu { alpha } => write!(formatter, "elu {alpha}"),
            Activation::Sigmoid => write!(formatter, "sigmoid"),
            Activation::HardSigmoid { slope, offset } => {
                write!(formatter, "hard-sigmoid {slope} {offset}")
            }
            Activation::HardSwish => write!(formatter, "hard-swish"),
            Activation::Tanh => write!(formatter, "tanh"),
            Activation::Gelu => write!(formatter, "gelu"),
            Activation::Exponential => write!(formatter, "exp"),
            Activation::Logarithm => write!(formatter, "log"),
            Activation::ErrorFunction => write!(formatter, "erf"),
            Activation::SquareRoot => write!(formatter, "sqrt"),
            Activation::Magnitude => write!(formatter, "abs"),
        }
    }
}

impl fmt::Display for Operator {
    /// A word, and its numbers: `conv 64 3x3 p1,1,1,1`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Operator::Convolution {
                channels,
                window,
                groups,
                bias,
            } => {
                write!(formatter, "conv {channels} {window}")?;
                if *groups > 1 {
                    write!(formatter, " g{groups}")?;
                }
                write!(formatter, "{}", if *bias { " bias" } else { "" })
            }
            Operator::Dense { units, bias } => {
                write!(
                    formatter,
                    "dense {units}{}",
                    if *bias { " bias" } else { "" }
                )
            }
            Operator::Affine { axis, scale, shift } => {
                let scale = if *scale { " scale" } else { "" };
                let shift = if *shift { " shift" } else { "" };
                write!(formatter, "affine axis {axis}{scale}{shift}")
            }
            Operator::Constant { dimensions } => write!(formatter, "constant {dimensions}"),
            Operator::Pool {
                pooling,
                window,
                is_rounded_up,
            } => {
                let pooling = match pooling {
                    Pooling::Largest => "max-pool",
                    Pooling::Mean => "mean-pool",
                    Pooling::PaddedMean => "padded-mean-pool",
                };
                let rounded = if *is_rounded_up { " rounded up" } else { "" };
                write!(formatter, "{pooling} {window}{rounded}")
            }
            Operator::Reduce {
                reduction,
                axes,
                keep,
            } => {
                let reduction = match reduction {
                    Reduction::Mean => "mean",
                    Reduction::Sum => "sum",
                    Reduction::Largest => "largest",
                };
                let keep = if *keep { " kept" } else { "" };
                write!(formatter, "{reduction} over axes {axes:?}{keep}")
            }
            Operator::Normalise { axes, epsilon } => {
                write!(formatter, "normalise {axes} axes, epsilon {epsilon:e}")
            }
            Operator::LocalResponse {
                size,
                alpha,
                beta,
                bias,
            } => write!(formatter, "local-response {size} {alpha} {beta} {bias}"),
            Operator::Softmax { axis } => write!(formatter, "softmax axis {axis}"),
            Operator::Activation(activation) => write!(formatter, "{activation}"),
            Operator::Scalar {
                arithmetic,
                number,
                is_first,
            } => match is_first {
                true => write!(formatter, "{} {number} and it", arithmetic.name()),
                false => write!(formatter, "{} {number}", arithmetic.name()),
            },
            Operator::Combine(arithmetic) => write!(formatter, "{}", arithmetic.name()),
            Operator::MatrixProduct => write!(formatter, "matrix-product"),
            Operator::Concatenate { axis } => write!(formatter, "concatenate axis {axis}"),
            Operator::Reshape { dimensions } => write!(formatter, "reshape {dimensions}"),
            Operator::Flatten => write!(formatter, "flatten"),
            Operator::Transpose { order } => write!(formatter, "transpose {order:?}"),
            Operator::Slice {
                axis,
                start,
                count,
                step,
            } => write!(
                formatter,
                "slice axis {axis} from {start}, {count} by {step}"
            ),
            Operator::Pad { padding } => write!(formatter, "pad {padding:?}"),
            Operator::Select { axis, indices } => {
                write!(formatter, "select {} of axis {axis}", indices.len())
            }
            Operator::Resize {
                size: [rows, columns],
            } => write!(formatter, "resize {rows}x{columns}"),
        }
    }
}

impl fmt::Display for Graph {
    /// A node a line: its number, what it computes, of which values, and the dimensions of what it
    /// makes. Values that are not named are those just before.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "input {}", self.input())?;
        for (index, (node, _, after)) in self.steps().enumerate() {
            write!(formatter, "\n{:>4}  {}", index + 1, node.operator)?;
            if node.inputs != [index] && !node.inputs.is_empty() {
                write!(formatter, " of {:?}", node.inputs)?;
            }
            write!(formatter, "  -> {after}")?;
        }
        Ok(())
    }
}
