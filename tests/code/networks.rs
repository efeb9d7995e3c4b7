//! Well-known networks as graphs.

use nonvacuous::code::{
    Activation, Arithmetic, Dimensions, Graph, Operator, Pooling, Reduction, Window,
};

use crate::nodes::{window, Nodes, ADD, RELU};

/// ResNet-50 (He et al. 2016) as torchvision exports it, batch normalisation folded.
pub fn resnet50() -> Graph {
    let mut nodes = Nodes::default();
    nodes.convolution(0, 64, 7, 2);
    nodes.then(RELU);
    nodes.then(Operator::Pool {
        pooling: Pooling::Largest,
        window: window(3, 2),
        is_rounded_up: false,
    });
    for (stage, blocks) in [3, 4, 6, 3].into_iter().enumerate() {
        let width = 64 << stage;
        for block in 0..blocks {
            let before = nodes.last();
            let stride = if block == 0 && stage > 0 { 2 } else { 1 };
            nodes.convolution(before, width, 1, 1);
            nodes.then(RELU);
            nodes.convolution(nodes.last(), width, 3, stride);
            nodes.then(RELU);
            let wide = nodes.convolution(nodes.last(), 4 * width, 1, 1);
            let shortcut = match block {
                0 => nodes.convolution(before, 4 * width, 1, stride),
                _ => before,
            };
            nodes.node(ADD, &[wide, shortcut]);
            nodes.then(RELU);
        }
    }
    nodes.then(Operator::Reduce {
        reduction: Reduction::Mean,
        axes: vec![1, 2],
        keep: true,
    });
    nodes.then(Operator::Flatten);
    nodes.then(Operator::Dense {
        units: 1000,
        bias: true,
    });
    nodes.graph(3, 224, 224)
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
    let mut nodes = Nodes::default();
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
    nodes.node(convolution, &[0]);
    nodes.then(Operator::Reshape {
        dimensions: dimensions(&[WIDTH, TOKENS - 1]),
    });
    let patches = nodes.then(Operator::Transpose { order: vec![1, 0] });
    let class = nodes.node(
        Operator::Constant {
            dimensions: dimensions(&[1, WIDTH]),
        },
        &[],
    );
    nodes.node(Operator::Concatenate { axis: 0 }, &[class, patches]);
    let tokens = nodes.last();
    let places = nodes.node(
        Operator::Constant {
            dimensions: dimensions(&[TOKENS, WIDTH]),
        },
        &[],
    );
    nodes.node(ADD, &[tokens, places]);
    for _ in 0..12 {
        attention_block(&mut nodes, TOKENS, WIDTH, HEADS);
    }
    layer_norm(&mut nodes);
    nodes.then(Operator::Slice {
        axis: 0,
        start: 0,
        count: 1,
        step: 1,
    });
    nodes.then(Operator::Flatten);
    nodes.then(Operator::Dense {
        units: 1000,
        bias: true,
    });
    nodes.graph(3, 224, 224)
}

fn layer_norm(nodes: &mut Nodes) -> usize {
    nodes.then(Operator::Normalise {
        axes: 1,
        epsilon: 1e-6,
    });
    nodes.then(Operator::Affine {
        axis: 1,
        scale: true,
        shift: true,
    })
}

fn attention_block(nodes: &mut Nodes, tokens: usize, width: usize, heads: usize) {
    let before = nodes.last();
    layer_norm(nodes);
    let all = nodes.then(Operator::Dense {
        units: 3 * width,
        bias: true,
    });
    let part = |nodes: &mut Nodes, part: usize, order: &[usize]| {
        nodes.node(
            Operator::Slice {
                axis: 1,
                start: part * width,
                count: width,
                step: 1,
            },
            &[all],
        );
        nodes.then(Operator::Reshape {
            dimensions: dimensions(&[tokens, heads, width / heads]),
        });
        nodes.then(Operator::Transpose {
            order: order.to_vec(),
        })
    };
    let query = part(nodes, 0, &[1, 0, 2]);
    let key = part(nodes, 1, &[1, 2, 0]);
    let value = part(nodes, 2, &[1, 0, 2]);
    nodes.node(
        Operator::Scalar {
            arithmetic: Arithmetic::Multiply,
            number: 0.125,
            is_first: false,
        },
        &[query],
    );
    nodes.node(Operator::MatrixProduct, &[nodes.last(), key]);
    nodes.then(Operator::Softmax { axis: 2 });
    nodes.node(Operator::MatrixProduct, &[nodes.last(), value]);
    nodes.then(Operator::Transpose {
        order: vec![1, 0, 2],
    });
    nodes.then(Operator::Reshape {
        dimensions: dimensions(&[tokens, width]),
    });
    nodes.then(Operator::Dense {
        units: width,
        bias: true,
    });
    let middle = nodes.node(ADD, &[nodes.last(), before]);
    layer_norm(nodes);
    nodes.then(Operator::Dense {
        units: 4 * width,
        bias: true,
    });
    nodes.then(Operator::Activation(Activation::Gelu));
    nodes.then(Operator::Dense {
        units: width,
        bias: true,
    });
    nodes.node(ADD, &[nodes.last(), middle]);
}
