//! Why an ONNX file does not become a network.

use thiserror::Error;

use super::protobuf::Damaged;
use crate::code::{GraphError, Misfit};
use crate::storage::file_error::FileError;
use crate::storage::memory_limit::TooMuchMemory;

/// Why an ONNX file does not become a network.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum OnnxError {
    /// The file, or one with its weights, cannot be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// It is damaged, or something else.
    #[error("this is no ONNX file, or it is damaged")]
    Damaged(#[from] Damaged),
    /// It holds no graph.
    #[error("this is no ONNX file: it holds no graph")]
    NoGraph,
    /// It does not say what its operators mean.
    #[error("the file does not say which version of ONNX's operators it uses; it is damaged")]
    NoVersion,
    /// It holds something that is not read.
    #[error("the file holds {0}, which this program does not read")]
    Unread(&'static str),
    /// There is not one image.
    #[error("a network reads one image, but this one reads {found}")]
    Inputs {
        /// Names of the inputs.
        found: String,
    },
    /// The input is not an image.
    #[error("the input {name} has the shape {shape}, {problem}")]
    Input {
        /// Its name.
        name: String,
        /// Its shape.
        shape: String,
        /// What is wrong, and what to do.
        problem: &'static str,
    },
    /// There are several outputs, and none was chosen.
    #[error(
        "the network has the outputs {found}; choose the logits with --graph-output \
             NAME"
    )]
    Outputs {
        /// Their names.
        found: String,
    },
    /// There is no output of that name.
    #[error("the network has no output {name}; it has {found}")]
    NoOutput {
        /// The name.
        name: String,
        /// Names of the outputs.
        found: String,
    },
    /// The output is not one row of logits for an image.
    #[error("the output {name} {problem}")]
    Output {
        /// Its name.
        name: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A node is not understood.
    #[error("{node} is not understood")]
    Node {
        /// Its name, number, operator, domain and attributes.
        node: String,
        /// Why.
        source: Refusal,
    },
    /// An initialiser is damaged.
    #[error("the initialiser {name} cannot be read")]
    Initialiser {
        /// Its name.
        name: String,
        /// Why.
        source: Refusal,
    },
    /// A weight that is not a finite number.
    #[error("{tensor} has the weight {value}; weights are finite numbers")]
    NotFinite {
        /// The tensor.
        tensor: String,
        /// The weight.
        value: f32,
    },
    /// It takes too much memory.
    #[error(transparent)]
    Memory(#[from] TooMuchMemory),
    /// It is no classifier.
    #[error(transparent)]
    Graph(#[from] GraphError),
}

/// Why a node or a tensor is not understood.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Refusal {
    /// Nobody has said what the operator is in our terms.
    #[error("there is no such operator here{0}")]
    Operator(&'static str),
    /// An attribute has a value that is not supported.
    #[error("the attribute {name} is {value}, but {accepted} is accepted")]
    Attribute {
        /// Its name.
        name: &'static str,
        /// Its value.
        value: String,
        /// What is accepted.
        accepted: &'static str,
    },
    /// An attribute is not known.
    #[error("the attribute {name}={value} is not known for this operator")]
    UnknownAttribute {
        /// Its name.
        name: String,
        /// Its value.
        value: String,
    },
    /// An input is missing.
    #[error("its input {number} is missing")]
    Missing {
        /// Which, counted from 1.
        number: usize,
    },
    /// It reads a value that is not made before it.
    #[error("it reads {name}, which nothing before it makes")]
    NotMade {
        /// Name of the value.
        name: String,
    },
    /// It makes a value that is there already.
    #[error("it makes {name}, which is there already")]
    Twice {
        /// Name of the value.
        name: String,
    },
    /// An input must be a constant.
    #[error("its input {number} must not depend on the image")]
    NotConstant {
        /// Which, counted from 1.
        number: usize,
    },
    /// An input must depend on the image.
    #[error("its input {number} does not depend on the image")]
    NotComputed {
        /// Which, counted from 1.
        number: usize,
    },
    /// An input has another shape.
    #[error("its input {number} has the shape {found:?}, but {expected} is accepted")]
    Shape {
        /// Which, counted from 1.
        number: usize,
        /// Its shape.
        found: Vec<usize>,
        /// What is accepted.
        expected: &'static str,
    },
    /// A number is not among those that make sense.
    #[error("{what} is {value}, but {accepted} is accepted")]
    Number {
        /// Of what.
        what: &'static str,
        /// Its value.
        value: i64,
        /// What is accepted.
        accepted: String,
    },
    /// Shapes do not go together.
    #[error("{first:?} and {second:?} do not fit")]
    Unfit {
        /// A shape.
        first: Vec<usize>,
        /// Another.
        second: Vec<usize>,
    },
    /// Something else that is not supported.
    #[error("{0}")]
    Unsupported(&'static str),
    /// A type of numbers that is not supported.
    #[error("numbers of the type {0}; floating point numbers, integers and truth values are read")]
    Type(i64),
    /// A tensor has more or fewer numbers than its shape says.
    #[error("it has {found} bytes or numbers, but its shape {dimensions:?} says {expected}")]
    Length {
        /// How many there are.
        found: usize,
        /// How many there should be.
        expected: usize,
        /// The lengths of the axes.
        dimensions: Vec<i64>,
    },
    /// A shape is impossible or too large.
    #[error("the shape {0:?} is impossible or too large")]
    Dimensions(Vec<i64>),
    /// Weights in another file are not where they should be.
    #[error("its numbers are said to be in \"{location}\", {problem}")]
    External {
        /// The name of the file.
        location: String,
        /// What is wrong.
        problem: &'static str,
    },
    /// A file with weights cannot be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// It is damaged.
    #[error("it is damaged")]
    Damaged(#[from] Damaged),
    /// What it reads does not fit.
    #[error("what it reads does not fit")]
    Misfit(#[from] Misfit),
    /// It takes too much memory.
    #[error(transparent)]
    Memory(#[from] TooMuchMemory),
}
