//! The file of a network with the least bound, found without training.
#![allow(clippy::unwrap_used)]

use nonvacuous::bounds::FailureProbability;
use nonvacuous::certificate::Certificate;
use nonvacuous::code::{Architecture, Graph, Model, Node, Operator, Structure};
use nonvacuous::data::{digits, DataSet};
use nonvacuous::evaluate::{Examples, Loss};
use nonvacuous::network::{least_bound, Frontier, FrontierEvent, TrainedNetwork};

/// The weights and biases of the classifier of the nearest class mean: `w_c = m_c`,
/// `b_c = -|m_c|^2 / 2`, on pixels from 0 to 1.
fn nearest_means(data: &DataSet) -> Vec<Vec<f32>> {
    let images = &data.train;
    let features = images.shape().features();
    let batch = images.batch(&(0..images.len()).collect::<Vec<usize>>());
    let (mut sums, mut counts) = (vec![vec![0.0f32; features]; 10], [0.0f32; 10]);
    for example in batch.examples() {
        let class = example.class().unwrap();
        counts[class] += 1.0;
        for (sum, &level) in sums[class].iter_mut().zip(example.pixels()) {
            *sum += f32::from(level) / f32::from(batch.levels() - 1);
        }
    }
    let mut biases = Vec::new();
    for (sums, count) in sums.iter_mut().zip(counts) {
        sums.iter_mut().for_each(|sum| *sum /= count);
        biases.push(-sums.iter().map(|mean| mean * mean).sum::<f32>() / 2.0);
    }
    vec![sums.concat(), biases]
}

fn delta() -> FailureProbability {
    FailureProbability::new(0.05).unwrap()
}

fn chain(data: &DataSet) -> TrainedNetwork {
    let architecture = Architecture::parse("dense:10:b", data.train.shape()).unwrap();
    TrainedNetwork::new(architecture, nearest_means(data)).unwrap()
}

fn graph(data: &DataSet) -> TrainedNetwork<Graph> {
    let flatten = Node {
        operator: Operator::Flatten,
        inputs: vec![0],
    };
    let dense = Node {
        operator: Operator::Dense {
            units: 10,
            bias: true,
        },
        inputs: vec![1],
    };
    let graph = Graph::new(data.train.shape(), vec![flatten, dense]).unwrap();
    TrainedNetwork::new(graph, nearest_means(data)).unwrap()
}

/// On all of the digits, at 95%, without a deadline.
fn frontier_of<S: Clone + Into<Structure>>(
    network: &TrainedNetwork<S>,
    data: &DataSet,
    listen: &mut dyn FnMut(FrontierEvent),
) -> Frontier {
    let images = &data.train;
    least_bound(network, images, Loss::Top1, delta(), false, None, listen).unwrap()
}

#[test]
fn the_file_of_the_least_bound_is_certified_with_that_bound() {
    let data = digits().unwrap();
    let frontier = frontier_of(&chain(&data), &data, &mut |_| {});
    assert_eq!(frontier.examined, data.train.len());
    let least = frontier
        .tried
        .iter()
        .map(|point| point.bound)
        .fold(1.0, f64::min);
    assert_eq!(least, frontier.best.bound);
    // 640 weights and 10 biases: better than chance without training.
    assert!(least < 0.62, "{least}");
    let certificate = Certificate::issue(&frontier.model, &data, delta()).unwrap();
    let claim = certificate.claim();
    assert_eq!(
        (claim.bits, claim.k),
        (frontier.best.bits, frontier.best.errors)
    );
    // Published bounds are rounded up.
    assert!((0.0..=1e-6).contains(&(claim.bounds.occam_binomial - least)));
}

#[test]
fn a_network_of_few_weights_is_tried_on_rougher_and_rougher_grids() {
    let data = digits().unwrap();
    let architecture = Architecture::parse("avg:4 dense:10:b", data.train.shape()).unwrap();
    // The nearest class mean of the four quarters of an image.
    let mut quarters = vec![0.0f32; 40];
    for (place, mean) in nearest_means(&data)[0].iter().enumerate() {
        let (class, row, column) = (place / 64, place % 64 / 8, place % 8);
        quarters[4 * class + row / 4 * 2 + column / 4] += mean / 16.0;
    }
    let biases = quarters.chunks(4);
    let biases = biases.map(|means| -means.iter().map(|mean| mean * mean).sum::<f32>() / 2.0);
    let biases = biases.collect();
    let network = TrainedNetwork::new(architecture, vec![quarters, biases]).unwrap();
    let frontier = frontier_of(&network, &data, &mut |_| {});
    // Even the finest grids, of 254 values, have less than two bits an example.
    let mut bits: Vec<u64> = frontier.tried.iter().map(|point| point.bits).collect();
    bits.sort_unstable();
    bits.dedup();
    assert!(bits.len() > 5, "{bits:?}");
}

#[test]
fn the_frontier_is_the_same_again_and_tells_of_all_that_is_tried() {
    let data = digits().unwrap();
    let mut told = Vec::new();
    let mut listen = |event| {
        if let FrontierEvent::Tried(point) = event {
            told.push(point);
        }
    };
    let network = chain(&data);
    let first = frontier_of(&network, &data, &mut listen);
    assert_eq!(told, first.tried);
    assert_eq!(frontier_of(&chain(&data), &data, &mut |_| {}), first);
}

#[test]
fn a_graph_has_the_frontier_of_the_chain_that_it_is_but_for_the_charge_and_its_nodes() {
    let data = digits().unwrap();
    let of_graph = frontier_of(&graph(&data), &data, &mut |_| {});
    let of_chain = frontier_of(&chain(&data), &data, &mut |_| {});
    assert_eq!(of_graph.original_errors, of_chain.original_errors);
    let gap = of_graph.best.bound - of_chain.best.bound;
    assert!((0.0..0.02).contains(&gap), "{gap}");
    let file = of_graph.model.encode().unwrap();
    assert_eq!(Model::decode(&file).unwrap(), of_graph.model);
}
