//! A chain and the same network as a graph have the same logits.

use nonvacuous::code::{
    Activation, Architecture, Arithmetic, Convolution, Graph, Layer, Node, Operator, Pooling,
    Reduction, Window,
};
use nonvacuous::data::digits;
use nonvacuous::evaluate::Evaluator;
use nonvacuous::network::TrainedNetwork;
use nonvacuous::random::stream;
use nonvacuous::shape::ImageSize;
use rand::RngExt;

use crate::bits;

/// Between them all kinds of layers that are operators, paddings and branches.
const LAYERS: [&str; 7] = [
    "conv:6:3:s2:same bn relu6 ( conv:6:3 bn relu | conv:6:1 ) dense:10:b",
    "conv:4:3 ( bn relu conv:4:3 bn relu conv:4:3 ) bn relu \
     ( conv:8:3:s2 bn relu conv:8:3 | conv:8:1:s2 ) gap dense:10:b",
    "bn ( ( relu ) | ( dwconv:5:same:b | relu6 ) ) avg:3 dense:10",
    "conv:12:5 relu max:2 norm conv:7:2:p0:s3:b relu dense:10",
    "norm relu avg:2 dense:10:b",
    "conv:6:4:same:s3:b conv:6:3:p3:g2 relu max:3 dense:10:b",
    "( norm | bn relu6 ) dense:30:b relu dense:10:b",
];

/// The nodes of a chain; branches are values that are read again.
fn graph(chain: &Architecture) -> Graph {
    let mut nodes: Vec<Node> = Vec::new();
    let (mut value, mut remembered) = (0, Vec::new());
    for (layer, before, _) in chain.steps() {
        let mut push = |operator: Operator, inputs: Vec<usize>| {
            nodes.push(Node { operator, inputs });
            nodes.len()
        };
        value = match layer {
            Layer::Branch => {
                remembered.push(value);
                value
            }
            Layer::Exchange => std::mem::replace(remembered.last_mut().unwrap(), value),
            Layer::Join => {
                let other = remembered.pop().unwrap();
                push(Operator::Combine(Arithmetic::Add), vec![value, other])
            }
            Layer::Dense { units, bias } => {
                let (units, bias) = (*units, *bias);
                let flat = push(Operator::Flatten, vec![value]);
                push(Operator::Dense { units, bias }, vec![flat])
            }
            Layer::Normalise => {
                let (axes, epsilon) = (3, 1e-5);
                push(Operator::Normalise { axes, epsilon }, vec![value])
            }
            layer => push(operator(layer, before), vec![value]),
        };
    }
    Graph::new(chain.input(), nodes).unwrap()
}

fn operator(layer: &Layer, before: ImageSize) -> Operator {
    let side_by_side = |size: usize| Window {
        size: [size; 2],
        stride: [size; 2],
        padding: [[0; 2]; 2],
        dilation: [1; 2],
    };
    let pool = |pooling: Pooling, size: usize| Operator::Pool {
        pooling,
        window: side_by_side(size),
        is_rounded_up: false,
    };
    match layer {
        Layer::Convolution(convolution) => {
            let Convolution {
                channels,
                kernel,
                stride,
                groups,
                bias,
                ..
            } = *convolution;
            let window = Window {
                size: [kernel; 2],
                stride: [stride; 2],
                padding: [before.height, before.width].map(|length| convolution.margins(length)),
                dilation: [1; 2],
            };
            Operator::Convolution {
                channels,
                window,
                groups,
                bias,
            }
        }
        Layer::MaxPool { size } => pool(Pooling::Largest, *size),
        Layer::AveragePool { size } => pool(Pooling::Mean, *size),
        Layer::GlobalAverage => Operator::Reduce {
            reduction: Reduction::Mean,
            axes: vec![1, 2],
            keep: true,
        },
        Layer::Relu => Operator::Activation(Activation::Relu),
        Layer::Relu6 => Operator::Activation(Activation::Clip {
            low: 0.0,
            high: 6.0,
        }),
        Layer::BatchNormalise => Operator::Affine {
            axis: 0,
            scale: true,
            shift: true,
        },
        _ => panic!("{layer:?}"),
    }
}

#[test]
fn a_chain_and_its_graph_have_the_same_logits() {
    let data = digits().unwrap().train.slice(0..37).unwrap();
    for (layers, seed) in LAYERS.into_iter().zip(0..) {
        let chain = Architecture::parse(layers, data.shape()).unwrap();
        let graph = graph(&chain);
        assert_eq!(graph.tensors().len(), chain.tensors().len());
        for zeros in [0.0, 0.7] {
            let mut random = stream(seed, "chains", 0, "weights");
            let mut weights = Vec::new();
            for shape in chain.tensors() {
                let mut weight = || match random.random::<f64>() < zeros {
                    true => 0.0,
                    false => random.random_range(-0.4..0.6f32),
                };
                weights.push((0..shape.len()).map(|_| weight()).collect());
            }
            let of_graph = Evaluator::of_graph(&graph, weights.clone());
            let of_chain = TrainedNetwork::new(chain.clone(), weights).unwrap();
            let logits = of_chain.evaluator().logits(&data).unwrap();
            for (one, other) in logits.iter().zip(of_graph.logits(&data).unwrap()) {
                assert_eq!(bits(one), bits(&other), "{layers}");
            }
        }
    }
}
