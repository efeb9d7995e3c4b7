//! A prior learnt on the first part of the training set, and a bound from the rest.

use candle_core::Device;
use serde::{Deserialize, Serialize};

use super::error::SearchError;
use super::run::Event;
use super::settings::Settings;
use crate::bounds::{held_out, occam_binomial, round_up_decimals, Bits, PriorSplit, SampleSize};
use crate::certificate::{refuse_at_hand, DECIMALS, DESIGN_BITS};
use crate::code::Model;
use crate::compress::{compress, Recipe};
use crate::data::LabelledImages;
use crate::digest::sha256;
use crate::evaluate::Evaluator;
use crate::train::TrainingSet;

/// A claim with a data-dependent prior.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataDependent {
    /// SHA-256 of the model file.
    pub model_sha256: String,
    /// SHA-256 of the training set, both parts together.
    pub training_set_sha256: String,
    /// The first so many examples, which the prior is learnt on.
    pub prior_examples: u64,
    /// The other examples, which alone enter the bound.
    pub n: u64,
    /// The network's errors on them.
    pub k: u64,
    /// Networks that the prior holds, each with the same weight.
    pub networks: u64,
    /// What it takes to name one of them.
    pub bits: f64,
    /// What is charged for the design of the recipes, whose constants were chosen with well-known
    /// sets at hand; 0 if the maker states that these examples were not.
    pub design_bits: u64,
    /// Failure probability.
    pub delta: f64,
    /// `occam_binomial`.
    pub bound: f64,
    /// The bound that the same examples give as held-out ones for the network that is best on the
    /// first part.
    pub held_out: f64,
}

impl DataDependent {
    /// Whether it is about this training set, with a prior that has seen so many of its examples,
    /// at that `delta`: then the better of two such claims may stay.
    #[must_use]
    pub fn is_about(&self, training_set_sha256: &str, prior_examples: u64, delta: f64) -> bool {
        self.training_set_sha256 == training_set_sha256
            && self.prior_examples == prior_examples
            && self.delta == delta
    }
}

/// How many examples a prior sees on this fraction of so many.
///
/// # Errors
/// [`SearchError::Fraction`] unless `0 < fraction < 1`; if no example is left on either side.
pub fn prior_split(fraction: f64, examples: usize) -> Result<PriorSplit, SearchError> {
    if !(fraction > 0.0 && fraction < 1.0) {
        return Err(SearchError::Fraction(fraction));
    }
    let n = SampleSize::new(examples as u64)?;
    Ok(PriorSplit::new(n, (fraction * examples as f64) as u64)?)
}

/// Trains each recipe on the first part; names one of the networks for its errors on the rest, and
/// bounds it there. Returns the claim and the model file.
///
/// The prior is uniform on the networks that the first part has made, so the code of each is `log2`
/// of their number, and the bound holds with the rest in place of all examples ([`PriorSplit`]).
///
/// # Errors
/// [`SearchError::Fraction`] unless `0 < fraction < 1`; [`SearchError::NoRecipes`]; otherwise if a
/// network cannot be trained.
pub fn data_dependent(
    fraction: f64,
    recipes: &[Recipe],
    data: &LabelledImages,
    settings: &Settings,
    report: &mut dyn FnMut(Event),
) -> Result<(DataDependent, Vec<u8>), SearchError> {
    let n = data.len();
    if settings.unseen {
        refuse_at_hand(data)?;
    }
    let split = prior_split(fraction, n)?;
    let m = split.prior_examples() as usize;
    let (first, rest) = (data.slice(0..m)?, data.slice(m..n)?);
    let training_set = TrainingSet::new(&first, &Device::Cpu)?;
    let (delta, seed) = (settings.delta, settings.seed);

    let mut networks = Vec::new();
    for (place, recipe) in recipes.iter().enumerate() {
        report(Event::Begun {
            number: place + 1,
            of: recipes.len(),
            recipe,
        });
        let model = compress(recipe, &first, &training_set, delta, seed, |progress| {
            report(Event::Progress(progress));
        })?;
        let file = model.encode()?;
        let evaluator = Evaluator::new(&Model::decode(&file)?);
        networks.push((evaluator.errors(&first)?, evaluator.errors(&rest)?, file));
    }
    let (_, unseen, _) = networks
        .iter()
        .min_by_key(|(seen, ..)| seen)
        .ok_or(SearchError::NoRecipes)?;
    let (_, k, file) = networks
        .iter()
        .min_by_key(|(_, errors, _)| errors)
        .ok_or(SearchError::NoRecipes)?;
    let named = (networks.len() as f64).log2();
    let design_bits = if settings.unseen { 0 } else { DESIGN_BITS };
    let bits = Bits::new(named + design_bits as f64)?;
    let publish = |bound: f64| round_up_decimals(bound, DECIMALS).min(1.0);
    let claim = DataDependent {
        model_sha256: sha256(file),
        training_set_sha256: data.sha256(),
        prior_examples: split.prior_examples(),
        n: split.bound_examples().get(),
        k: *k,
        networks: networks.len() as u64,
        bits: named,
        design_bits,
        delta: delta.get(),
        bound: publish(occam_binomial(split.risk(*k)?, bits, delta)),
        held_out: publish(held_out(split.risk(*unseen)?, delta)),
    };
    Ok((claim, file.clone()))
}
