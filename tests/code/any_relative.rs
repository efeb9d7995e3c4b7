//! Models relative to a base, drawn at random.

use std::collections::BTreeSet;
use std::sync::Arc;

use nonvacuous::code::{
    Activation, Arithmetic, Base, Change, Codebook, CodedTensor, Model, Node, Operator, Spliced,
    Subspace, TensorShape, Window,
};
use nonvacuous::random::stream;
use nonvacuous::shape::ImageSize;
use proptest::prelude::*;
use rand::{Rng, RngExt};

use crate::any_graph::any_graph_model;

/// A model, and the file of its base.
pub fn any_relative_model() -> impl Strategy<Value = (Model, Vec<u8>)> {
    (any_graph_model(), any::<u64>()).prop_map(|(base, seed)| {
        let file = base.encode().unwrap();
        let base = Base::decode(&file).unwrap();
        let mut random = stream(seed, "code", 0, "relative");
        let spliced = any_spliced(&mut random, &base);
        (any_model(&mut random, &base, spliced), file)
    })
}

/// The base's first nodes, with a front if that fits, and a head.
fn any_spliced(random: &mut impl Rng, base: &Base) -> Spliced {
    let graph = base.graph();
    let kept = random.random_range(1..=graph.nodes().len());
    let (input, front) = any_front(random, graph.input());
    let kept_nodes = &graph.nodes()[..kept];
    let bare = base.spliced(input, front.clone(), kept, vec![]);
    if let (Ok(bare), true) = (bare, random.random()) {
        return bare;
    }
    let head = any_head(random, &front, kept_nodes);
    let headed = base.spliced(input, front, kept, head);
    headed.unwrap_or_else(|_| {
        let head = any_head(random, &[], kept_nodes);
        base.spliced(graph.input(), vec![], kept, head).unwrap()
    })
}

fn node(operator: Operator, value: usize) -> Node {
    Node {
        operator,
        inputs: vec![value],
    }
}

fn transpose() -> Operator {
    Operator::Transpose {
        order: vec![0, 2, 1],
    }
}

fn twice() -> Operator {
    Operator::Scalar {
        arithmetic: Arithmetic::Multiply,
        number: 2.0,
        is_first: false,
    }
}

/// A square convolution that keeps the size.
fn convolution(channels: usize, padding: usize, bias: bool) -> Operator {
    let window = Window {
        size: [2 * padding + 1; 2],
        stride: [1; 2],
        dilation: [1; 2],
        padding: [[padding; 2]; 2],
    };
    Operator::Convolution {
        channels,
        window,
        groups: 1,
        bias,
    }
}

/// Nodes that make a base's input of an image, and the size of that; the base may not fit it.
fn any_front(random: &mut impl Rng, base: ImageSize) -> (ImageSize, Vec<Node>) {
    let ImageSize {
        channels,
        height,
        width,
    } = base;
    let size = |channels, height, width| ImageSize {
        channels,
        height,
        width,
    };
    match random.random_range(0..10) {
        0 => (base, vec![]),
        1 => (base, vec![node(twice(), 0)]),
        2 => (size(channels, width, height), vec![node(transpose(), 0)]),
        3 => {
            let affine = Operator::Affine {
                axis: 0,
                scale: true,
                shift: random.random(),
            };
            (base, vec![node(affine, 0), node(twice(), 1)])
        }
        4 => (size(channels, height + 1, width), vec![]),
        5 => {
            let before = size(random.random_range(1..4), height, width);
            (
                before,
                vec![node(convolution(channels, 0, random.random()), 0)],
            )
        }
        6 => {
            let resize = Operator::Resize {
                size: [width, height],
            };
            let before = size(channels, height + 2, 1);
            (before, vec![node(resize, 0), node(transpose(), 1)])
        }
        7 => (size(channels, height, 2 * width), vec![node(twice(), 0)]),
        _ => {
            // So much of the same that it is predicted.
            let relu = || Operator::Activation(Activation::Relu);
            let blocks = 0..random.random_range(1..9usize);
            let block = |block| {
                let convolved = node(convolution(channels, 1, true), 2 * block);
                [convolved, node(relu(), 2 * block + 1)]
            };
            (base, blocks.flat_map(block).collect())
        }
    }
}

/// Nodes that read what nothing has read so far, and some values again, and make a few logits.
fn any_head(random: &mut impl Rng, front: &[Node], kept: &[Node]) -> Vec<Node> {
    let before = front.len() + kept.len();
    let of_front = front.iter().flat_map(|node| node.inputs.iter().copied());
    let of_base = kept.iter().flat_map(|node| &node.inputs);
    let of_base = of_base.map(|value| value + front.len());
    let read: BTreeSet<usize> = of_front.chain(of_base).collect();
    let mut values: Vec<usize> = (1..=before).filter(|value| !read.contains(value)).collect();
    values.push(random.random_range(0..=before));
    let mut head = vec![];
    for value in values {
        head.push(node(Operator::Flatten, value));
    }
    let inputs = (1..=head.len()).map(|place| before + place).collect();
    let operator = Operator::Concatenate { axis: 0 };
    head.push(Node { operator, inputs });
    // There may be few numbers.
    let slice = Operator::Slice {
        axis: 0,
        start: 0,
        count: 2,
        step: 1,
    };
    head.push(node(slice, before + head.len()));
    head.push(node(twice(), before + head.len()));
    let dense = Operator::Dense {
        units: random.random_range(2..7),
        bias: random.random(),
    };
    head.push(node(dense, before + head.len()));
    head
}

/// A tensor relates to the base's in any way.
fn any_model(random: &mut impl Rng, base: &Base, spliced: Spliced) -> Model {
    let of_base = spliced.base_tensors();
    let mut codebooks = Vec::new();
    let mut tensors = Vec::new();
    for (place, shape) in spliced.graph().tensors().iter().enumerate() {
        let is_of_base = of_base.contains(&place);
        let weights = is_of_base.then(|| Arc::clone(&base.weights()[place - of_base.start]));
        tensors.push(any_tensor(random, &mut codebooks, shape, weights));
    }
    Model::relative(spliced, codebooks, tensors).unwrap()
}

fn any_tensor(
    random: &mut impl Rng,
    codebooks: &mut Vec<Codebook>,
    shape: &TensorShape,
    base: Option<Arc<[f32]>>,
) -> CodedTensor {
    let rows = shape.dimensions.first().copied().unwrap_or(1);
    let columns = shape.len() / rows;
    match (random.random_range(0..9), base) {
        (0..2, Some(base)) => CodedTensor::unchanged(base),
        (2, Some(base)) => coded(random, codebooks, shape.len()).changing(base, Change::Added),
        (3, Some(base)) => in_subspace(random, codebooks, shape).changing(base, Change::Added),
        (4..6, Some(base)) => coded(random, codebooks, rows).changing(base, Change::RowsScaled),
        (8, Some(base)) => {
            let rank = random.random_range(1..=rows.min(columns).min(3));
            let product = coded(random, codebooks, rank * (rows + columns));
            product.changing(base, Change::ProductAdded { rank: rank as u8 })
        }
        (0..3, _) => in_subspace(random, codebooks, shape),
        (6, _) => {
            let weight = || random.random_range(-1.0..1.0);
            CodedTensor::raw(std::iter::repeat_with(weight).take(shape.len()).collect())
        }
        _ => coded(random, codebooks, shape.len()),
    }
}

/// Symbols of a new codebook or of the one before.
fn coded(random: &mut impl Rng, codebooks: &mut Vec<Codebook>, count: usize) -> CodedTensor {
    if codebooks.is_empty() || random.random_range(0..3) == 0 {
        codebooks.push(match random.random_range(0..5) {
            0 => Codebook::EMPTY,
            1 => Codebook::exact(vec![0.1]).unwrap(),
            2 => Codebook::exact(vec![-1.0, 0.01, 1.25]).unwrap(),
            3 => Codebook::exact(vec![-0.333, 1e-6, 0.007, 0.5, 3e38]).unwrap(),
            _ => Codebook::exact(vec![-0.25, 0.25]).unwrap(),
        });
    }
    let codewords = codebooks.last().unwrap().len() as u8;
    let zeros = [0.0, 0.5, 0.95][random.random_range(0..3)];
    let symbol = || match random.random::<f64>() < zeros {
        true => 0,
        false => random.random_range(0..=codewords),
    };
    let symbols = std::iter::repeat_with(symbol).take(count).collect();
    CodedTensor::new(codebooks.len() - 1, symbols)
}

/// The same in a subspace, unless all symbols are certain.
fn in_subspace(
    random: &mut impl Rng,
    codebooks: &mut Vec<Codebook>,
    shape: &TensorShape,
) -> CodedTensor {
    let rows = shape.dimensions.first().copied().unwrap_or(1);
    let [few_rows, few_columns] = [rows, shape.len() / rows].map(|count| count.min(3));
    let has_rows = !shape.dimensions.is_empty();
    let (subspace, count) = if has_rows && random.random() {
        let kronecker = Subspace::kronecker(random.random_range(0..1 << 32), few_rows as u32);
        (kronecker, few_rows * few_columns)
    } else {
        let sparse = Subspace::new(random.random_range(0..1 << 32), random.random_range(1..4));
        (sparse, shape.len().div_ceil(2))
    };
    let direct = coded(random, codebooks, shape.len());
    if codebooks.last().unwrap().is_empty() {
        return direct;
    }
    let coordinates = direct.symbols()[..count].to_vec();
    CodedTensor::in_subspace(codebooks.len() - 1, coordinates, subspace.unwrap())
}
