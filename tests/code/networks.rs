//! Well-known networks as graphs.

use nonvacuous::code::{
    Activation, Arithmetic, Dimensions, Graph, Node, Operator, Pooling, Reduction, Window,
};
use nonvacuous::shape::ImageSize;

const PHOTOGRAPH: ImageSize = ImageSize {
    channels: 3,
    height: 224,
    width: 224,
};

/// Nodes so far; values are counted from 0, the image.
#[derive(Default)]
pub struct Builder {
    nodes: Vec<Node>,
}

impl Builder {
    /// A node that reads these values; returns the value that it makes.
    pub fn node(&mut self, operator: Operator, inputs: &[usize]) -> usize {
        self.nodes.push(Node {
            operator,
            inputs: inputs.to_vec(),
        });
        self.nodes.len()
    }

    pub fn last(&self) -> usize {
        self.nodes.len()
    }

    /// A node that reads the value just before.
    pub fn then(&mut self, operator: Operator) -> usize {
        self.node(operator, &[self.last()])
    }

    pub fn convolution(
        &mut self,
        from: usize,
        channels: usize,
        size: usize,
        stride: usize,
    ) -> usize {
        let window = Window {
            size: [size; 2],
            stride: [stride; 2],
            padding: [[size / 2; 2]; 2],
            dilation: [1; 2],
        };
        let operator = Operator::Convolution {
            channels,
            window,
            groups: 1,
            bias: true,
        };
        self.node(operator, &[from])
    }

    pub fn graph(self, input: ImageSize) -> Graph {
        Graph::new(input, self.nodes).unwrap()
    }
}

pub const RELU: Operator = Operator::Activation(Activation::Relu);
pub const ADD: Operator = Operator::Combine(Arithmetic::Add);

/// ResNet-50 (He et al. 2016) as torchvision exports it, batch normalisation folded.
pub fn resnet50() -> Graph {
    let mut builder = Builder::default();
    builder.convolution(0, 64, 7, 2);
    builder.then(RELU);
    builder.then(Operator::Pool {
        pooling: Pooling::Largest,
        window: Window {
            size: [3; 2],
            stride: [2; 2],
            padding: [[1; 2]; 2],
            dilation: [1; 2],
        },
        is_rounded_up: false,
    });
    for (stage, blocks) in [3, 4, 6, 3].into_iter().enumerate() {
        let width = 64 << stage;
        for block in 0..blocks {
            let before = builder.last();
            let stride = if block == 0 && stage > 0 { 2 } else { 1 };
            builder.convolution(before, width, 1, 1);
            builder.then(RELU);
            builder.convolution(builder.last(), width, 3, stride);
            builder.then(RELU);
            let wide = builder.convolution(builder.last(), 4 * width, 1, 1);
            let shortcut = match block {
                0 => builder.convolution(before, 4 * width, 1, stride),
                _ => before,
            };
            builder.node(ADD, &[wide, shortcut]);
            builder.then(RELU);
        }
    }
    builder.then(Operator::Reduce {
        reduction: Reduction::Mean,
        axes: vec![1, 2],
        keep: true,
    });
    builder.then(Operator::Flatten);
    builder.then(Operator::Dense {
        units: 1000,
        bias: true,
    });
    builder.graph(PHOTOGRAPH)
}

fn dimensions(lengths: &[usize]) -> Dimensions {
    Dimensions::new(lengths.to_vec()).unwrap()
}

/// ViT-B/32 (Dosovitskiy et al. 2021) as torchvision exports it, but for what moves axes of length
/// one.
pub fn vit_b_32() -> Graph {
    const TOKENS: usize = 50;
    const WIDTH: usize = 768;
    const HEADS: usize = 12;
    let mut builder = Builder::default();
    let window = Window {
        size: [32; 2],
        stride: [32; 2],
        padding: [[0; 2]; 2],
        dilation: [1; 2],
    };
    let convolution = Operator::Convolution {
        channels: WIDTH,
        window,
        groups: 1,
        bias: true,
    };
    builder.node(convolution, &[0]);
    builder.then(Operator::Reshape {
        dimensions: dimensions(&[WIDTH, TOKENS - 1]),
    });
    let patches = builder.then(Operator::Transpose { order: vec![1, 0] });
    let class = builder.node(
        Operator::Constant {
            dimensions: dimensions(&[1, WIDTH]),
        },
        &[],
    );
    builder.node(Operator::Concatenate { axis: 0 }, &[class, patches]);
    let tokens = builder.last();
    let places = builder.node(
        Operator::Constant {
            dimensions: dimensions(&[TOKENS, WIDTH]),
        },
        &[],
    );
    builder.node(ADD, &[tokens, places]);
    for _ in 0..12 {
        attention_block(&mut builder, TOKENS, WIDTH, HEADS);
    }
    layer_norm(&mut builder);
    builder.then(Operator::Slice {
        axis: 0,
        start: 0,
        count: 1,
        step: 1,
    });
    builder.then(Operator::Flatten);
    builder.then(Operator::Dense {
        units: 1000,
        bias: true,
    });
    builder.graph(PHOTOGRAPH)
}

fn layer_norm(builder: &mut Builder) -> usize {
    builder.then(Operator::Normalise {
        axes: 1,
        epsilon: 1e-6,
    });
    builder.then(Operator::Affine {
        axis: 1,
        scale: true,
        shift: true,
    })
}

fn attention_block(builder: &mut Builder, tokens: usize, width: usize, heads: usize) {
    let before = builder.last();
    layer_norm(builder);
    let all = builder.then(Operator::Dense {
        units: 3 * width,
        bias: true,
    });
    let part = |builder: &mut Builder, part: usize, order: &[usize]| {
        builder.node(
            Operator::Slice {
                axis: 1,
                start: part * width,
                count: width,
                step: 1,
            },
            &[all],
        );
        builder.then(Operator::Reshape {
            dimensions: dimensions(&[tokens, heads, width / heads]),
        });
        builder.then(Operator::Transpose {
            order: order.to_vec(),
        })
    };
    let query = part(builder, 0, &[1, 0, 2]);
    let key = part(builder, 1, &[1, 2, 0]);
    let value = part(builder, 2, &[1, 0, 2]);
    builder.node(
        Operator::Scalar {
            arithmetic: Arithmetic::Multiply,
            number: 0.125,
            is_first: false,
        },
        &[query],
    );
    builder.node(Operator::MatrixProduct, &[builder.last(), key]);
    builder.then(Operator::Softmax { axis: 2 });
    builder.node(Operator::MatrixProduct, &[builder.last(), value]);
    builder.then(Operator::Transpose {
        order: vec![1, 0, 2],
    });
    builder.then(Operator::Reshape {
        dimensions: dimensions(&[tokens, width]),
    });
    builder.then(Operator::Dense {
        units: width,
        bias: true,
    });
    let middle = builder.node(ADD, &[builder.last(), before]);
    layer_norm(builder);
    builder.then(Operator::Dense {
        units: 4 * width,
        bias: true,
    });
    builder.then(Operator::Activation(Activation::Gelu));
    builder.then(Operator::Dense {
        units: width,
        bias: true,
    });
    builder.node(ADD, &[builder.last(), middle]);
}
