//! Graphs, put together node by node.

use nonvacuous::code::{Activation, Arithmetic, Graph, Node, Operator, Window};
use nonvacuous::shape::ImageSize;

pub const RELU: Operator = Operator::Activation(Activation::Relu);
pub const ADD: Operator = Operator::Combine(Arithmetic::Add);

/// Nodes so far. Values are counted from 0, the image.
#[derive(Default)]
pub struct Nodes(Vec<Node>);

impl Nodes {
    /// A node that reads these values; returns the value that it makes.
    pub fn node(&mut self, operator: Operator, inputs: &[usize]) -> usize {
        let inputs = inputs.to_vec();
        self.0.push(Node { operator, inputs });
        self.last()
    }

    /// The value just before.
    pub fn last(&self) -> usize {
        self.0.len()
    }

    /// A node that reads the value just before.
    pub fn then(&mut self, operator: Operator) -> usize {
        self.node(operator, &[self.last()])
    }

    /// A square convolution with biases, padded by half its side.
    pub fn convolution(
        &mut self,
        from: usize,
        channels: usize,
        size: usize,
        stride: usize,
    ) -> usize {
        let window = window(size, stride);
        let operator = Operator::Convolution {
            channels,
            window,
            groups: 1,
            bias: true,
        };
        self.node(operator, &[from])
    }

    pub fn graph(self, channels: usize, height: usize, width: usize) -> Graph {
        let input = ImageSize {
            channels,
            height,
            width,
        };
        Graph::new(input, self.0).unwrap()
    }
}

/// A square window, padded by half its side.
pub fn window(size: usize, stride: usize) -> Window {
    Window {
        size: [size; 2],
        stride: [stride; 2],
        padding: [[size / 2; 2]; 2],
        dilation: [1; 2],
    }
}
