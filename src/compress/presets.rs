//! The recipes that `certify` tries, by data set and effort.

use super::pruning::{Pruning, PruningMethod};
use super::quantisation::{Quantisation, QuantisationMethod};
use super::recipe::{Recipe, RecipeError, RecipeSettings};
use super::subspace::{SubspaceMap, SubspaceSize};
use crate::code::{Architecture, Structure};
use crate::data::LabelledImages;
use crate::train::Schedule;

/// How long to search.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Effort {
    /// One network for a moment: to see that everything works.
    Quick,
    /// Recipes that are known to do well.
    Standard,
    /// These, then variations of the best so far, until none is better.
    Max,
}

/// With at most this many numbers an image is small, and a linear network does best for its bits.
const SMALL: usize = 144;

/// Recipes for a data set, in the order in which they are tried.
///
/// # Errors
/// If the images are too small for the layers.
pub fn recipes(data: &LabelledImages, effort: Effort) -> Result<Vec<Recipe>, RecipeError> {
    if data.shape().features() <= SMALL {
        for_small_images(data, effort)
    } else {
        for_large_images(data, effort)
    }
}

fn for_small_images(data: &LabelledImages, effort: Effort) -> Result<Vec<Recipe>, RecipeError> {
    let architecture = Structure::from(Architecture::parse(
        &format!("upright norm dense:{}", data.classes()),
        data.shape(),
    )?);
    let mut recipes = Vec::new();
    for codewords in [2, 3] {
        for step in 0..12 {
            let settings = RecipeSettings {
                architecture: architecture.clone(),
                pruning: pruned(0.5),
                first: Schedule {
                    epochs: 30,
                    batch: 64,
                    learning_rate: 0.01,
                },
                // From 2.5 on, in steps of 0.1, alternately up and down.
                quantisation: quantised(
                    codewords,
                    f64::from(25 + (step + 1) / 2 * if step % 2 == 0 { 1 } else { -1 }) / 10.0,
                ),
                second: Schedule {
                    epochs: 60,
                    batch: 64,
                    learning_rate: 0.01,
                },
                bounded: 0.0,
                examples: None,
                sweeps: 8,
            };
            recipes.push(settings.check()?);
        }
    }
    if effort == Effort::Quick {
        recipes.truncate(1);
    }
    Ok(recipes)
}

/// What the recipes for large images differ in.
struct Large {
    layers: String,
    quantisation: Quantisation,
    second: Schedule,
    sweeps: usize,
}

/// One channel may be writing, and writing slants; what is drawn upright already loses a little by
/// being deskewed again.
fn for_large_images(data: &LabelledImages, effort: Effort) -> Result<Vec<Recipe>, RecipeError> {
    let layers = |first: &str, pooling: &str, channels: usize| {
        let (block, classes) = (format!("conv:{channels}:3 norm relu max:2"), data.classes());
        format!("{first} {pooling}:2 {block} {block} dense:{classes}")
    };
    let shared = SubspaceSize {
        fraction: 0.5,
        map: SubspaceMap::Terms(16),
        seed: 0,
    };
    let (upright, as_it_is, colours) = (
        Large {
            layers: layers("upright oriented:12 relu", "avg", 8),
            quantisation: Quantisation {
                subspace: Some(shared),
                ..quantised(2, 3.0)
            },
            second: Schedule {
                epochs: 40,
                batch: 64,
                learning_rate: 0.06,
            },
            sweeps: 0,
        },
        Large {
            layers: layers("oriented:12 relu", "max", 10),
            quantisation: quantised(2, 6.0),
            second: Schedule {
                epochs: 20,
                batch: 64,
                learning_rate: 0.04,
            },
            sweeps: 1,
        },
        Large {
            layers: layers("oriented:12 norm relu", "avg", 16),
            quantisation: quantised(2, 4.0),
            second: Schedule {
                epochs: 20,
                batch: 64,
                learning_rate: 0.04,
            },
            sweeps: 0,
        },
    );
    let chosen = if data.shape().channels == 1 {
        vec![upright, as_it_is]
    } else {
        vec![colours]
    };
    let mut recipes = Vec::new();
    for Large {
        layers,
        quantisation,
        second,
        sweeps,
    } in chosen
    {
        let quick = effort == Effort::Quick;
        let settings = RecipeSettings {
            architecture: Architecture::parse(&layers, data.shape())?.into(),
            pruning: pruned(0.3),
            first: Schedule {
                epochs: 1,
                batch: 64,
                learning_rate: 0.01,
            },
            quantisation,
            second: Schedule {
                epochs: if quick { 1 } else { second.epochs },
                ..second
            },
            bounded: 0.3,
            examples: None,
            sweeps: if quick { 0 } else { sweeps },
        };
        recipes.push(settings.check()?);
    }
    if effort == Effort::Quick {
        recipes.truncate(1);
    }
    Ok(recipes)
}

/// Magnitude pruning of all units.
pub(crate) fn pruned(sparsity: f64) -> Pruning {
    Pruning {
        method: PruningMethod::Magnitude,
        sparsity,
        width: 1.0,
    }
}

/// Values of two digits, found by k-means and trained.
pub(crate) fn quantised(codewords: usize, rate: f64) -> Quantisation {
    Quantisation {
        method: QuantisationMethod::Kmeans,
        codewords,
        digits: 2,
        rate,
        subspace: None,
    }
}

/// Recipes that differ from one in a single setting: the price of bits, the speed and the length of
/// training. Settings that leave their domain are left out.
#[must_use]
pub fn variations(recipe: &Recipe) -> Vec<Recipe> {
    let settings = recipe.settings();
    let (second, quantisation) = (settings.second, settings.quantisation);
    let with_rate = |factor: f64| RecipeSettings {
        quantisation: Quantisation {
            rate: (quantisation.rate * factor * 100.0).round() / 100.0,
            ..quantisation
        },
        ..settings.clone()
    };
    let with_speed = |factor: f64| RecipeSettings {
        second: Schedule {
            learning_rate: second.learning_rate * factor,
            ..second
        },
        ..settings.clone()
    };
    let longer = RecipeSettings {
        second: Schedule {
            epochs: second.epochs.saturating_mul(2),
            ..second
        },
        ..settings.clone()
    };
    [
        with_rate(1.2),
        with_rate(1.0 / 1.2),
        with_speed(0.5),
        with_speed(2.0),
        longer,
    ]
    .into_iter()
    .filter_map(|settings| settings.check().ok())
    .collect()
}
