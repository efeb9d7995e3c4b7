//! The tensors of weights that operators have.

use super::dimensions::Dimensions;
use super::operator::Operator;

impl Operator {
    /// What the names of its tensors begin with; none, if it has no weights.
    pub(super) fn prefix(&self) -> Option<&'static str> {
        match self {
            Operator::Convolution { .. } => Some("conv"),
            Operator::Dense { .. } => Some("fc"),
            Operator::Affine { .. } => Some("affine"),
            Operator::Constant { .. } => Some("constant"),
            _ => None,
        }
    }

    /// Its tensors, each with the last part of its name and its dimensions, for inputs that fit.
    pub fn weights(&self, inputs: &[&Dimensions]) -> Vec<(&'static str, Vec<usize>)> {
        let length = |axis: usize| {
            let before = inputs.first().map_or(&[][..], |before| before.lengths());
            before.get(axis).copied().unwrap_or(1)
        };
        let last = inputs
            .first()
            .map_or(0, |before| before.axes())
            .saturating_sub(1);
        match self {
            Operator::Convolution {
                channels,
                window,
                groups,
                bias,
            } => {
                let [rows, columns] = window.size;
                let weight = vec![*channels, length(0) / groups, rows, columns];
                with_bias(weight, *channels, *bias)
            }
            Operator::Dense { units, bias } => with_bias(vec![*units, length(last)], *units, *bias),
            Operator::Affine { axis, scale, shift } => {
                let mut tensors = Vec::new();
                if *scale {
                    tensors.push(("weight", vec![length(*axis)]));
                }
                if *shift {
                    tensors.push(("bias", vec![length(*axis)]));
                }
                tensors
            }
            Operator::Constant { dimensions } => {
                vec![("weight", dimensions.lengths().to_vec())]
            }
            _ => Vec::new(),
        }
    }
}

fn with_bias(weight: Vec<usize>, outputs: usize, bias: bool) -> Vec<(&'static str, Vec<usize>)> {
    let mut tensors = vec![("weight", weight)];
    if bias {
        tensors.push(("bias", vec![outputs]));
    }
    tensors
}
