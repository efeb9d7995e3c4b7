//! A graph that has some of a base's nodes among its own.

use std::ops::Range;
use std::sync::Arc;

use super::base::Base;
use super::error::BaseError;
use crate::code::architecture::numbers::{read_input, write_input};
use crate::code::coder::decoder::Decoder;
use crate::code::coder::distribution::{Uniform, Weighted};
use crate::code::coder::encoder::Encoder;
use crate::code::coder::integer::{read_gamma, write_gamma};
use crate::code::error::CodeError;
use crate::code::graph::code::NodeCoder;
use crate::code::graph::nodes::{Graph, Node};
use crate::shape::ImageSize;

/// Whether the base reads what it always read; or another input, or other nodes, come before it.
const HAS_FRONT: [u64; 2] = [3, 1];

/// A graph that has some of a [`Base`]'s nodes among its own.
#[derive(Debug, Clone, PartialEq)]
pub struct Spliced {
    pub(in crate::code) graph: Graph,
    pub(in crate::code) relation: Relation,
}

impl Base {
    /// Some of its nodes, from the first on, between others: `front` makes its input of an image of
    /// that size, and `head` goes on with what the last of the `kept` makes. Values are numbered
    /// through: 0 is the image, then what the front's nodes make, the base's and the head's.
    ///
    /// # Errors
    /// If they do not fit each other; [`BaseError::Dropped`], [`BaseError::Shapes`].
    pub fn spliced(
        &self,
        input: ImageSize,
        front: Vec<Node>,
        kept: usize,
        head: Vec<Node>,
    ) -> Result<Spliced, CodeError> {
        let mut graph = Graph::unfinished(input)?;
        for node in front {
            graph.push(node)?;
        }
        let relation = Relation::splice(self, &mut graph, kept)?;
        for node in head {
            graph.push(node)?;
        }
        let graph = graph.finished()?;
        Ok(Spliced { graph, relation })
    }
}

impl Spliced {
    /// All operators.
    pub fn graph(&self) -> &Graph {
        &self.graph
    }

    /// Which of the graph's tensors are the base's.
    pub fn base_tensors(&self) -> Range<usize> {
        self.relation.tensors.clone()
    }
}

/// Where a graph has a base's nodes.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::code) struct Relation {
    /// The base's file.
    check: u32,
    /// What the base reads.
    base_input: ImageSize,
    /// How many nodes stand before the base's.
    front: usize,
    /// How many of the base's nodes are there, from the first on.
    kept: usize,
    /// How many of its last are not.
    dropped: usize,
    /// Which of the graph's tensors are the base's.
    pub(in crate::code) tensors: Range<usize>,
    /// These as the base has them.
    pub(in crate::code) weights: Vec<Arc<[f32]>>,
}

impl Relation {
    /// Appends the first `kept` nodes of a base to a front.
    fn splice(base: &Base, graph: &mut Graph, kept: usize) -> Result<Self, CodeError> {
        let nodes = base.graph().nodes();
        let dropped = nodes.len().checked_sub(kept);
        let dropped = dropped.filter(|_| kept > 0).ok_or(BaseError::Dropped {
            dropped: (nodes.len() as u64).saturating_sub(kept as u64),
            nodes: nodes.len(),
        })?;
        let (front, first) = (graph.nodes().len(), graph.tensors().len());
        for node in &nodes[..kept] {
            graph.push(Node {
                operator: node.operator.clone(),
                inputs: node.inputs.iter().map(|value| value + front).collect(),
            })?;
        }
        let theirs = base.graph().steps().take(kept).enumerate();
        for ((place, (node, before, _)), (ours, now, _)) in theirs.zip(graph.steps().skip(front)) {
            if node.operator.weights(&before) != ours.operator.weights(&now) {
                return Err(BaseError::Shapes { node: place + 1 }.into());
            }
        }
        let tensors = first..graph.tensors().len();
        Ok(Self {
            check: base.check(),
            base_input: base.graph().input(),
            front,
            kept,
            dropped,
            weights: base.weights()[..tensors.len()].to_vec(),
            tensors,
        })
    }

    /// The base's weights of one of the graph's tensors, if it is the base's.
    pub(in crate::code) fn base_of(&self, tensor: usize) -> Option<&Arc<[f32]>> {
        let place = tensor.checked_sub(self.tensors.start)?;
        self.weights.get(place)
    }

    /// Weights of the base's tensors.
    pub(in crate::code) fn base_weights(&self) -> u64 {
        self.weights
            .iter()
            .map(|weights| weights.len() as u64)
            .sum()
    }

    /// Writes which base it is, and the nodes around the base's.
    pub(in crate::code) fn write(
        &self,
        graph: &Graph,
        encoder: &mut Encoder,
    ) -> Result<(), CodeError> {
        encoder.write((self.check >> 16) as usize, &Uniform)?;
        encoder.write((self.check & 0xffff) as usize, &Uniform)?;
        let has_front = self.front > 0 || graph.input() != self.base_input;
        encoder.write(usize::from(has_front), &Weighted::new(&HAS_FRONT))?;
        let mut nodes = NodeCoder::new()?;
        if has_front {
            write_input(encoder, graph.input())?;
            nodes.write(encoder, graph, 0..self.front)?;
        }
        write_gamma(encoder, self.dropped as u64 + 1)?;
        nodes.write(encoder, graph, self.front + self.kept..graph.nodes().len())
    }

    /// Reads what [`Relation::write`] wrote.
    pub(in crate::code) fn read(decoder: &mut Decoder, base: &Base) -> Result<Spliced, CodeError> {
        let check = (decoder.read(&Uniform)? as u32) << 16 | decoder.read(&Uniform)? as u32;
        if check != base.check() {
            return Err(BaseError::Other {
                expected: check,
                found: base.check(),
            }
            .into());
        }
        let has_front = decoder.read(&Weighted::new(&HAS_FRONT))? == 1;
        let mut nodes = NodeCoder::new()?;
        let mut graph = if has_front {
            let mut graph = Graph::unfinished(read_input(decoder)?)?;
            nodes.read(decoder, &mut graph)?;
            graph
        } else {
            Graph::unfinished(base.graph().input())?
        };
        let dropped = read_gamma(decoder)? - 1;
        let of_base = base.graph().nodes().len();
        let kept = (of_base as u64).checked_sub(dropped);
        let kept = kept.ok_or(BaseError::Dropped {
            dropped,
            nodes: of_base,
        })?;
        let relation = Self::splice(base, &mut graph, kept as usize)?;
        nodes.read(decoder, &mut graph)?;
        let graph = graph.finished()?;
        Ok(Spliced { graph, relation })
    }
}
