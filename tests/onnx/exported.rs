//! What is written as ONNX is the same network when it is read back.

use nonvacuous::code::{Architecture, Arithmetic, Graph, Node, Operator, Structure};
use nonvacuous::data::LabelledImages;
use nonvacuous::evaluate::Evaluator;
use nonvacuous::network::{ExportError, OnnxFile, OnnxNetwork, OnnxOptions, TrainedNetwork};
use nonvacuous::random::stream;
use nonvacuous::shape::ImageSize;
use proptest::prelude::*;
use rand::RngExt;

use crate::any_graph::any_graph;
use crate::any_model::any_model;

/// The file of a network.
fn written(structure: &Structure, weights: &[Vec<f32>]) -> Result<Vec<u8>, ExportError> {
    let tensors = structure.tensors().into_iter();
    let names: Vec<String> = tensors
        .map(|tensor| format!("own {}", tensor.name))
        .collect();
    let file = OnnxFile::new(structure, &names)?;
    let mut bytes = Vec::new();
    let numbers = |tensor: usize| weights[tensor].iter().copied();
    file.write(&mut bytes, numbers).unwrap();
    Ok(bytes)
}

fn images(structure: &Structure, seed: u64) -> LabelledImages {
    const COUNT: usize = 3;
    let mut random = stream(seed, "export", 0, "images");
    let features = COUNT * structure.input().features();
    let levels = (0..features).map(|_| random.random()).collect();
    LabelledImages::new(
        structure.input(),
        256,
        structure.classes(),
        levels,
        vec![0; COUNT],
    )
    .unwrap()
}

/// Whether a node computes with constants alone, which the importer does at once, and in another
/// way: no graph that was imported has any.
fn computes_without_the_image(graph: &Graph) -> bool {
    let mut depends = vec![true];
    let mut does = false;
    for node in graph.nodes() {
        let reads_it = node.inputs.iter().any(|&value| depends[value]);
        does |=
            !reads_it && !matches!(node.operator, Operator::Constant { .. } | Operator::Flatten);
        depends.push(reads_it);
    }
    does
}

/// The logits of a network, and of what its ONNX file is read as; nothing, where the file would
/// compute with constants alone what the importer computes of images only.
fn both(structure: &Structure, weights: &[Vec<f32>], seed: u64) -> Option<[Vec<Vec<f32>>; 2]> {
    let file = match written(structure, weights) {
        Err(ExportError::Inexpressible { .. }) => return None,
        written => written.unwrap(),
    };
    let read = match OnnxNetwork::decode(&file, &OnnxOptions::default()) {
        Ok(read) => read,
        Err(error) => {
            let error = nonvacuous::causes::with_causes(&error);
            let is_known = ["depend on the image", "a divisor is 0"];
            let is_known = is_known.iter().any(|known| error.contains(known));
            assert!(is_known, "{seed}: {error}\n{structure}");
            return None;
        }
    };
    let images = images(structure, seed);
    let own = TrainedNetwork::new(structure.clone(), weights.to_vec()).unwrap();
    let after = Evaluator::of_graph(&read.graph, read.weights.clone());
    Some([
        own.evaluator().logits(&images).unwrap(),
        after.logits(&images).unwrap(),
    ])
}

/// The logits, if every weight were the next number above or below it.
fn nudged(structure: &Structure, weights: &[Vec<f32>], seed: u64) -> Vec<Vec<f32>> {
    let mut random = stream(seed, "export", 0, "nudges");
    let mut nudge = |&weight: &f32| match random.random() {
        true => weight.next_up(),
        false => weight.next_down(),
    };
    let tensors = weights.iter();
    let weights = tensors
        .map(|tensor| tensor.iter().map(&mut nudge).collect())
        .collect();
    let network = TrainedNetwork::new(structure.clone(), weights).unwrap();
    let images = images(structure, seed);
    network.evaluator().logits(&images).unwrap()
}

/// How far two numbers are apart, as a fraction of the larger, or of what they may be left of where
/// numbers of the size of pixels and weights cancel; nothing, if neither is one, and the most that
/// two can be apart, if only one is.
fn relative_difference(one: f32, other: f32) -> f32 {
    // The largest of numbers that are none is -inf; of an axis of length 1 it is left out when it
    // is read, and what is no number stays none.
    let is_none = |number: f32| number.is_nan() || number == f32::NEG_INFINITY;
    if one == other || (is_none(one) && is_none(other)) {
        return 0.0;
    }
    const LEFT: f32 = 1e-2;
    let difference = (one - other).abs() / one.abs().max(other.abs()).max(LEFT);
    const MOST: f32 = 2.0;
    difference.min(MOST)
}

fn largest_difference([one, other]: &[Vec<Vec<f32>>; 2]) -> f32 {
    let pairs = one.iter().flatten().zip(other.iter().flatten());
    pairs
        .map(|(&one, &other)| relative_difference(one, other))
        .fold(0.0, f32::max)
}

/// A random graph with finite weights.
fn any_network(seed: u64) -> (Graph, Vec<Vec<f32>>) {
    let mut random = stream(seed, "export", 0, "graph");
    let nodes = random.random_range(2..25);
    let (graph, mut weights) = any_graph(&mut random, nodes);
    for weight in weights
        .iter_mut()
        .flatten()
        .filter(|weight| !weight.is_finite())
    {
        *weight = 0.5;
    }
    (graph, weights)
}

/// The graph with products for quotients by computed numbers and for powers, which are infinite at
/// 0: with either sign, as zeros have one that numbers that are equal need not share.
fn without_poles(graph: &Graph) -> Graph {
    let operator = |operator: &Operator| match *operator {
        Operator::Combine(Arithmetic::Divide | Arithmetic::Power) => {
            Operator::Combine(Arithmetic::Multiply)
        }
        Operator::Scalar {
            arithmetic,
            number,
            is_first,
        } if arithmetic == Arithmetic::Power || (arithmetic == Arithmetic::Divide && is_first) => {
            Operator::Scalar {
                arithmetic: Arithmetic::Multiply,
                number,
                is_first,
            }
        }
        _ => operator.clone(),
    };
    let nodes = graph.nodes().iter().map(|node| Node {
        operator: operator(&node.operator),
        inputs: node.inputs.clone(),
    });
    Graph::new(graph.input(), nodes.collect()).unwrap()
}

/// A shift after a convolution without a bias becomes its bias, which is then added first instead
/// of last, and a quotient by constants becomes a product: that, and no more, may differ in the
/// last bits, and what follows in some more: no more than this, or than a thousand times what the
/// last bits of all weights do, where numbers cancel.
const MOVED: f32 = 1e-4;
const TIMES: f32 = 1e3;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(150))]

    #[test]
    fn graphs_of_any_operators_are_read_back(seed: u64) {
        let (graph, weights) = any_network(seed);
        if !computes_without_the_image(&graph) {
            let structure = Structure::from(without_poles(&graph));
            if let Some(logits) = both(&structure, &weights, seed) {
                let difference = largest_difference(&logits);
                let [own, _] = logits;
                let nudged = nudged(&structure, &weights, seed);
                let allowed = MOVED.max(TIMES * largest_difference(&[own, nudged]));
                prop_assert!(difference <= allowed, "{}: {}\n{}", seed, difference, structure);
            }
        }
    }

    #[test]
    fn chains_of_any_layers_have_the_same_bits_when_they_are_read_back(model in any_model()) {
        let structure = model.structure();
        let weights: Vec<Vec<f32>> = model.weights();
        if let Some([one, other]) = both(structure, &weights, 0) {
            prop_assert_eq!(one, other);
        } else {
            prop_assert!(structure.to_string().contains("upright"));
        }
    }
}

#[test]
fn most_random_graphs_are_read_back_with_the_same_bits() {
    let mut counts = [0; 3];
    for seed in 0..400 {
        let (graph, weights) = any_network(seed);
        let logits = match computes_without_the_image(&graph) {
            true => None,
            false => both(&graph.into(), &weights, seed),
        };
        let difference = logits.map(|logits| largest_difference(&logits));
        counts[difference.map_or(2, |difference| usize::from(difference > 0.0))] += 1;
    }
    let [same, moved, refused] = counts;
    println!("{same} same, {moved} with other last bits, {refused} not written or read");
    assert!(same > 20 * moved && same > 150, "{counts:?}");
}

#[test]
fn a_deskewed_image_is_none_of_onnx() {
    let input = ImageSize {
        channels: 1,
        height: 8,
        width: 8,
    };
    let structure = Structure::from(Architecture::parse("upright dense:2", input).unwrap());
    let refused = OnnxFile::new(&structure, &[]).unwrap_err();
    assert!(
        refused.to_string().contains("the layer upright"),
        "{refused}"
    );
}
