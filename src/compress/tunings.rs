//! The recipes by which `certify --minutes` trains a network further.

use std::time::Duration;

use super::presets::{pruned, quantised};
use super::pretrained::gains;
use super::pruning::Pruning;
use super::recipe::{Recipe, RecipeError, RecipeSettings};
use super::units::can_lose_units;
use crate::code::{Architecture, Structure, TensorShape};
use crate::network::TrainedNetwork;
use crate::shape::ImageSize;
use crate::train::Schedule;

/// Recipes by which a trained network is trained further on so many examples, in the order in which
/// they are tried. Their learning rates are in proportion to the size of its weights. The time is
/// reckoned, not measured, so that the same command tries the same recipes again.
///
/// # Errors
/// None in practice: the settings are within their domains.
pub fn tunings(
    network: &TrainedNetwork<Structure>,
    examples: usize,
    time: Duration,
) -> Result<Vec<Recipe>, RecipeError> {
    let rates = learning_rates(network);
    let structure = network.architecture();
    let multiplications = match structure {
        Structure::Chain(architecture) if can_lose_units(architecture) => {
            return unit_tunings(architecture, rates, examples, time);
        }
        Structure::Chain(architecture) => multiplications(architecture),
        Structure::Graph(graph) => graph.multiplications(),
    };
    weight_tunings(structure, multiplications, rates, examples, time)
}

/// In pruning, and with codewords: steps of Adam in proportion to the geometric mean of the root
/// mean squares of the tensors that are multiplied by features. One rate for all networks is
/// nothing to the weights of some, and throws those of deep ones about.
fn learning_rates(network: &TrainedNetwork<Structure>) -> [f64; 2] {
    const RELATIVE: [f64; 2] = [0.01, 0.07];
    const LEAST: f64 = 1e-3;
    let structure = network.architecture();
    let tensors = network.weights().iter().zip(structure.tensors());
    let logarithms: Vec<f64> = tensors
        .zip(gains(structure.clone()))
        .filter(|((_, shape), _)| shape.dimensions.len() > 1)
        .map(|((weights, _), gain)| (root_mean_square(weights) / gain).max(LEAST).ln())
        .collect();
    let mean = logarithms.iter().sum::<f64>() / logarithms.len().max(1) as f64;
    RELATIVE.map(|rate| rate * mean.exp())
}

fn root_mean_square(weights: &[f32]) -> f64 {
    let squares: f64 = weights
        .iter()
        .map(|&weight| f64::from(weight).powi(2))
        .sum();
    (squares / weights.len().max(1) as f64).sqrt()
}

/// Of a chain that can lose units: fewer of them or more, at a higher price of bits or a lower one.
fn unit_tunings(
    architecture: &Architecture,
    learning_rates: [f64; 2],
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
                learning_rates,
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

/// Of a network whose units depend on each other: weights at a higher price of bits or a lower one,
/// as long as there is time for two recipes.
fn weight_tunings(
    structure: &Structure,
    multiplications: u64,
    learning_rates: [f64; 2],
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
    let affordable = affordable(multiplications, time);
    let passes = (affordable / examples.max(1)).clamp(SHORTEST, PRUNING + LONGEST);
    let seen = (affordable / passes).max(FEWEST) / BATCH * BATCH;
    let price = if examples < MANY { REDUCED } else { 1.0 };
    let training = Training {
        structure: structure.clone(),
        passes: passes - PRUNING,
        learning_rates,
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
