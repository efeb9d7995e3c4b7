//! Models whose structure is a graph: all kinds of nodes, and of their numbers.

use nonvacuous::code::{
    Activation, Arithmetic, Codebook, CodedTensor, Dimensions, Graph, Model, Operator, Pooling,
    Reduction, Window,
};

use self::nodes::{window, ADD};
pub use self::nodes::{Nodes, RELU};
use super::{symbols, Noise};

#[allow(dead_code)]
#[path = "../nodes/mod.rs"]
mod nodes;

impl Nodes {
    fn flatten(&mut self, value: usize) -> usize {
        self.node(Operator::Flatten, &[value])
    }

    /// All of these values side by side, flattened: a graph may have no value that nothing reads.
    fn joined(&mut self, values: &[usize]) -> usize {
        let flat: Vec<usize> = values.iter().map(|&value| self.flatten(value)).collect();
        self.node(Operator::Concatenate { axis: 0 }, &flat)
    }
}

fn convolution(channels: usize, window: Window, groups: usize, bias: bool) -> Operator {
    Operator::Convolution {
        channels,
        window,
        groups,
        bias,
    }
}

fn dense(units: usize) -> Operator {
    let bias = true;
    Operator::Dense { units, bias }
}

fn affine(axis: usize, scale: bool, shift: bool) -> Operator {
    Operator::Affine { axis, scale, shift }
}

fn dimensions(lengths: &[usize]) -> Dimensions {
    Dimensions::new(lengths.to_vec()).unwrap()
}

fn reshape(lengths: &[usize]) -> Operator {
    let dimensions = dimensions(lengths);
    Operator::Reshape { dimensions }
}

fn constant(lengths: &[usize]) -> Operator {
    let dimensions = dimensions(lengths);
    Operator::Constant { dimensions }
}

fn transpose(order: &[usize]) -> Operator {
    let order = order.to_vec();
    Operator::Transpose { order }
}

fn slice(axis: usize, start: usize, count: usize, step: usize) -> Operator {
    Operator::Slice {
        axis,
        start,
        count,
        step,
    }
}

fn reduce(reduction: Reduction, axes: &[usize], keep: bool) -> Operator {
    let axes = axes.to_vec();
    Operator::Reduce {
        reduction,
        axes,
        keep,
    }
}

fn scalar(arithmetic: Arithmetic, number: f32, is_first: bool) -> Operator {
    Operator::Scalar {
        arithmetic,
        number,
        is_first,
    }
}

/// Numbers that take all bits of single precision.
fn raw(length: usize, noise: &mut Noise) -> CodedTensor {
    let mut number = || match noise.below(8) {
        0 => 0.0,
        1 => -0.0,
        2 => f32::from_bits(noise.below(1 << 23) as u32),
        _ => (noise.below(1 << 30) as f32 - 5e8) * 1.1e-8,
    };
    CodedTensor::raw((0..length).map(|_| number()).collect())
}

/// Tensors that are raw, that take the codebook of the one before, and that take a new one, as the
/// noise has it. Of long tensors some columns are never kept and others nearly always, as mixing
/// expects.
fn filled(graph: Graph, seed: u64) -> Model {
    let mut noise = Noise::new(seed);
    let values = [vec![-0.75, 0.5, 1.25], vec![-2.0, -1.0, 1.0, 2.0, 3.0]];
    let mut codebooks: Vec<Codebook> = Vec::new();
    let mut tensors = Vec::new();
    for shape in graph.tensors() {
        let length = shape.len();
        let way = noise.below(4);
        if way == 0 {
            tensors.push(raw(length, &mut noise));
            continue;
        }
        if way == 1 || codebooks.is_empty() {
            let values = values[codebooks.len() % values.len()].clone();
            codebooks.push(Codebook::exact(values).unwrap());
        }
        let last = codebooks.len() - 1;
        let mut coded = symbols(length, codebooks[last].len(), 700, &mut noise);
        for (place, symbol) in coded.iter_mut().enumerate() {
            if length > 500 && place / 3 % 4 == 0 {
                *symbol = 0;
            }
        }
        tensors.push(CodedTensor::new(last, coded));
    }
    Model::new(graph, codebooks, tensors).unwrap()
}

/// Blocks of a residual network, which are predicted from the primer and from one another.
fn residual() -> Graph {
    let mut nodes = Nodes::default();
    nodes.then(convolution(6, window(3, 1), 1, true));
    nodes.then(RELU);
    for (channels, stride) in [(6, 1), (6, 1), (12, 2), (12, 1), (12, 1), (24, 2), (24, 1)] {
        let before = nodes.last();
        nodes.then(convolution(channels, window(3, stride), 1, true));
        nodes.then(RELU);
        let wide = nodes.then(convolution(channels, window(3, 1), 1, true));
        let shortcut = match stride {
            1 => before,
            _ => nodes.node(convolution(channels, window(1, 2), 1, true), &[before]),
        };
        nodes.node(ADD, &[wide, shortcut]);
        nodes.then(RELU);
    }
    nodes.then(reduce(Reduction::Mean, &[1, 2], true));
    nodes.then(Operator::Flatten);
    nodes.then(dense(10));
    nodes.graph(3, 16, 16)
}

/// Layers that read all layers before them.
fn densely_connected() -> Graph {
    let mut nodes = Nodes::default();
    let mut read = vec![nodes.then(convolution(4, window(3, 1), 1, false))];
    for _ in 0..9 {
        if read.len() > 1 {
            nodes.node(Operator::Concatenate { axis: 0 }, &read);
        }
        nodes.then(affine(0, true, true));
        nodes.then(RELU);
        read.push(nodes.then(convolution(3, window(3, 1), 1, false)));
    }
    nodes.node(Operator::Concatenate { axis: 0 }, &read);
    nodes.then(Operator::Pool {
        pooling: Pooling::Mean,
        window: window(2, 2),
        is_rounded_up: true,
    });
    nodes.then(Operator::Flatten);
    nodes.then(dense(10));
    nodes.graph(1, 8, 8)
}

/// Two blocks of a transformer with two heads.
fn transformer() -> Graph {
    let normalise = || Operator::Normalise {
        axes: 1,
        epsilon: 1e-6,
    };
    let mut nodes = Nodes::default();
    let mut patches = window(4, 4);
    patches.padding = [[0; 2]; 2];
    nodes.then(convolution(12, patches, 1, true));
    nodes.then(reshape(&[12, 9]));
    let patches = nodes.then(transpose(&[1, 0]));
    let class = nodes.node(constant(&[1, 12]), &[]);
    let tokens = nodes.node(Operator::Concatenate { axis: 0 }, &[class, patches]);
    let places = nodes.node(constant(&[10, 12]), &[]);
    nodes.node(ADD, &[tokens, places]);
    for _ in 0..2 {
        let before = nodes.last();
        nodes.then(normalise());
        nodes.then(affine(1, true, true));
        let all = nodes.then(dense(36));
        let [values, queries, keys] = [2, 0, 1].map(|part| {
            nodes.node(slice(1, 12 * part, 12, 1), &[all]);
            nodes.then(reshape(&[10, 2, 6]));
            nodes.then(transpose(if part == 1 { &[1, 2, 0] } else { &[1, 0, 2] }));
            if part < 2 {
                nodes.then(scalar(Arithmetic::Multiply, 0.638_943_1, false));
            }
            nodes.last()
        });
        nodes.node(Operator::MatrixProduct, &[queries, keys]);
        let weights = nodes.then(Operator::Softmax { axis: 2 });
        nodes.node(Operator::MatrixProduct, &[weights, values]);
        nodes.then(transpose(&[1, 0, 2]));
        nodes.then(reshape(&[10, 12]));
        let attended = nodes.then(dense(12));
        let middle = nodes.node(ADD, &[attended, before]);
        nodes.then(normalise());
        nodes.then(affine(1, true, true));
        nodes.then(dense(48));
        nodes.then(Operator::Activation(Activation::Gelu));
        let wide = nodes.then(dense(12));
        nodes.node(ADD, &[middle, wide]);
    }
    nodes.then(slice(0, 0, 1, 1));
    nodes.then(Operator::Flatten);
    nodes.then(dense(10));
    nodes.graph(1, 12, 12)
}

/// Convolutions and pools with every number that a window may have, in short and in full.
fn windows() -> Graph {
    let mut nodes = Nodes::default();
    let mut ends = Vec::new();
    let any = |size, stride, padding, dilation| Window {
        size,
        stride,
        padding,
        dilation,
    };
    let none = [[0; 2]; 2];
    let all = [
        any([1, 2], [3, 1], [[0, 1], [1, 0]], [1, 1]),
        any([3, 5], [3, 5], [[1, 2], [3, 4]], [1, 2]),
        any([7, 4], [4, 2], [[5, 5], [0, 6]], [2, 3]),
        any([6, 6], [6, 6], none, [1, 1]),
        any([2, 2], [2, 2], none, [3, 1]),
        any([3, 3], [1, 1], [[1, 1], [1, 1]], [1, 1]),
        any([8, 1], [2, 2], [[2, 1], [0, 0]], [1, 1]),
    ];
    let widths = [12, 24, 36, 48, 72, 6, 4, 3, 2, 7, 12, 1, 40];
    let groups = [1, 12, 3, 4];
    for (place, &channels) in widths.iter().enumerate() {
        let groups = *groups
            .iter()
            .cycle()
            .skip(place)
            .find(|&groups| channels % groups == 0)
            .unwrap();
        let operator = convolution(channels, all[place % all.len()], groups, place % 3 > 0);
        ends.push(nodes.node(operator, &[0]));
    }
    for (place, &window) in all.iter().enumerate() {
        // No window may have nothing but padding.
        let half = |side: usize, padding: usize| padding.min(side / 2);
        let padding = [0, 1].map(|axis| window.padding[axis].map(|p| half(window.size[axis], p)));
        let pooling = [Pooling::Largest, Pooling::Mean, Pooling::PaddedMean][place % 3];
        let is_rounded_up = place % 2 == 1;
        ends.push(nodes.node(
            Operator::Pool {
                pooling,
                window: Window { padding, ..window },
                is_rounded_up,
            },
            &[0],
        ));
    }
    nodes.joined(&ends);
    nodes.graph(12, 20, 17)
}

/// Functions without weights, with every number that they may have.
fn functions() -> Graph {
    let mut nodes = Nodes::default();
    let mut ends = Vec::new();
    for activation in [
        Activation::Relu,
        Activation::Clip {
            low: 0.0,
            high: 6.0,
        },
        Activation::Clip {
            low: -0.0,
            high: 1e-40,
        },
        Activation::LeakyRelu { slope: 0.01 },
        Activation::LeakyRelu { slope: 0.3 },
        Activation::Elu { alpha: 1.0 },
        Activation::Sigmoid,
        Activation::HardSigmoid {
            slope: 1.0 / 6.0,
            offset: 0.5,
        },
        Activation::HardSwish,
        Activation::Tanh,
        Activation::Gelu,
        Activation::Exponential,
        Activation::Logarithm,
        Activation::ErrorFunction,
        Activation::SquareRoot,
        Activation::Magnitude,
    ] {
        nodes.then(Operator::Activation(activation));
    }
    // The numbers that have a symbol of their own.
    for number in [
        0.0,
        1.0,
        2.0,
        0.5,
        3.0,
        6.0,
        1e-5,
        1e-6,
        1e-12,
        -1.0,
        0.2,
        0.01,
        1.0 / 6.0,
        std::f32::consts::SQRT_2,
        std::f32::consts::FRAC_1_SQRT_2,
        0.125,
        0.176_776_69,
    ] {
        nodes.then(scalar(Arithmetic::Add, number, false));
    }
    for arithmetic in [
        Arithmetic::Add,
        Arithmetic::Subtract,
        Arithmetic::Multiply,
        Arithmetic::Divide,
        Arithmetic::Larger,
        Arithmetic::Smaller,
        Arithmetic::Power,
    ] {
        let number = [2.0, 3.3, 1e30][nodes.last() % 3];
        let is_first = nodes.last() % 4 < 2;
        let changed = nodes.then(scalar(arithmetic, number, is_first));
        nodes.node(Operator::Combine(arithmetic), &[changed, changed / 3]);
    }
    let wide = nodes.last();
    let reductions = [Reduction::Mean, Reduction::Sum, Reduction::Largest];
    let some: [&[usize]; 7] = [&[1, 2], &[0], &[1], &[2], &[0, 1], &[0, 2], &[0, 1, 2]];
    for (place, axes) in some.into_iter().enumerate() {
        let operator = reduce(reductions[place % 3], axes, place % 2 == 0);
        ends.push(nodes.node(operator, &[wide]));
    }
    for (axis, epsilon) in [1e-5, 1e-6, 0.1].into_iter().enumerate() {
        let axes = axis + 1;
        ends.push(nodes.node(Operator::Normalise { axes, epsilon }, &[wide]));
        ends.push(nodes.node(Operator::Softmax { axis }, &[wide]));
    }
    for size in [5, 3, 8] {
        let (alpha, beta, bias) = (1e-4, 0.75, size as f32 - 3.0);
        let operator = Operator::LocalResponse {
            size,
            alpha,
            beta,
            bias,
        };
        ends.push(nodes.node(operator, &[wide]));
    }
    nodes.joined(&ends);
    nodes.graph(4, 6, 5)
}

/// Nodes that put numbers elsewhere, and those that repeat them along axes.
fn rearrangements() -> Graph {
    let mut nodes = Nodes::default();
    let mut ends = Vec::new();
    for (axis, start, count, step) in [
        (0, 0, 4, 1),
        (0, 4, 4, 1),
        (0, 8, 4, 1),
        (0, 6, 6, 1),
        (0, 3, 3, 1),
        (0, 9, 3, 1),
        (1, 0, 3, 2),
        (1, 1, 3, 2),
        (2, 1, 3, 3),
        (2, 0, 8, 1),
        (2, 7, 1, 1),
        (1, 0, 2, 5),
    ] {
        ends.push(nodes.node(slice(axis, start, count, step), &[0]));
    }
    let orders = [[0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
    for order in orders {
        ends.push(nodes.node(transpose(&order), &[0]));
    }
    let paddings: [&[[usize; 2]]; 6] = [
        &[[1, 1], [1, 1]],
        &[[0, 1]],
        &[[2, 2], [0, 0], [7, 30]],
        &[[0, 0], [5, 0]],
        &[[1, 1], [1, 1]],
        &[[40, 40], [40, 40]],
    ];
    for padding in paddings {
        let padding = padding.to_vec();
        ends.push(nodes.node(Operator::Pad { padding }, &[0]));
    }
    let mut noise = Noise::new(23);
    for (axis, count, end) in [(0, 2, 2), (1, 1, 6), (2, 300, 8), (0, 12, 12), (1, 9, 6)] {
        let indices = (0..count).map(|_| noise.below(end) as usize).collect();
        ends.push(nodes.node(Operator::Select { axis, indices }, &[0]));
    }
    for size in [[6, 8], [6, 3], [9, 8], [13, 13], [2, 1], [60, 40]] {
        ends.push(nodes.node(Operator::Resize { size }, &[0]));
    }
    // Channels of two groups, shuffled, and back; up to eight axes.
    let shapes: [&[usize]; 9] = [
        &[2, 6, 6, 8],
        &[12, 48],
        &[12, 6, 2, 4],
        &[576],
        &[2, 6, 2, 3, 2, 2, 2],
        &[2, 2, 3, 2, 3, 2, 2, 2],
        &[4, 3, 6, 2, 4],
        &[2, 6, 2, 3, 2, 4],
        &[12, 6, 8],
    ];
    let mut last = 0;
    for lengths in shapes {
        let axes = lengths.len();
        let order: Vec<usize> = (0..axes).map(|axis| (axis + 1) % axes).collect();
        nodes.node(reshape(lengths), &[last]);
        last = nodes.then(transpose(&order));
        ends.push(nodes.node(Operator::Softmax { axis: axes - 1 }, &[last]));
        ends.push(nodes.node(affine(axes / 2, axes % 2 > 0, axes != 7), &[last]));
        ends.push(nodes.node(slice(axes / 3, 0, 1, 1), &[last]));
        let axes: Vec<usize> = (0..axes).filter(|axis| axis % 3 == 0).collect();
        ends.push(nodes.node(reduce(Reduction::Sum, &axes, false), &[last]));
    }
    // Constants of no, one, two and four axes, and what they are added to.
    for lengths in [
        &[][..],
        &[8],
        &[6, 1],
        &[12, 6, 8],
        &[2, 12, 1, 8],
        &[3, 12, 6, 8],
    ] {
        let numbers = nodes.node(constant(lengths), &[]);
        ends.push(nodes.node(ADD, &[0, numbers]));
        let scaled = nodes.node(affine(lengths.len() / 2, false, true), &[nodes.last()]);
        ends.push(nodes.node(Operator::Concatenate { axis: 0 }, &[scaled, scaled]));
    }
    let batches = nodes.node(constant(&[5, 1, 8, 7]), &[]);
    ends.push(nodes.node(Operator::MatrixProduct, &[0, batches]));
    nodes.joined(&ends);
    nodes.graph(12, 6, 8)
}

/// A dense node that reads a map, flattened at once or later, one that reads each row, and one that
/// reads the map of another flattening.
fn flattened() -> Graph {
    let mut nodes = Nodes::default();
    let map = nodes.then(convolution(3, window(3, 1), 1, true));
    let flat = nodes.flatten(map);
    let first = nodes.then(dense(16));
    let rows = nodes.node(dense(7), &[map]);
    let rows_flat = nodes.flatten(rows);
    let second = nodes.then(dense(16));
    let again = nodes.node(dense(16), &[flat]);
    let table = nodes.node(reshape(&[3, 144]), &[map]);
    let third = nodes.then(dense(16));
    let of_table = nodes.flatten(table);
    let fourth = nodes.then(dense(16));
    nodes.joined(&[first, second, again, rows_flat, third, of_table, fourth]);
    nodes.graph(2, 12, 12)
}

/// Graphs of every kind, each with a name.
pub fn graphs() -> Vec<(&'static str, Model)> {
    vec![
        ("residual graph", filled(residual(), 2)),
        ("densely connected graph", filled(densely_connected(), 3)),
        ("transformer", filled(transformer(), 4)),
        ("windows", filled(windows(), 5)),
        ("functions", filled(functions(), 6)),
        ("rearrangements", filled(rearrangements(), 7)),
        ("flattened maps", filled(flattened(), 8)),
        ("flattened maps again", filled(flattened(), 13)),
    ]
}
