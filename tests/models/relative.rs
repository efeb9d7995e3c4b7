//! A small base, and models relative to it: every relation, with and without a front and a head.

use std::sync::Arc;

use nonvacuous::code::{
    Base, Change, Codebook, CodedTensor, Model, Node, Operator, Spliced, Subspace,
};
use nonvacuous::shape::ImageSize;

use super::{symbols, Noise};

const INPUT: ImageSize = ImageSize {
    channels: 1,
    height: 8,
    width: 6,
};

fn node(operator: Operator, value: usize) -> Node {
    Node {
        operator,
        inputs: vec![value],
    }
}

fn dense(units: usize) -> Operator {
    Operator::Dense { units, bias: true }
}

/// A convolution, scales and shifts, and two dense layers: eight tensors.
pub fn base() -> Model {
    let mut nodes = super::graphs::Nodes::default();
    nodes.convolution(0, 4, 3, 2);
    nodes.then(Operator::Affine {
        axis: 0,
        scale: true,
        shift: true,
    });
    nodes.then(super::graphs::RELU);
    nodes.then(Operator::Flatten);
    nodes.then(dense(5));
    nodes.then(dense(3));
    let graph = nodes.graph(INPUT.channels, INPUT.height, INPUT.width);
    let codebook = Codebook::exact(vec![-0.5, 0.3, 1.0]).unwrap();
    let mut noise = Noise::new(21);
    let shapes = graph.tensors();
    let tensors = shapes.iter().enumerate().map(|(place, shape)| match place {
        1 => CodedTensor::raw(vec![0.1, -0.2, 0.7, -0.0]),
        _ => CodedTensor::new(0, symbols(shape.len(), 3, 600, &mut noise)),
    });
    let tensors = tensors.collect();
    Model::new(graph, vec![codebook], tensors).unwrap()
}

/// Each with a name, which is that of its file in the corpus of `fuzz/`.
pub fn relatives(base: &Base) -> Vec<(&'static str, Model)> {
    let all = base.graph().nodes().len();
    let turned = ImageSize {
        height: INPUT.width,
        width: INPUT.height,
        ..INPUT
    };
    let order = vec![0, 2, 1];
    let turn = vec![node(Operator::Transpose { order }, 0)];
    let headed = base.spliced(INPUT, vec![], all - 1, vec![node(dense(2), all - 1)]);
    let fronted = base.spliced(turned, turn.clone(), all, vec![]);
    let whole = base.spliced(INPUT, vec![], all, vec![]);
    let head = vec![node(Operator::Flatten, 2), node(dense(4), 3)];
    let cut = base.spliced(turned, turn, 1, head);
    vec![
        ("head.nvc", model(base, headed.unwrap(), |_| 0)),
        (
            "front.nvc",
            model(base, fronted.unwrap(), |place| (place + 2) % 4),
        ),
        ("cut.nvc", model(base, cut.unwrap(), |_| 4)),
        ("product.nvc", model(base, whole.unwrap(), |_| 5)),
    ]
}

/// A tensor in the place of one of the base's relates to it by a number: 0 as it is, 1 scaled,
/// 2 added, 3 added in a subspace, 4 new, 5 with a product added.
fn model(base: &Base, spliced: Spliced, relation: impl Fn(usize) -> usize) -> Model {
    let codebook = Codebook::exact(vec![-0.25, 0.5]).unwrap();
    let mut noise = Noise::new(22);
    let of_base = spliced.base_tensors();
    let mut tensors = Vec::new();
    for (place, shape) in spliced.graph().tensors().iter().enumerate() {
        let mut coded = |count| CodedTensor::new(0, symbols(count, 2, 500, &mut noise));
        let weights = || Arc::clone(&base.weights()[place - of_base.start]);
        let relation = of_base.contains(&place).then(|| relation(place));
        tensors.push(match relation {
            Some(0) => CodedTensor::unchanged(weights()),
            Some(1) => coded(shape.dimensions[0]).changing(weights(), Change::RowsScaled),
            Some(2) => {
                // The first column of what is eight columns wide at first, four after the stride.
                let symbol = |weight| u8::from(weight % 4 == 0);
                let first = CodedTensor::new(0, (0..shape.len()).map(symbol).collect());
                first.changing(weights(), Change::Added)
            }
            Some(3) => {
                let subspace = Subspace::new(7, 2).unwrap();
                let coordinates = symbols(3, 2, 900, &mut noise);
                let added = CodedTensor::in_subspace(0, coordinates, subspace);
                added.changing(weights(), Change::Added)
            }
            Some(5) => {
                let numbers = shape.dimensions[0] + shape.len() / shape.dimensions[0];
                coded(numbers).changing(weights(), Change::ProductAdded { rank: 1 })
            }
            _ => coded(shape.len()),
        });
    }
    let is_coded = tensors.iter().any(|tensor| tensor.codebook().is_some());
    let codebooks = is_coded.then_some(codebook).into_iter().collect();
    Model::relative(spliced, codebooks, tensors).unwrap()
}
