//! What a model file can describe: a chain of layers, or a graph of operators.

use std::fmt;

use super::architecture::chain::Architecture;
use super::architecture::tensors::{count_weights, TensorShape};
use super::coder::decoder::Decoder;
use super::coder::distribution::Weighted;
use super::coder::encoder::Encoder;
use super::error::CodeError;
use super::graph::nodes::Graph;
use super::symbols::geometry::Geometry;
use crate::shape::ImageSize;

/// The latest version of the files that this source writes and reads.
pub const FORMAT_VERSION: u8 = 4;

/// What a file begins with: for each version in turn, whether it is this one or a later one.
const VERSIONS: [u64; 2] = [15, 1];

/// A network without its weights: a chain of layers, in files of versions 1 and 2 and for training;
/// or a graph of any operators, in files of version 3.
///
/// ```
/// use nonvacuous::code::{Architecture, Structure};
/// use nonvacuous::shape::ImageSize;
/// let input = ImageSize { channels: 1, height: 8, width: 8 };
/// let structure = Structure::from(Architecture::parse("dense:10", input)?);
/// assert_eq!((structure.classes(), structure.to_string().as_str()), (10, "dense:10"));
/// assert!(structure.chain().is_some() && structure.graph().is_none());
/// # Ok::<(), nonvacuous::code::CodeError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Structure {
    /// A chain of layers.
    Chain(Architecture),
    /// A graph of operators.
    Graph(Graph),
}

impl From<Architecture> for Structure {
    fn from(chain: Architecture) -> Self {
        Self::Chain(chain)
    }
}

impl From<Graph> for Structure {
    fn from(graph: Graph) -> Self {
        Self::Graph(graph)
    }
}

impl Structure {
    /// The layers, if it is a chain.
    pub fn chain(&self) -> Option<&Architecture> {
        match self {
            Self::Chain(chain) => Some(chain),
            Self::Graph(_) => None,
        }
    }

    /// The nodes, if it is a graph.
    pub fn graph(&self) -> Option<&Graph> {
        match self {
            Self::Chain(_) => None,
            Self::Graph(graph) => Some(graph),
        }
    }

    /// Size of the images that the network reads.
    pub fn input(&self) -> ImageSize {
        match self {
            Self::Chain(chain) => chain.input(),
            Self::Graph(graph) => graph.input(),
        }
    }

    /// Number of logits.
    pub fn classes(&self) -> usize {
        match self {
            Self::Chain(chain) => chain.classes(),
            Self::Graph(graph) => graph.classes(),
        }
    }

    /// The tensors of weights, in the order of the file.
    pub fn tensors(&self) -> Vec<TensorShape> {
        match self {
            Self::Chain(chain) => chain.tensors(),
            Self::Graph(graph) => graph.tensors(),
        }
    }

    /// Number of weights and biases, or `None` if it does not fit 64 bits.
    pub fn weights(&self) -> Option<u64> {
        count_weights(&self.tensors())
    }

    /// For each layer or node the index of its first tensor among [`Structure::tensors`], if it has
    /// any.
    pub fn first_tensors(&self) -> Vec<Option<usize>> {
        match self {
            Self::Chain(chain) => chain.first_tensors(),
            Self::Graph(graph) => graph.first_tensors(),
        }
    }

    /// How many layers or nodes stand before the one that a tensor belongs to.
    pub(crate) fn steps_before_tensor(&self, tensor: usize) -> usize {
        let firsts = self.first_tensors();
        let mut firsts = firsts.iter();
        let place = firsts.rposition(|first| first.is_some_and(|first| first <= tensor));
        place.unwrap_or(0)
    }

    /// How the symbols of each tensor lie to each other.
    pub(super) fn geometries(&self) -> Vec<Geometry> {
        match self {
            Self::Chain(chain) => Geometry::of(chain),
            Self::Graph(graph) => Geometry::of_graph(graph),
        }
    }

    /// The lowest version of a complete file that can say what the file says. Version 2 has
    /// [`Layer::Deskew`](crate::code::Layer::Deskew) before the layers that are written.
    pub fn version(&self) -> u8 {
        match self {
            Self::Chain(chain) => 1 + u8::from(chain.is_deskewed()),
            Self::Graph(_) => 3,
        }
    }

    /// Writes input size and layers or nodes.
    pub(super) fn write(&self, encoder: &mut Encoder) -> Result<(), CodeError> {
        match self {
            Self::Chain(chain) => chain.write(encoder),
            Self::Graph(graph) => graph.write(encoder),
        }
    }

    /// Reads input size and layers or nodes of a complete file of a version.
    pub(super) fn read(decoder: &mut Decoder, version: u8) -> Result<Self, CodeError> {
        match version {
            3 => Graph::read(decoder).map(Self::Graph),
            _ => Architecture::read(decoder, version == 2).map(Self::Chain),
        }
    }
}

/// Writes the version and nothing else.
pub(super) fn write_version(encoder: &mut Encoder, version: u8) -> Result<(), CodeError> {
    for _ in 1..version {
        encoder.write(1, &Weighted::new(&VERSIONS))?;
    }
    encoder.write(0, &Weighted::new(&VERSIONS))
}

/// Reads a version.
pub(super) fn read_version(decoder: &mut Decoder) -> Result<u8, CodeError> {
    for version in 1..=FORMAT_VERSION {
        if decoder.read(&Weighted::new(&VERSIONS))? == 0 {
            return Ok(version);
        }
    }
    Err(CodeError::UnknownVersion {
        known: FORMAT_VERSION,
    })
}

impl fmt::Display for Structure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Chain(chain) => chain.fmt(formatter),
            Self::Graph(graph) => graph.fmt(formatter),
        }
    }
}
