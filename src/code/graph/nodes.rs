//! A graph of operators in topological order.

use super::dimensions::Dimensions;
use super::misfit::{GraphError, Misfit};
use super::operator::Operator;
use crate::code::architecture::tensors::TensorShape;
use crate::shape::ImageSize;

/// A graph has at most this many nodes.
pub const MAX_NODES: usize = 1 << 13;

/// An operator, and which values it reads: 0 is the image, `i` what node number `i` makes, counted
/// from 1.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    /// What it computes.
    pub operator: Operator,
    /// The values that it reads, all made before it.
    pub inputs: Vec<usize>,
}

/// A graph of operators that fit each other, from an image to at least two outputs, the logits:
/// what the last node makes. Each value but the last is read by a node.
///
/// ```
/// use nonvacuous::code::{Graph, Node, Operator};
/// use nonvacuous::shape::ImageSize;
/// let input = ImageSize { channels: 1, height: 4, width: 4 };
/// let flat = Node { operator: Operator::Flatten, inputs: vec![0] };
/// let dense = Node { operator: Operator::Dense { units: 3, bias: true }, inputs: vec![1] };
/// let graph = Graph::new(input, vec![flat, dense])?;
/// assert_eq!(graph.classes(), 3);
/// assert_eq!(graph.tensors()[0].dimensions, [3, 16]);
/// # Ok::<(), nonvacuous::code::GraphError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Graph {
    input: ImageSize,
    nodes: Vec<Node>,
    /// Of the image, and of what each node makes.
    values: Vec<Dimensions>,
}

impl Graph {
    /// Checks that each node fits what it reads.
    ///
    /// # Errors
    /// [`GraphError`] names the first node that does not fit, or that nothing reads; or the input
    /// is empty, there are too many nodes, or fewer than two outputs.
    pub fn new(input: ImageSize, nodes: Vec<Node>) -> Result<Self, GraphError> {
        let mut graph = Self::unfinished(input)?;
        for node in nodes {
            graph.push(node)?;
        }
        graph.finished()
    }

    /// No nodes yet.
    pub(in crate::code) fn unfinished(input: ImageSize) -> Result<Self, GraphError> {
        let image = Dimensions::new(vec![input.channels, input.height, input.width])
            .map_err(|_| GraphError::Input { input })?;
        Ok(Self {
            input,
            nodes: Vec::new(),
            values: vec![image],
        })
    }

    /// Appends a node that fits.
    pub(in crate::code) fn push(&mut self, node: Node) -> Result<(), GraphError> {
        if self.nodes.len() == MAX_NODES {
            return Err(GraphError::TooManyNodes { limit: MAX_NODES });
        }
        let made = self.made_by(&node).map_err(|source| GraphError::Node {
            node: self.nodes.len() + 1,
            operator: node.operator.to_string(),
            source,
        })?;
        self.nodes.push(node);
        self.values.push(made);
        Ok(())
    }

    /// The dimensions of what a further node would make.
    fn made_by(&self, node: &Node) -> Result<Dimensions, Misfit> {
        let mut inputs = Vec::with_capacity(node.inputs.len());
        for &value in &node.inputs {
            inputs.push(self.values.get(value).ok_or(Misfit::NotYet {
                value,
                limit: self.values.len(),
            })?);
        }
        node.operator.output(&inputs)
    }

    /// The whole graph is a classifier.
    pub(in crate::code) fn finished(self) -> Result<Self, GraphError> {
        let mut is_read = vec![false; self.values.len()];
        for &value in self.nodes.iter().flat_map(|node| &node.inputs) {
            is_read[value] = true;
        }
        let unread = self.nodes.iter().zip(&is_read[1..]).enumerate();
        let mut unread = unread.take(self.nodes.len().saturating_sub(1));
        if let Some((index, (node, _))) = unread.find(|(_, (_, is_read))| !**is_read) {
            return Err(GraphError::Unread {
                node: index + 1,
                operator: node.operator.to_string(),
            });
        }
        if self.nodes.is_empty() || self.classes() < 2 {
            return Err(GraphError::TooFewOutputs {
                outputs: self.classes(),
            });
        }
        Ok(self)
    }

    /// Size of the images that the network reads.
    pub fn input(&self) -> ImageSize {
        self.input
    }

    /// The nodes, each after those that it reads.
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The dimensions of the image, and of what each node makes.
    pub fn values(&self) -> &[Dimensions] {
        &self.values
    }

    /// The dimensions of what each node reads, beside the node and what it makes.
    pub fn steps(&self) -> impl Iterator<Item = (&Node, Vec<&Dimensions>, &Dimensions)> {
        let made = self.nodes.iter().zip(self.values.iter().skip(1));
        made.map(|(node, after)| {
            let read = node.inputs.iter();
            let read = read.filter_map(|&value| self.values.get(value)).collect();
            (node, read, after)
        })
    }

    /// Number of logits: the numbers of the last value.
    pub fn classes(&self) -> usize {
        self.values.last().map_or(0, Dimensions::numbers)
    }

    /// For each node the index of its first tensor among [`Graph::tensors`], if it has any.
    pub fn first_tensors(&self) -> Vec<Option<usize>> {
        let mut next = 0;
        let mut firsts = Vec::with_capacity(self.nodes.len());
        for (node, read, _) in self.steps() {
            let count = node.operator.weights(&read).len();
            firsts.push((count > 0).then_some(next));
            next += count;
        }
        firsts
    }

    /// The tensors of weights, in the order of the nodes, and within a node in the order in which
    /// [`Operator`] names them. Kinds are numbered from 1: `conv1.weight`, `conv1.bias`.
    pub fn tensors(&self) -> Vec<TensorShape> {
        let mut counts = std::collections::BTreeMap::new();
        let mut tensors = Vec::new();
        for (node, read, _) in self.steps() {
            let Some(kind) = node.operator.prefix() else {
                continue;
            };
            let count = counts.entry(kind).or_insert(0u32);
            *count += 1;
            for (part, dimensions) in node.operator.weights(&read) {
                tensors.push(TensorShape {
                    name: format!("{kind}{count}.{part}"),
                    dimensions,
                });
            }
        }
        tensors
    }
}
