//! Why an operator cannot stand where it stands in a graph.

use thiserror::Error;

use super::dimensions::{Dimensions, DimensionsError};

/// Why an operator does not fit what it reads.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum Misfit {
    /// It reads another number of values.
    #[error("it reads {found} values instead of {expected}")]
    Arity {
        /// Values that it was given.
        found: usize,
        /// Values that it takes.
        expected: &'static str,
    },
    /// It reads a value that is not made before it.
    #[error("it reads value {value}, but only the values before {limit} are there")]
    NotYet {
        /// The value, counted from 0, which is the image.
        value: usize,
        /// Its own.
        limit: usize,
    },
    /// The dimensions of a value.
    #[error(transparent)]
    Dimensions(#[from] DimensionsError),
    /// The value is not an image or a feature map.
    #[error("it reads feature maps of channels, rows and columns, not {before}")]
    NotAMap {
        /// The value.
        before: Dimensions,
    },
    /// Two matrices cannot be multiplied.
    #[error("matrices {first} and {second} cannot be multiplied")]
    Product {
        /// The first value.
        first: Dimensions,
        /// The second value.
        second: Dimensions,
    },
    /// Values differ in an axis along which they are not concatenated.
    #[error("{first} and {second} cannot be concatenated along axis {axis}")]
    Concatenation {
        /// The first value.
        first: Dimensions,
        /// The other.
        second: Dimensions,
        /// The axis, counted from 0.
        axis: usize,
    },
    /// A parameter is outside its range.
    #[error("{name} is {value}, but must be {accepted}")]
    Parameter {
        /// Which.
        name: &'static str,
        /// Its value.
        value: usize,
        /// What is accepted.
        accepted: String,
    },
    /// A number of the operator is not finite.
    #[error("{name} is {value}, but must be finite")]
    NotFinite {
        /// Which.
        name: &'static str,
        /// Its value, as text.
        value: String,
    },
    /// The window is larger than what it moves over.
    #[error("a window of {window} does not fit {length} rows or columns with padding")]
    Window {
        /// Rows or columns of the window, dilated.
        window: usize,
        /// Rows or columns that there are, with padding.
        length: usize,
    },
    /// The value has another number of numbers than its new shape.
    #[error("{before} cannot take the shape {after}")]
    Reshape {
        /// The value.
        before: Dimensions,
        /// The shape.
        after: Dimensions,
    },
    /// The order of axes is not one of all axes.
    #[error("{order:?} is not an order of the axes of {before}")]
    Order {
        /// The order.
        order: Vec<usize>,
        /// The value.
        before: Dimensions,
    },
}

/// Why nodes are not a graph.
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum GraphError {
    /// The image is empty or too large.
    #[error("an input of {input} is empty or too large")]
    Input {
        /// The size.
        input: crate::shape::ImageSize,
    },
    /// There are too many nodes.
    #[error("more than {limit} nodes")]
    TooManyNodes {
        /// The most that are allowed.
        limit: usize,
    },
    /// The nodes have too many numbers, such as indices that are selected.
    #[error("nodes with more than {limit} numbers, all together")]
    TooLong {
        /// The most that are allowed.
        limit: usize,
    },
    /// A node does not fit.
    #[error("node {node}, {operator}, does not fit")]
    Node {
        /// The node, counted from 1.
        node: usize,
        /// Its operator.
        operator: String,
        /// Why.
        source: Misfit,
    },
    /// Nothing reads a value, and it is not the last.
    #[error("nothing reads what node {node}, {operator}, makes")]
    Unread {
        /// The node, counted from 1.
        node: usize,
        /// Its operator.
        operator: String,
    },
    /// The last value has fewer than two numbers.
    #[error("the network has {outputs} outputs, but at least two are needed")]
    TooFewOutputs {
        /// Numbers of the last value.
        outputs: usize,
    },
}
