//! Random graphs of all operators.

use nonvacuous::code::{
    Activation, Arithmetic, Dimensions, Graph, Node, Operator, Pooling, Reduction, Window,
};
use nonvacuous::shape::ImageSize;
use rand::{Rng, RngExt};

/// A value has at most so many numbers.
const MOST: usize = 3000;

/// A graph of about so many nodes, and its weights.
pub fn any_graph(random: &mut impl Rng, nodes: usize) -> (Graph, Vec<Vec<f32>>) {
    let input = ImageSize {
        channels: random.random_range(1..7),
        height: random.random_range(1..10),
        width: random.random_range(1..10),
    };
    let image = vec![input.channels, input.height, input.width];
    let mut values = vec![Dimensions::new(image).unwrap()];
    let mut graph: Vec<Node> = Vec::new();
    let mut push = |operator: Operator, inputs: Vec<usize>, values: &mut Vec<Dimensions>| {
        let read: Vec<&Dimensions> = inputs.iter().map(|&value| &values[value]).collect();
        let after = operator.output(&read);
        let Some(after) = after.ok().filter(|after| after.numbers() <= MOST) else {
            return false;
        };
        values.push(after);
        graph.push(Node { operator, inputs });
        true
    };
    // Numbers of both signs.
    let (scale, shift) = (true, true);
    push(
        Operator::Affine {
            axis: 0,
            scale,
            shift,
        },
        vec![0],
        &mut values,
    );
    while values.len() <= nodes {
        let value = |random: &mut _, values: &[Dimensions]| {
            let recent = values.len().saturating_sub(4);
            Rng::next_u32(random) as usize % (values.len() - recent) + recent
        };
        let (first, second) = (value(random, &values), value(random, &values));
        let operator = any_operator(random, values[first].lengths());
        let inputs = match operator {
            Operator::Constant { .. } => vec![],
            Operator::Combine(_) | Operator::MatrixProduct => vec![first, second],
            Operator::Concatenate { .. } => vec![first, second, first],
            _ => vec![first],
        };
        push(operator, inputs, &mut values);
    }
    // Nothing is left unread.
    let mut unread: Vec<usize> = (1..values.len()).collect();
    graph
        .iter()
        .for_each(|node| unread.retain(|value| !node.inputs.contains(value)));
    let mut flat: Vec<usize> = Vec::new();
    for value in unread.into_iter().chain([0]) {
        graph.push(Node {
            operator: Operator::Flatten,
            inputs: vec![value],
        });
        flat.push(graph.len());
    }
    let operator = Operator::Concatenate { axis: 0 };
    flat.insert(0, flat[0]);
    let inputs = flat;
    graph.push(Node { operator, inputs });
    let graph = Graph::new(input, graph).unwrap();
    let mut weights = Vec::new();
    for shape in graph.tensors() {
        let zeros = [0.0, 0.3, 0.8][random.random_range(0..3)];
        let weight = || any_weight(random, zeros);
        weights.push(std::iter::repeat_with(weight).take(shape.len()).collect());
    }
    (graph, weights)
}

/// Now and then one that is not finite, or zero with either sign.
fn any_weight(random: &mut impl Rng, zeros: f64) -> f32 {
    match random.random_range(0..2000) {
        0 => f32::INFINITY,
        1..20 => -0.0,
        _ if random.random::<f64>() < zeros => 0.0,
        _ => random.random_range(-1.0..1.0),
    }
}

fn any_window(random: &mut impl Rng) -> Window {
    let mut pair = |most| [random.random_range(1..=most), random.random_range(1..=most)];
    let (size, stride, dilation) = (pair(4), pair(3), pair(2));
    let mut padding = || [random.random_range(0..3), random.random_range(0..3)];
    Window {
        size,
        stride,
        dilation,
        padding: [padding(), padding()],
    }
}

fn any_arithmetic(random: &mut impl Rng) -> Arithmetic {
    [
        Arithmetic::Add,
        Arithmetic::Subtract,
        Arithmetic::Multiply,
        Arithmetic::Divide,
        Arithmetic::Larger,
        Arithmetic::Smaller,
        Arithmetic::Power,
    ][random.random_range(0..7)]
}

/// One that has a short code, or any.
fn any_number(random: &mut impl Rng) -> f32 {
    match random.random_range(0..10) {
        place @ 0..6 => [-1.0, 0.5, 2.0, 0.01, 3.0, 6.0][place],
        _ => random.random_range(-4.0..4.0),
    }
}

fn any_activation(random: &mut impl Rng) -> Activation {
    [
        Activation::Relu,
        Activation::Clip {
            low: any_number(random),
            high: any_number(random),
        },
        Activation::LeakyRelu {
            slope: any_number(random),
        },
        Activation::Elu {
            alpha: any_number(random),
        },
        Activation::Sigmoid,
        Activation::HardSigmoid {
            slope: any_number(random),
            offset: any_number(random),
        },
        Activation::HardSwish,
        Activation::Tanh,
        Activation::Gelu,
        Activation::Exponential,
        Activation::Logarithm,
        Activation::ErrorFunction,
        Activation::SquareRoot,
        Activation::Magnitude,
    ][random.random_range(0..14)]
}

/// One that may fit a value of these lengths.
fn any_operator(random: &mut impl Rng, lengths: &[usize]) -> Operator {
    let axes = lengths.len().max(1);
    let axis = random.random_range(0..axes);
    let length = lengths.get(axis).copied().unwrap_or(1);
    match random.random_range(0..22) {
        0..3 => {
            let channels = lengths.first().copied().unwrap_or(1);
            let groups = [1, 1, 2, 3, channels][random.random_range(0..5)];
            Operator::Convolution {
                channels: groups * random.random_range(1..9),
                window: any_window(random),
                groups,
                bias: random.random(),
            }
        }
        3..5 => Operator::Dense {
            units: random.random_range(1..20),
            bias: random.random(),
        },
        5 => Operator::Affine {
            axis,
            scale: random.random(),
            shift: random.random(),
        },
        6 => Operator::Constant {
            dimensions: Dimensions::new(lengths[axis.min(lengths.len())..].to_vec()).unwrap(),
        },
        7 => Operator::Pool {
            pooling: [Pooling::Largest, Pooling::Mean, Pooling::PaddedMean]
                [random.random_range(0..3)],
            window: any_window(random),
            is_rounded_up: random.random(),
        },
        8 => Operator::Reduce {
            reduction: [Reduction::Mean, Reduction::Sum, Reduction::Largest]
                [random.random_range(0..3)],
            axes: (0..axes).filter(|_| random.random()).collect(),
            keep: random.random(),
        },
        9 => Operator::Normalise {
            axes: random.random_range(1..=axes),
            epsilon: any_number(random).abs(),
        },
        10 => Operator::LocalResponse {
            size: random.random_range(1..=2 * lengths.first().copied().unwrap_or(1)),
            alpha: any_number(random).abs(),
            beta: [0.75, 0.5, any_number(random)][random.random_range(0..3)],
            bias: any_number(random).abs(),
        },
        11 => Operator::Softmax { axis },
        12 => Operator::Activation(any_activation(random)),
        13 => Operator::Scalar {
            arithmetic: any_arithmetic(random),
            number: any_number(random),
            is_first: random.random(),
        },
        14 => Operator::Combine(any_arithmetic(random)),
        15 => Operator::MatrixProduct,
        16 => Operator::Concatenate { axis },
        17 => {
            let mut order: Vec<usize> = (0..lengths.len()).collect();
            order.rotate_left(axis.min(lengths.len()));
            let last = order.len().saturating_sub(1);
            if random.random() && last > 0 {
                order.swap(last - 1, last);
            }
            match random.random_range(0..3) {
                0 => Operator::Flatten,
                1 => {
                    let mut lengths = lengths.to_vec();
                    if last > 0 {
                        lengths.swap(0, last);
                    }
                    let dimensions = Dimensions::new(lengths).unwrap();
                    Operator::Reshape { dimensions }
                }
                _ => Operator::Transpose { order },
            }
        }
        18 => {
            let start = random.random_range(0..length);
            let step = random.random_range(1..4);
            Operator::Slice {
                axis,
                start,
                count: (length - start).div_ceil(step),
                step,
            }
        }
        19 => Operator::Pad {
            padding: (0..random.random_range(1..=axes))
                .map(|_| [random.random_range(0..3), random.random_range(0..3)])
                .collect(),
        },
        20 => Operator::Resize {
            size: [random.random_range(1..15), random.random_range(1..15)],
        },
        _ => Operator::Select {
            axis,
            indices: (0..random.random_range(1..5))
                .map(|_| random.random_range(0..length))
                .collect(),
        },
    }
}
