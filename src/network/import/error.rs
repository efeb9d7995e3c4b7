//! Why a file does not become a network.

use thiserror::Error;

use super::options::FlattenOrder;
use super::order::OrderMisfit;
use crate::code::CodeError;
use crate::evaluate::EvaluationError;
use crate::network::tensor_file::TensorFileError;
use crate::shape::ImageSize;

/// Why a file does not become a network.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ImportError {
    /// The file.
    #[error(transparent)]
    File(#[from] TensorFileError),
    /// The architecture or the code.
    #[error(transparent)]
    Code(#[from] CodeError),
    /// The function cannot be computed.
    #[error(transparent)]
    Evaluation(#[from] EvaluationError),
    /// No tensor has the name.
    #[error(
        "no tensor of the file is called {wanted}, alone or after a prefix; it has {found}; name \
         it with --tensor {wanted}=NAME{hint}"
    )]
    Name {
        /// The architecture's name.
        wanted: String,
        /// Names in the file.
        found: String,
        /// What these names stand for, if that is known.
        hint: String,
    },
    /// Several tensors have it.
    #[error(
        "several tensors could be {wanted}: {found}; choose with --tensor {wanted}=NAME{hint}"
    )]
    Ambiguous {
        /// The architecture's name.
        wanted: String,
        /// Names in the file.
        found: String,
        /// What these names stand for, if that is known.
        hint: String,
    },
    /// Neither do names fit nor order and shapes.
    #[error("{names}; by order and shape they do not fit either: {order}")]
    Unmatched {
        /// Why names do not fit.
        names: Box<ImportError>,
        /// Why order and shapes do not.
        order: Box<OrderMisfit>,
    },
    /// It is not known in which order a dense layer reads a feature map.
    #[error(
        "the weights are stored as TensorFlow has them, and {tensor} reads a map of {} channels \
         with {}x{} places: --flatten channel-last says that it reads it row, column, channel, as \
         after Flatten in Keras and after a reshape in TensorFlow and Flax, --flatten \
         channel-first that it reads it channel, row, column",
        .map.channels, .map.height, .map.width
    )]
    FlattenUnknown {
        /// The architecture's tensor.
        tensor: String,
        /// What it reads.
        map: ImageSize,
    },
    /// The order was given, but there is no layer for which it matters.
    #[error(
        "--flatten {} is for a dense layer that reads a map of several channels and several \
         places, and there is none",
        .0.name()
    )]
    FlattenUnused(FlattenOrder),
    /// A tensor has other sizes.
    #[error(
        "{tensor} has shape {found:?}, but {wanted} of the architecture needs \
         {expected:?}{alternative}"
    )]
    Shape {
        /// The tensor in the file.
        tensor: String,
        /// The architecture's name.
        wanted: String,
        /// What the file has.
        found: Box<[usize]>,
        /// What the architecture has.
        expected: Box<[usize]>,
        /// The other layout, if it has another shape.
        alternative: String,
    },
    /// A name was given for a tensor that the architecture does not have.
    #[error("the architecture has no tensor {name}{}", meant(.nearest))]
    NotInArchitecture {
        /// The name.
        name: String,
        /// The most similar name that it has.
        nearest: Option<String>,
    },
    /// A name was given, or a pattern of names, that the file does not have.
    #[error("the file has no tensor {name}{}", meant(.nearest))]
    NotInFile {
        /// The name.
        name: String,
        /// The most similar name that it has.
        nearest: Option<String>,
    },
    /// Two names were given for the same tensor of the architecture.
    #[error("{wanted} is to be {first} and {second}; name one")]
    NamedTwice {
        /// The architecture's name.
        wanted: String,
        /// One name in the file.
        first: String,
        /// Another.
        second: String,
    },
    /// The network in the file is another one: it has tensors that the architecture does not read.
    #[error(
        "the architecture does not read {tensors} of the file, so it is not the network that was \
         trained{hint}; to leave a tensor out knowingly, name it with --ignore"
    )]
    NotRead {
        /// Names in the file.
        tensors: String,
        /// Which layers would read them, if that is known.
        hint: String,
    },
    /// Only a part of a batch normalisation's moments, or moments of other sizes.
    #[error(
        "{normalisation} comes with moments, but {tensor} {wrong}; to take the normalisation as \
         it is, name both moments with --ignore"
    )]
    Moments {
        /// The batch normalisation's name in the file.
        normalisation: String,
        /// The moment's.
        tensor: String,
        /// What is wrong with it.
        wrong: String,
    },
    /// A number was given for variances, but there are none.
    #[error("no batch normalisation of the file has moments, so {0} is added to no variance")]
    Epsilon(f64),
    /// The weights do not have the architecture's shapes.
    #[error("{tensor} has {found} weights, but the architecture needs {expected}")]
    Length {
        /// The architecture's tensor.
        tensor: String,
        /// How many weights it has.
        found: usize,
        /// How many it needs.
        expected: usize,
    },
    /// Too many values for a codebook.
    #[error(
        "{tensor} takes more than {limit} values that are not zero; quantise it first, or with \
         --codewords 16"
    )]
    Values {
        /// The tensor.
        tensor: String,
        /// Most values.
        limit: usize,
    },
    /// A weight that is not a finite number.
    #[error("{tensor} has the weight {value}; weights are finite numbers")]
    NotFinite {
        /// The tensor.
        tensor: String,
        /// The weight.
        value: f32,
    },
    /// Numbers for black and white that do not fit the channels.
    #[error("{found} numbers for black and white, but {channels} channels take 2 or {needed}")]
    Pixels {
        /// How many numbers were given.
        found: usize,
        /// Channels of the input.
        channels: usize,
        /// One pair a channel.
        needed: usize,
    },
    /// A step of simplification did not keep the function.
    #[error(
        "simplification changed a logit by {difference:e} of the largest, more than {allowed:e}"
    )]
    Changed {
        /// Largest difference seen.
        difference: f64,
        /// Largest accepted.
        allowed: f64,
    },
}

/// The end of a message about a name that does not exist.
fn meant(nearest: &Option<String>) -> String {
    match nearest {
        Some(name) => format!("; did you mean {name}?"),
        None => String::new(),
    }
}
