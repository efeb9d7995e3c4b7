//! Graphs and their models, drawn at random.

use nonvacuous::code::{Codebook, CodedTensor, Graph, Model};
use nonvacuous::random::stream;
use proptest::prelude::*;

use crate::random_graph;

/// Operators of all kinds that fit each other.
pub fn any_graph() -> impl Strategy<Value = Graph> {
    (any::<u64>(), 1usize..25).prop_map(|(seed, nodes)| {
        let mut random = stream(seed, "code", 0, "graph");
        random_graph::any_graph(&mut random, nodes).0
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
