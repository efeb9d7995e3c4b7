//! A committee of signs as a model file.

use super::committee::Committee;
use super::model::{signs_as_values, size};
use crate::code::{CodeError, CodedTensor, Graph, Model, Node, Operator, Reduction, Window};

/// The model, of the same images as [`perceptron`](super::model::perceptron): a convolution with a
/// kernel of `1 x 1` for each unit, in as many groups of channels, which is the weights, and what
/// counts votes.
///
/// As there, each unit makes two numbers, whose difference is its sum `D` of weights times inputs.
/// Normalised, they are `-d` and `d` with `d = D / sqrt(D^2 + 4 epsilon)`, which is the sign of `D`
/// but for a relative 2.3e-6, as `D` is odd and `epsilon` 1e-6, and three roundings. Their sums
/// over `K` units decide, which in single precision are off by less than
/// `2.3e-6 K + 2^-25 K^2 < 0.04` for up to [`MAX_UNITS`](super::committee::MAX_UNITS), and without
/// that odd. Each weight is in the file once, as one of two values.
///
/// # Errors
/// [`CodeError`] if there are more weights than an image can have pixels for.
pub fn committee_model(committee: &Committee) -> Result<Model, CodeError> {
    let operators = [
        Operator::Convolution {
            channels: committee.units(),
            window: Window {
                size: [1, 1],
                stride: [1, 1],
                padding: [[0; 2]; 2],
                dilation: [1, 1],
            },
            groups: committee.units(),
            bias: false,
        },
        Operator::Normalise {
            axes: 2,
            epsilon: 1e-6,
        },
        Operator::Reduce {
            reduction: Reduction::Sum,
            axes: vec![0],
            keep: false,
        },
    ];
    // Each reads what the one before makes, the first the image.
    let node = |(operator, before)| Node {
        operator,
        inputs: vec![before],
    };
    let nodes = operators.into_iter().zip(0..).map(node);
    let graph = Graph::new(size(committee.inputs()), nodes.collect())?;
    let signs = committee.signs();
    let symbols = signs
        .positive()
        .map(|positive| if positive { 2 } else { 1 });
    let tensor = CodedTensor::new(0, symbols.collect());
    Model::new(graph, vec![signs_as_values()?], vec![tensor])
}
