//! A base learnt on the first part of the training set, and a bound from the rest.
//!
//! Given the first part, a network made of it is fixed before the other examples are drawn: it is a
//! base like one of others ([`transfer`](super::transfer)), for a bound from those examples alone.

mod event;
mod precise;

use std::path::Path;

pub use event::PriorEvent;
use serde::{Deserialize, Serialize};

use self::precise::{precise_head, precise_network};
use super::error::SearchError;
use super::settings::Settings;
use super::transfer::{HeadInput, Moves, Reading, Transfer};
use crate::bounds::{held_out, occam_binomial, round_up_decimals, Bits, PriorSplit, SampleSize};
use crate::certificate::{design_bits, refuse_at_hand, DECIMALS, DESIGN_BITS};
use crate::code::{Architecture, Base, Model};
use crate::compress::{compress, Recipe};
use crate::data::LabelledImages;
use crate::digest::sha256;
use crate::evaluate::Evaluator;
use crate::network::{as_graph, TrainedNetwork};
use crate::train::TrainingSet;

/// What it takes to say that the base decides as it is: half of the prior is on that.
const AS_IT_IS: u64 = 1;

/// A claim with a data-dependent prior.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataDependent {
    /// SHA-256 of the file of the network that the first part has made.
    pub base_sha256: String,
    /// SHA-256 of the file relative to it; nothing, if it decides as it is.
    pub model_sha256: Option<String>,
    /// SHA-256 of the training set, both parts together.
    pub training_set_sha256: String,
    /// The first so many examples, which the base is learnt on.
    pub prior_examples: u64,
    /// The other examples, which alone enter the bound.
    pub n: u64,
    /// The network's errors on them.
    pub k: u64,
    /// What is said of it beside the base: 1 if that decides as it is, else 1 and the file's.
    pub bits: u64,
    /// What is charged for the design of the training and the format, whose constants were chosen
    /// with well-known sets at hand; 0 if the maker states that these examples were not.
    pub design_bits: u64,
    /// Failure probability.
    pub delta: f64,
    /// `occam_binomial`.
    pub bound: f64,
    /// The bound that the same examples give for the base as held-out ones, if nothing was chosen
    /// with them in view.
    pub held_out: f64,
}

impl DataDependent {
    /// Whether it is about this training set, with a base that has seen so many of its examples,
    /// at that `delta`: then the better of two such claims may stay.
    #[must_use]
    pub fn is_about(&self, training_set_sha256: &str, prior_examples: u64, delta: f64) -> bool {
        self.training_set_sha256 == training_set_sha256
            && self.prior_examples == prior_examples
            && self.delta == delta
    }
}

/// What the first part makes.
#[derive(Debug, Clone, Copy)]
pub enum PriorNetwork<'a> {
    /// A network by a recipe, of few values.
    Recipe(&'a Recipe),
    /// A network of these layers, in single precision.
    Layers(&'a Architecture),
    /// A head in single precision on a base that others have made.
    Head(&'a Base, &'a Reading),
}

/// A claim, and the files that it is about.
#[derive(Debug, Clone, PartialEq)]
pub struct Learnt {
    /// The claim.
    pub claim: DataDependent,
    /// The file of the network that the first part has made.
    pub base: Vec<u8>,
    /// The file relative to it, if that does not decide as it is.
    pub model: Option<Vec<u8>>,
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

/// Makes a network of the first part, and looks for the one relative to it with the least bound on
/// the rest: it itself, or a file that moves its numbers.
///
/// Half of the prior is on the base as it is, the other half on the files relative to it
/// ([`PriorSplit`]). What bases make of examples is kept in a folder while it is needed.
///
/// # Errors
/// [`SearchError::Fraction`] unless `0 < fraction < 1`; otherwise if a network cannot be trained.
pub fn data_dependent(
    fraction: f64,
    network: PriorNetwork,
    moves: Moves,
    data: &LabelledImages,
    settings: &Settings,
    folder: &Path,
    report: &mut dyn FnMut(PriorEvent),
) -> Result<Learnt, SearchError> {
    let n = data.len();
    if settings.unseen {
        refuse_at_hand(data)?;
    }
    let split = prior_split(fraction, n)?;
    let m = split.prior_examples() as usize;
    let (first, rest) = (data.slice(0..m)?, data.slice(m..n)?);
    let base_file = learnt(network, &first, settings, folder, report)?.encode()?;
    let base = Base::decode(&base_file)?;
    let evaluator = Evaluator::new(&Model::decode_within(&base_file, base.limit_with(&[]))?);
    let delta = settings.delta;
    let as_it_is = evaluator.errors(&rest)?;

    let charged = |bits| if settings.unseen { 0 } else { bits };
    let mut alternatives = vec![(as_it_is, AS_IT_IS, charged(DESIGN_BITS), None)];
    if moves != Moves::None {
        let reading = Reading::new(&base, rest.shape(), None, HeadInput::Own)?;
        let transfer = Transfer::new(&base, &reading, &rest, settings, moves);
        let moved = transfer.run(folder, &mut |event| report(PriorEvent::Transfer(event)))?;
        transfer.forget(folder)?;
        let file = moved.encode()?;
        alternatives.push((
            Evaluator::new(&moved).errors(&rest)?,
            AS_IT_IS + 8 * file.len() as u64,
            design_bits(moved.version(), settings.unseen),
            Some(file),
        ));
    }
    let publish = |bound: f64| round_up_decimals(bound, DECIMALS).min(1.0);
    let mut best: Option<Learnt> = None;
    for (k, bits, design_bits, model) in alternatives {
        let all = Bits::new((bits + design_bits) as f64)?;
        let claim = DataDependent {
            base_sha256: sha256(&base_file),
            model_sha256: model.as_deref().map(sha256),
            training_set_sha256: data.sha256(),
            prior_examples: split.prior_examples(),
            n: split.bound_examples().get(),
            k,
            bits,
            design_bits,
            delta: delta.get(),
            bound: publish(occam_binomial(split.risk(k)?, all, delta)),
            held_out: publish(held_out(split.risk(as_it_is)?, delta)),
        };
        if best
            .as_ref()
            .is_none_or(|best| claim.bound < best.claim.bound)
        {
            best = Some(Learnt {
                claim,
                base: base_file.clone(),
                model,
            });
        }
    }
    best.ok_or(SearchError::NoRecipes)
}

/// The network that the first part makes, complete and with its weights as they are.
fn learnt(
    network: PriorNetwork,
    first: &LabelledImages,
    settings: &Settings,
    folder: &Path,
    report: &mut dyn FnMut(PriorEvent),
) -> Result<Model, SearchError> {
    let (delta, seed) = (settings.delta, settings.seed);
    match network {
        PriorNetwork::Recipe(recipe) => {
            let training_set = TrainingSet::new(first, &candle_core::Device::Cpu)?;
            let model = compress(recipe, first, &training_set, delta, seed, |progress| {
                report(PriorEvent::Progress(progress));
            })?;
            match model.structure().chain() {
                None => Ok(model),
                Some(layers) => {
                    let network = TrainedNetwork::new(layers.clone(), model.weights())?;
                    Ok(as_graph(network)?.model()?)
                }
            }
        }
        PriorNetwork::Layers(layers) => {
            let network = precise_network(layers, first, seed, &mut |progress| {
                report(PriorEvent::Progress(progress));
            })?;
            Ok(as_graph(network)?.model()?)
        }
        PriorNetwork::Head(base, reading) => {
            precise_head(base, reading, first, settings, folder, report)
        }
    }
}
