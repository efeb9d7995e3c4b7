//! The evaluator computes graphs as `docs/function.md` says, to the last bit.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;

use any_graph::any_graph;
use nonvacuous::code::Graph;
use nonvacuous::evaluate::{Batch, Evaluator, Example};
use nonvacuous::random::stream;
use proptest::prelude::*;
use rand::{Rng, RngExt};

mod accuracy;
#[path = "../any_graph/mod.rs"]
mod any_graph;
mod chains;
#[path = "../../src/evaluate/elementary/mod.rs"]
mod elementary;
mod reference;
#[cfg(feature = "train")]
mod training;

fn images(random: &mut impl Rng, graph: &Graph, count: usize) -> Vec<Vec<u8>> {
    let features = graph.input().features();
    let mut image = || (0..features).map(|_| random.random()).collect();
    (0..count).map(|_| image()).collect()
}

fn logits(
    evaluator: &Evaluator,
    graph: &Graph,
    images: &[Vec<u8>],
    layers: usize,
) -> Vec<Vec<f32>> {
    let examples = images.iter().map(|image| Example::new(&image[..], 0));
    let batch = Batch::new(graph.input(), 256, graph.classes(), examples.collect());
    let features = evaluator.features_of(&batch, 0).unwrap();
    evaluator.logits_from(&evaluator.advance(features, layers))
}

/// The sign and the digits of what is not a number are left open.
fn bits(logits: &[f32]) -> Vec<u32> {
    let bits = |logit: &f32| {
        if logit.is_nan() {
            u32::MAX
        } else {
            logit.to_bits()
        }
    };
    logits.iter().map(bits).collect()
}

fn check(seed: u64, count: usize) {
    let mut random = stream(seed, "graphs", 0, "graph");
    let nodes = random.random_range(2..25);
    let (graph, weights) = any_graph(&mut random, nodes);
    let images = images(&mut random, &graph, count);
    let evaluator = Evaluator::of_graph(&graph, weights.clone());
    let layers = random.random_range(0..graph.nodes().len());
    let computed = logits(&evaluator, &graph, &images, layers);
    assert_eq!(computed.len(), count);
    for (image, computed) in images.iter().zip(computed) {
        let image = image.iter().map(|&level| f32::from(level) / 255.0);
        let expected = reference::logits(&graph, &weights, image.collect());
        if bits(&expected) != bits(&computed) {
            let pairs = expected.iter().zip(&computed).enumerate();
            let mut pairs = pairs.filter(|(_, (one, other))| bits(&[**one]) != bits(&[**other]));
            panic!("{seed}: {:?}\n{graph}", pairs.next());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn graphs_of_any_operators_have_the_logits_of_plain_loops(
        seed: u64, count in prop::sample::select(vec![1usize, 2, 15, 16, 17])
    ) {
        check(seed, count);
    }
}

#[test]
#[ignore = "minutes: 20,000 graphs"]
fn twenty_thousand_graphs_of_any_operators_have_the_logits_of_plain_loops() {
    (0..20_000).for_each(|seed| check(seed, 1 + seed as usize % 3));
}

#[test]
fn the_random_graphs_hold_every_operator() {
    let mut words = BTreeSet::new();
    for seed in 0..400 {
        let (graph, _) = any_graph(&mut stream(seed, "graphs", 0, "graph"), 15);
        for node in graph.nodes() {
            let text = node.operator.to_string();
            words.insert(text.split(' ').next().unwrap().to_string());
        }
    }
    for word in [
        "conv",
        "dense",
        "affine",
        "constant",
        "max-pool",
        "mean-pool",
        "padded-mean-pool",
        "mean",
        "sum",
        "largest",
        "normalise",
        "local-response",
        "softmax",
        "relu",
        "clip",
        "leaky-relu",
        "elu",
        "sigmoid",
        "hard-sigmoid",
        "hard-swish",
        "tanh",
        "gelu",
        "exp",
        "log",
        "erf",
        "sqrt",
        "abs",
        "add",
        "subtract",
        "multiply",
        "divide",
        "larger",
        "smaller",
        "power",
        "matrix-product",
        "concatenate",
        "reshape",
        "flatten",
        "transpose",
        "slice",
        "pad",
        "select",
        "resize",
    ] {
        assert!(words.contains(word), "{word}");
    }
}

#[test]
fn logits_do_not_depend_on_how_many_images_are_computed_together() {
    for seed in 0..40 {
        let mut random = stream(seed, "graphs", 1, "graph");
        let (graph, weights) = any_graph(&mut random, 12);
        let evaluator = Evaluator::of_graph(&graph, weights);
        let images = images(&mut random, &graph, 17);
        let all = logits(&evaluator, &graph, &images, 0);
        for count in [1, 15, 16] {
            let some = logits(&evaluator, &graph, &images[..count], 3);
            for (some, all) in some.iter().zip(&all) {
                assert_eq!(bits(some), bits(all));
            }
        }
    }
}
