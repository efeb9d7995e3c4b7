//! Networks as graphs, to be measured: ResNet-18, MobileNetV2 and ViT-B/32.

use nonvacuous::code::{
    Activation, Arithmetic, Dimensions, Graph, Node, Operator, Pooling, Reduction, Window,
};
use nonvacuous::shape::ImageSize;

pub const IMAGENET: ImageSize = ImageSize {
    channels: 3,
    height: 224,
    width: 224,
};

/// Nodes one after the other.
#[derive(Default)]
struct Nodes(Vec<Node>);

impl Nodes {
    /// The last value.
    fn last(&self) -> usize {
        self.0.len()
    }

    fn of(&mut self, inputs: &[usize], operator: Operator) -> usize {
        let inputs = inputs.to_vec();
        self.0.push(Node { operator, inputs });
        self.last()
    }

    /// Of the last value.
    fn then(&mut self, operator: Operator) -> usize {
        self.of(&[self.last()], operator)
    }

    fn convolution(&mut self, channels: usize, size: usize, stride: usize, groups: usize) -> usize {
        self.then(Operator::Convolution {
            channels,
            window: square(size, stride, size / 2),
            groups,
            bias: true,
        })
    }

    fn relu(&mut self) -> usize {
        self.then(Operator::Activation(Activation::Relu))
    }

    fn relu6(&mut self) -> usize {
        let (low, high) = (0.0, 6.0);
        self.then(Operator::Activation(Activation::Clip { low, high }))
    }

    fn add(&mut self, first: usize, second: usize) -> usize {
        self.of(&[first, second], Operator::Combine(Arithmetic::Add))
    }

    fn dense(&mut self, units: usize) -> usize {
        self.then(Operator::Dense { units, bias: true })
    }

    /// The mean of each map, and the classes.
    fn classifier(mut self) -> Graph {
        self.then(Operator::Reduce {
            reduction: Reduction::Mean,
            axes: vec![1, 2],
            keep: false,
        });
        self.dense(1000);
        self.graph()
    }

    fn graph(self) -> Graph {
        Graph::new(IMAGENET, self.0).expect("nodes that fit")
    }
}

fn square(size: usize, stride: usize, padding: usize) -> Window {
    Window {
        size: [size; 2],
        stride: [stride; 2],
        padding: [[padding; 2]; 2],
        dilation: [1; 2],
    }
}

/// He et al. 2016, with batch normalisation folded.
pub fn resnet18() -> Graph {
    let mut nodes = Nodes::default();
    nodes.convolution(64, 7, 2, 1);
    nodes.relu();
    nodes.then(Operator::Pool {
        pooling: Pooling::Largest,
        window: square(3, 2, 1),
        is_rounded_up: false,
    });
    for stage in 0..4 {
        for block in 0..2 {
            let (channels, start) = (64 << stage, nodes.last());
            let stride = if stage > 0 && block == 0 { 2 } else { 1 };
            nodes.convolution(channels, 3, stride, 1);
            nodes.relu();
            let changed = nodes.convolution(channels, 3, 1, 1);
            let shortcut = if stride == 1 {
                start
            } else {
                nodes.of(
                    &[start],
                    Operator::Convolution {
                        channels,
                        window: square(1, 2, 0),
                        groups: 1,
                        bias: true,
                    },
                )
            };
            nodes.add(changed, shortcut);
            nodes.relu();
        }
    }
    nodes.classifier()
}

/// Sandler et al. 2018, with batch normalisation folded.
pub fn mobilenet_v2() -> Graph {
    let mut nodes = Nodes::default();
    nodes.convolution(32, 3, 2, 1);
    nodes.relu6();
    let mut before = 32;
    for (expansion, channels, repeats, stride) in [
        (1, 16, 1, 1),
        (6, 24, 2, 2),
        (6, 32, 3, 2),
        (6, 64, 4, 2),
        (6, 96, 3, 1),
        (6, 160, 3, 2),
        (6, 320, 1, 1),
    ] {
        for repeat in 0..repeats {
            let (start, hidden) = (nodes.last(), before * expansion);
            let stride = if repeat == 0 { stride } else { 1 };
            if expansion > 1 {
                nodes.convolution(hidden, 1, 1, 1);
                nodes.relu6();
            }
            nodes.convolution(hidden, 3, stride, hidden);
            nodes.relu6();
            let changed = nodes.convolution(channels, 1, 1, 1);
            if stride == 1 && before == channels {
                nodes.add(start, changed);
            }
            before = channels;
        }
    }
    nodes.convolution(1280, 1, 1, 1);
    nodes.relu6();
    nodes.classifier()
}

/// Dosovitskiy et al. 2021.
pub fn vit_b_32() -> Graph {
    let (width, heads, tokens) = (768, 12, 50);
    let mut nodes = Nodes::default();
    nodes.then(Operator::Convolution {
        channels: width,
        window: square(32, 32, 0),
        groups: 1,
        bias: true,
    });
    nodes.then(reshape(&[width, tokens - 1]));
    let patches = nodes.then(Operator::Transpose { order: vec![1, 0] });
    let class = nodes.of(&[], constant(&[1, width]));
    nodes.of(&[class, patches], Operator::Concatenate { axis: 0 });
    let all = nodes.last();
    let places = nodes.of(&[], constant(&[tokens, width]));
    nodes.add(all, places);
    for _ in 0..12 {
        let start = nodes.last();
        let normal = nodes.layer_norm();
        let mut parts = Vec::new();
        for order in [[1, 0, 2], [1, 2, 0], [1, 0, 2]] {
            nodes.of(
                &[normal],
                Operator::Dense {
                    units: width,
                    bias: true,
                },
            );
            nodes.then(reshape(&[tokens, heads, width / heads]));
            parts.push(nodes.then(Operator::Transpose {
                order: order.to_vec(),
            }));
        }
        nodes.of(&[parts[0], parts[1]], Operator::MatrixProduct);
        nodes.then(Operator::Scalar {
            arithmetic: Arithmetic::Multiply,
            number: 0.125,
            is_first: false,
        });
        let weights = nodes.then(Operator::Softmax { axis: 2 });
        nodes.of(&[weights, parts[2]], Operator::MatrixProduct);
        nodes.then(Operator::Transpose {
            order: vec![1, 0, 2],
        });
        nodes.then(reshape(&[tokens, width]));
        let attended = nodes.dense(width);
        let middle = nodes.add(start, attended);
        nodes.layer_norm();
        nodes.dense(4 * width);
        nodes.then(Operator::Activation(Activation::Gelu));
        let changed = nodes.dense(width);
        nodes.add(middle, changed);
    }
    nodes.layer_norm();
    nodes.then(Operator::Slice {
        axis: 0,
        start: 0,
        count: 1,
        step: 1,
    });
    nodes.then(Operator::Flatten);
    nodes.dense(1000);
    nodes.graph()
}

impl Nodes {
    fn layer_norm(&mut self) -> usize {
        self.then(Operator::Normalise {
            axes: 1,
            epsilon: 1e-6,
        });
        self.then(Operator::Affine {
            axis: 1,
            scale: true,
            shift: true,
        })
    }
}

fn dimensions(lengths: &[usize]) -> Dimensions {
    Dimensions::new(lengths.to_vec()).expect("lengths within the limits")
}

fn reshape(lengths: &[usize]) -> Operator {
    let dimensions = dimensions(lengths);
    Operator::Reshape { dimensions }
}

fn constant(lengths: &[usize]) -> Operator {
    let dimensions = dimensions(lengths);
    Operator::Constant { dimensions }
}
