//! Graphs and their models, drawn at random.

use nonvacuous::code::{
    Activation, Arithmetic, Codebook, CodedTensor, Dimensions, Graph, Model, Node, Operator,
    Pooling, Reduction, Window,
};
use nonvacuous::shape::ImageSize;
use proptest::prelude::*;

const INPUT: ImageSize = ImageSize {
    channels: 4,
    height: 9,
    width: 6,
};

fn any_window() -> impl Strategy<Value = Window> {
    let pair = |range: std::ops::Range<usize>| [range.clone(), range];
    (pair(1..5), pair(1..4), [pair(0..3), pair(0..3)], pair(1..3)).prop_map(
        |(size, stride, padding, dilation)| Window {
            size,
            stride,
            padding,
            dilation,
        },
    )
}

fn any_arithmetic() -> impl Strategy<Value = Arithmetic> {
    prop::sample::select(vec![
        Arithmetic::Add,
        Arithmetic::Subtract,
        Arithmetic::Multiply,
        Arithmetic::Divide,
        Arithmetic::Larger,
        Arithmetic::Smaller,
        Arithmetic::Power,
    ])
}

fn any_activation() -> impl Strategy<Value = Activation> {
    let number = || -4.0f32..4.0;
    prop_oneof![
        prop::sample::select(vec![
            Activation::Relu,
            Activation::Sigmoid,
            Activation::HardSwish,
            Activation::Tanh,
            Activation::Gelu,
            Activation::Exponential,
            Activation::Logarithm,
            Activation::ErrorFunction,
            Activation::SquareRoot,
            Activation::Magnitude,
        ]),
        (number(), number()).prop_map(|(low, high)| Activation::Clip { low, high }),
        number().prop_map(|slope| Activation::LeakyRelu { slope }),
        number().prop_map(|alpha| Activation::Elu { alpha }),
        (number(), number()).prop_map(|(slope, offset)| Activation::HardSigmoid { slope, offset }),
    ]
}

fn any_dimensions() -> impl Strategy<Value = Dimensions> {
    prop::collection::vec(1usize..10, 0..4).prop_map(|lengths| Dimensions::new(lengths).unwrap())
}

/// Operators with weights.
fn any_weighted_operator() -> impl Strategy<Value = Operator> {
    prop_oneof![
        (
            1usize..13,
            any_window(),
            prop::sample::select(vec![1, 2, 4]),
            any::<bool>()
        )
            .prop_map(|(channels, window, groups, bias)| Operator::Convolution {
                channels,
                window,
                groups,
                bias
            }),
        (1usize..20, any::<bool>()).prop_map(|(units, bias)| Operator::Dense { units, bias }),
        (0usize..3, 0..3).prop_map(|(axis, parts)| Operator::Affine {
            axis,
            scale: parts != 2,
            shift: parts != 1,
        }),
        any_dimensions().prop_map(|dimensions| Operator::Constant { dimensions }),
    ]
}

/// Operators that compute without weights.
fn any_function() -> impl Strategy<Value = Operator> {
    prop_oneof![
        (0usize..3, any_window(), any::<bool>()).prop_map(|(pooling, window, is_rounded_up)| {
            Operator::Pool {
                pooling: [Pooling::Largest, Pooling::Mean, Pooling::PaddedMean][pooling],
                window,
                is_rounded_up,
            }
        }),
        (
            0usize..3,
            prop::sample::subsequence(vec![0usize, 1, 2], 1..3),
            any::<bool>()
        )
            .prop_map(|(reduction, axes, keep)| Operator::Reduce {
                reduction: [Reduction::Mean, Reduction::Sum, Reduction::Largest][reduction],
                axes,
                keep,
            }),
        (1usize..3, 1e-6f32..1.0).prop_map(|(axes, epsilon)| Operator::Normalise { axes, epsilon }),
        (1usize..5, 0.0f32..1.0, 0.0f32..1.0, 0.5f32..2.0).prop_map(|(size, alpha, beta, bias)| {
            Operator::LocalResponse {
                size,
                alpha,
                beta,
                bias,
            }
        }),
        (0usize..3).prop_map(|axis| Operator::Softmax { axis }),
        any_activation().prop_map(Operator::Activation),
        (any_arithmetic(), -2.0f32..2.0, any::<bool>()).prop_map(
            |(arithmetic, number, is_first)| Operator::Scalar {
                arithmetic,
                number,
                is_first
            }
        ),
        any_arithmetic().prop_map(Operator::Combine),
        Just(Operator::MatrixProduct),
    ]
}

/// Operators that put numbers elsewhere.
fn any_rearrangement() -> impl Strategy<Value = Operator> {
    prop_oneof![
        (0usize..3).prop_map(|axis| Operator::Concatenate { axis }),
        any_dimensions().prop_map(|dimensions| Operator::Reshape { dimensions }),
        Just(Operator::Flatten),
        Just(vec![0, 1, 2])
            .prop_shuffle()
            .prop_map(|order| Operator::Transpose { order }),
        (0usize..3, 0usize..5, 1usize..5, 1usize..3).prop_map(|(axis, start, count, step)| {
            Operator::Slice {
                axis,
                start,
                count,
                step,
            }
        }),
        prop::collection::vec([0usize..3, 0..3], 1..4)
            .prop_map(|padding| Operator::Pad { padding }),
        (0usize..3, prop::collection::vec(0usize..4, 1..6))
            .prop_map(|(axis, indices)| Operator::Select { axis, indices }),
    ]
}

fn any_operator() -> impl Strategy<Value = Operator> {
    prop_oneof![any_weighted_operator(), any_function(), any_rearrangement()]
}

/// Operators with what they read where it fits; at the end all that nothing reads, flattened, one
/// after the other.
pub fn any_graph() -> impl Strategy<Value = Graph> {
    let tries = prop::collection::vec((any_operator(), prop::collection::vec(0usize..4, 3)), 1..25);
    tries.prop_map(|tries| {
        let mut nodes: Vec<Node> = Vec::new();
        let mut values = vec![Dimensions::new(vec![4, 9, 6]).unwrap()];
        let push = |nodes: &mut Vec<Node>, values: &mut Vec<Dimensions>, node: Node| {
            let read: Vec<&Dimensions> = node.inputs.iter().map(|&value| &values[value]).collect();
            match node.operator.output(&read) {
                Ok(made) if made.numbers() <= 2000 => {
                    values.push(made);
                    nodes.push(node);
                }
                _ => {}
            }
        };
        for (operator, distances) in tries {
            let count = match operator {
                Operator::Constant { .. } => 0,
                Operator::Combine(_) | Operator::MatrixProduct => 2,
                Operator::Concatenate { .. } => 3,
                _ => 1,
            };
            let last = values.len() - 1;
            let inputs = distances.iter().take(count);
            let inputs = inputs
                .map(|distance| last.saturating_sub(*distance))
                .collect();
            push(&mut nodes, &mut values, Node { operator, inputs });
        }
        let mut is_read = vec![false; values.len()];
        nodes
            .iter()
            .flat_map(|node| &node.inputs)
            .for_each(|&value| is_read[value] = true);
        let unread = (0..values.len()).filter(|&value| !is_read[value]);
        let unread: Vec<usize> = unread.chain([0]).collect();
        let mut flat = Vec::new();
        for value in unread {
            let inputs = vec![value];
            push(
                &mut nodes,
                &mut values,
                Node {
                    operator: Operator::Flatten,
                    inputs,
                },
            );
            flat.push(values.len() - 1);
        }
        if flat.len() > 1 {
            let operator = Operator::Concatenate { axis: 0 };
            nodes.push(Node {
                operator,
                inputs: flat,
            });
        }
        Graph::new(INPUT, nodes).unwrap()
    })
}

/// A model of a random graph: some tensors are raw, the others take three values.
pub fn any_graph_model() -> impl Strategy<Value = Model> {
    let number = prop_oneof![Just(0.0f32), Just(-0.0), -2.0f32..2.0];
    let numbers = prop::collection::vec(number, 64);
    (any_graph(), numbers, any::<u64>()).prop_map(|(graph, numbers, seed)| {
        let mut is_coded = false;
        let mut tensors = Vec::new();
        for (place, shape) in graph.tensors().iter().enumerate() {
            if seed >> (place % 64) & 1 == 1 {
                let weights = (0..shape.len()).map(|weight| numbers[weight % numbers.len()]);
                tensors.push(CodedTensor::raw(weights.collect()));
            } else {
                let symbol = |weight: usize| ((weight as u64).wrapping_mul(seed | 1) >> 13) % 4;
                let symbols = (0..shape.len())
                    .map(|weight| symbol(weight) as u8)
                    .collect();
                tensors.push(CodedTensor::new(0, symbols));
                is_coded = true;
            }
        }
        let codebook = Codebook::new(2, vec![-1.0, 0.5, 1.25]).unwrap();
        let codebooks = is_coded.then_some(codebook).into_iter().collect();
        Model::new(graph, codebooks, tensors).unwrap()
    })
}
