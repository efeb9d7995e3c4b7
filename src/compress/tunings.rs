//! The recipes by which `certify --minutes` trains a network further.

use std::time::Duration;

use super::presets::{pruned, quantised};
use super::pruning::Pruning;
use super::recipe::{Recipe, RecipeError, RecipeSettings};
use crate::code::{Architecture, Graph, Structure, TensorShape};
use crate::shape::ImageSize;
use crate::train::Schedule;

/// Recipes by which a network of these layers or operators, trained already, is trained further on
/// so many examples, in the order in which they are tried. The time of a graph's is reckoned, not
/// measured, so that the same command tries the same recipes again.
///
/// # Errors
/// None in practice: the settings are within their domains.
pub fn tunings(
    structure: &Structure,
    examples: usize,
    time: Duration,
) -> Result<Vec<Recipe>, RecipeError> {
    match structure {
        Structure::Chain(architecture) => chain_tunings(architecture, examples, time),
        Structure::Graph(graph) => graph_tunings(graph, examples, time),
    }
}

/// Of a chain: fewer units or more, at a higher price of bits or a lower one.
fn chain_tunings(
    architecture: &Architecture,
    examples: usize,
    time: Duration,
) -> Result<Vec<Recipe>, RecipeError> {
    let affordable = affordable(multiplications(architecture), time);
    const WIDTHS_AND_RATES: [(f64, f64); 6] = [
        (0.5, 8.0),
        (0.25, 8.0),
        (1.0, 8.0),
        (0.16, 8.0),
        (0.25, 4.0),
        (0.5, 16.0),
    ];
    // Narrower networks see more examples in the time.
    const OF_LARGE_ONES: [(f64, f64); 6] = [
        (0.25, 8.0),
        (0.16, 8.0),
        (0.25, 4.0),
        (0.35, 8.0),
        (0.16, 4.0),
        (0.5, 8.0),
    ];
    let is_large = seen(affordable, WIDTHS_AND_RATES[0].0) < examples;
    let tried = if is_large {
        OF_LARGE_ONES
    } else {
        WIDTHS_AND_RATES
    };
    tried
        .into_iter()
        .map(|(width, rate)| {
            let seen = seen(affordable, width);
            let training = Training {
                structure: architecture.clone().into(),
                passes: CHAIN_PASSES,
                learning_rates: [0.003, 0.02],
                examples: (seen < examples).then_some(seen),
            };
            let pruning = Pruning {
                width,
                ..pruned(0.3)
            };
            training.recipe(pruning, rate)
        })
        .collect()
}

/// Images a step.
const BATCH: usize = 64;

/// Multiplications a second on one core, with all that is around them.
const SPEED: f64 = 5e9;

/// For each multiplication of an example's evaluation so many in training: the gradients of numbers
/// and of weights are as much work again.
const WORK: f64 = 3.0;

/// What part of the time each of the recipes takes.
const SHARE: f64 = 0.45;

/// Passes over the examples in pruning; and with codewords, of a chain and the most of a graph.
const PRUNING: usize = 1;
const CHAIN_PASSES: usize = 10;
const LONGEST: usize = 20;

/// Where there is no time for so many passes over all examples, some of these are left out.
const SHORTEST: usize = 5;
const FEWEST: usize = 32 * BATCH;

/// Of fewer examples than this bits are cheaper, by that factor: a network that reads few images
/// right has too little to gain from a weight to keep any at the price of large data sets.
const MANY: usize = 10_000;
const REDUCED: f64 = 0.125;

/// Of a graph, whose units depend on each other: weights at a higher price of bits or a lower one,
/// as long as there is time for two recipes.
fn graph_tunings(
    graph: &Graph,
    examples: usize,
    time: Duration,
) -> Result<Vec<Recipe>, RecipeError> {
    const SPARSITIES_AND_RATES: [(f64, f64); 6] = [
        (0.9, 16.0),
        (0.95, 32.0),
        (0.9, 8.0),
        (0.98, 64.0),
        (0.95, 24.0),
        (0.9, 4.0),
    ];
    let affordable = affordable(graph.multiplications(), time);
    let passes = (affordable / examples.max(1)).clamp(SHORTEST, PRUNING + LONGEST);
    let seen = (affordable / passes).max(FEWEST) / BATCH * BATCH;
    let price = if examples < MANY { REDUCED } else { 1.0 };
    let training = Training {
        structure: graph.clone().into(),
        passes: passes - PRUNING,
        learning_rates: [0.002, 0.01],
        examples: (seen < examples).then_some(seen),
    };
    SPARSITIES_AND_RATES
        .into_iter()
        .map(|(sparsity, rate)| training.recipe(pruned(sparsity), price * rate))
        .collect()
}

/// What the recipes of a network have in common.
struct Training {
    structure: Structure,
    /// With codewords.
    passes: usize,
    /// In pruning, and with codewords.
    learning_rates: [f64; 2],
    /// How many are seen, if not all.
    examples: Option<usize>,
}

impl Training {
    fn recipe(&self, pruning: Pruning, rate: f64) -> Result<Recipe, RecipeError> {
        let schedule = |epochs, learning_rate| Schedule {
            epochs,
            batch: BATCH,
            learning_rate,
        };
        let [first, second] = self.learning_rates;
        let settings = RecipeSettings {
            architecture: self.structure.clone(),
            pruning,
            first: schedule(PRUNING, first),
            quantisation: quantised(2, rate),
            second: schedule(self.passes, second),
            bounded: 0.3,
            examples: self.examples,
            sweeps: 0,
        };
        settings.check()
    }
}

/// How many examples a chain sees of so many that all its units could see once, if a part of the
/// units is kept after pruning: the work of what is left is that part squared.
fn seen(affordable: usize, width: f64) -> usize {
    let passes = PRUNING as f64 + CHAIN_PASSES as f64 * width * width;
    ((affordable as f64 / passes) as usize).max(FEWEST) / BATCH * BATCH
}

/// How many examples a recipe has time for, passes counted.
fn affordable(multiplications: u64, time: Duration) -> usize {
    let work = WORK * multiplications.max(1) as f64;
    (SHARE * time.as_secs_f64() * SPEED / work) as usize
}

/// Multiplications of weights in the evaluation of an example: each weight of a layer is used in
/// every place of what the layer makes.
fn multiplications(architecture: &Architecture) -> u64 {
    let tensors = architecture.tensors();
    let layers = architecture.steps().zip(architecture.first_tensors());
    let of_layer = |((_, _, after), first): ((_, _, ImageSize), Option<usize>)| {
        let weights = first
            .and_then(|first| tensors.get(first))
            .map_or(0, TensorShape::len);
        (weights * after.height * after.width) as u64
    };
    layers.map(of_layer).sum()
}
