//! The steps of an evaluation, and when what they make is no longer needed.

use std::borrow::Cow;
use std::ops::Range;

use super::lanes::Lanes;
use super::operations::operation::Operation;
use super::operations::tensor::Tensors;
use crate::code::{Architecture, Dimensions, Graph, Layer};
use crate::shape::ImageSize;

/// The steps of a network, one a layer or node.
///
/// Values are numbered: 0 is the image, `i + 1` what step `i` makes. A value is dropped when the
/// last step has read it, which may change it in its place.
#[derive(Debug)]
pub(super) struct Plan {
    steps: Vec<Step>,
    input: Dimensions,
}

#[derive(Debug)]
struct Step {
    /// None, if it only goes on with another value.
    operation: Option<Operation>,
    /// The values that it reads.
    reads: Vec<usize>,
    /// Those of them that no later step reads.
    last_reads: Vec<usize>,
    /// The value with which the network goes on.
    value: usize,
    /// Its dimensions.
    after: Dimensions,
}

impl Plan {
    /// Of a chain. Branches cost nothing: their values are read by name.
    pub(super) fn of_chain<I, T>(architecture: &Architecture, tensors: &mut Tensors<I>) -> Self
    where
        I: Iterator<Item = (Option<usize>, T)>,
        T: IntoIterator<Item = f32>,
    {
        let mut steps = Vec::new();
        let mut value = 0;
        let mut remembered = Vec::new();
        for (place, (layer, before, after)) in architecture.steps().enumerate() {
            let mut reads = Vec::new();
            let mut operation = None;
            match layer {
                Layer::Branch => remembered.push(value),
                Layer::Exchange => {
                    if let Some(other) = remembered.last_mut() {
                        std::mem::swap(other, &mut value);
                    }
                }
                Layer::Join => {
                    reads = [value].into_iter().chain(remembered.pop()).collect();
                    operation = Some(Operation::sum(after.features()));
                }
                _ => {
                    operation = Operation::of_layer(layer, before, after, tensors);
                    reads = vec![value];
                }
            }
            if operation.is_some() {
                value = place + 1;
            }
            steps.push(Step {
                operation,
                reads,
                last_reads: Vec::new(),
                value,
                after: map(after),
            });
        }
        Self::new(steps, map(architecture.input()))
    }

    /// Of a graph.
    pub(super) fn of_graph<I, T>(graph: &Graph, tensors: &mut Tensors<I>) -> Self
    where
        I: Iterator<Item = (Option<usize>, T)>,
        T: IntoIterator<Item = f32>,
    {
        let mut steps = Vec::new();
        for (place, (node, before, after)) in graph.steps().enumerate() {
            let operation = Operation::of_operator(&node.operator, &before, after, tensors);
            steps.push(Step {
                operation: Some(operation),
                reads: node.inputs.clone(),
                last_reads: Vec::new(),
                value: place + 1,
                after: after.clone(),
            });
        }
        Self::new(steps, map(graph.input()))
    }

    fn new(mut steps: Vec<Step>, input: Dimensions) -> Self {
        let mut is_read_later = vec![false; steps.len() + 1];
        for step in steps.iter_mut().rev() {
            for &value in &step.reads {
                if !is_read_later[value] {
                    is_read_later[value] = true;
                    step.last_reads.push(value);
                }
            }
        }
        Self { steps, input }
    }

    /// Number of steps.
    pub(super) fn len(&self) -> usize {
        self.steps.len()
    }

    /// Nothing is computed yet.
    pub(super) fn start(&self, image: Vec<Lanes>) -> Values {
        let mut values = vec![Vec::new(); self.steps.len() + 1];
        values[0] = image;
        Values { values, current: 0 }
    }

    /// What the first steps have made, and nothing else, is there.
    pub(super) fn resume(&self, made: Vec<Lanes>, steps: usize) -> Values {
        let mut values = vec![Vec::new(); self.steps.len() + 1];
        let last = self.steps.iter().take(steps).next_back();
        let current = last.map_or(0, |step| step.value);
        values[current] = made;
        Values { values, current }
    }

    /// The dimensions of what the network goes on with after the first steps.
    pub(super) fn dimensions(&self, steps: usize) -> &Dimensions {
        let last = self.steps.iter().take(steps).next_back();
        last.map_or(&self.input, |step| &step.after)
    }

    /// Applies some of the steps.
    pub(super) fn apply(&self, state: &mut Values, steps: Range<usize>) {
        let Values { values, current } = state;
        for step in self.steps.iter().take(steps.end).skip(steps.start) {
            *current = step.value;
            let Some(operation) = &step.operation else {
                continue;
            };
            let mut own = Vec::with_capacity(step.reads.len());
            for value in &step.reads {
                let is_once = step.reads.iter().filter(|&other| other == value).count() == 1;
                let is_own = is_once && step.last_reads.contains(value);
                own.push(is_own.then(|| std::mem::take(&mut values[*value])));
            }
            let reads = step.reads.iter().zip(own);
            let inputs = reads.map(|(&value, own)| match own {
                Some(own) => Cow::Owned(own),
                None => Cow::Borrowed(&values[value][..]),
            });
            let made = operation.apply(inputs.collect());
            for &value in &step.last_reads {
                values[value] = Vec::new();
            }
            values[step.value] = made;
        }
    }
}

/// What some of the steps have made of at most [`LANES`](super::lanes::LANES) images.
#[derive(Debug, Clone)]
pub(super) struct Values {
    /// Those that later steps read; others are empty.
    values: Vec<Vec<Lanes>>,
    /// With which the network goes on.
    current: usize,
}

impl Values {
    /// What the last step has made.
    pub(super) fn current(&self) -> &[Lanes] {
        &self.values[self.current]
    }

    /// The same, to be changed.
    pub(super) fn current_mut(&mut self) -> &mut [Lanes] {
        &mut self.values[self.current]
    }
}

/// The dimensions of an image or a feature map.
fn map(size: ImageSize) -> Dimensions {
    match Dimensions::new(vec![size.channels, size.height, size.width]) {
        Ok(dimensions) => dimensions,
        // Networks hold no map that is empty or too large.
        Err(misfit) => unreachable!("{misfit}"),
    }
}
