//! A new head: a dense layer of few values on what a base makes of the examples.

use super::event::{Part, TransferEvent};
use super::features::BaseFeatures;
use super::goal::Found;
use super::kept_networks::{KeptNetworks, Stage};
use super::sweep::Head;
use super::untrained::untrained;
use super::Transfer;
use crate::certificate::design_bits;
use crate::code::{Architecture, Codebook, CodedTensor, Model, Spliced};
use crate::compress::{compress_unpolished, pruned, quantised, Recipe, RecipeSettings};
use crate::search::error::SearchError;
use crate::search::settings::Settings;
use crate::shape::ImageSize;
use crate::train::{Schedule, TrainingSet};

/// Prices of a bit that are tried, in nats a nat.
const RATES: [f64; 5] = [5.0, 4.0, 6.0, 3.0, 8.0];

/// Local search ends after so many passes over all weights.
const SWEEPS: usize = 6;

impl Transfer<'_> {
    /// The head with the least bound, of those trained at several prices of a bit.
    pub(super) fn best_head(
        &self,
        spliced: &Spliced,
        features: &BaseFeatures,
        kept: &KeptNetworks,
        report: &mut dyn FnMut(TransferEvent),
    ) -> Result<Found, SearchError> {
        let steps = self.reading.steps();
        let training_set = features.training_set()?;
        let columns = features.columns();
        let mut best: Option<Found> = None;
        for rate in RATES {
            let part = Part::Head;
            let stage = Stage {
                part,
                rate,
                settings: "",
            };
            let known = kept.network(stage)?;
            if known.is_none() && best.is_some() && self.settings.is_time_over() {
                break;
            }
            report(TransferEvent::Begun { part, rate });
            let found = match known {
                Some(model) => self.counted(model, features, steps, report)?,
                None => {
                    let trained =
                        self.trained_head(spliced, features, &training_set, rate, report)?;
                    let found = swept(trained, spliced, features, &columns, self.settings, report)?;
                    kept.keep(stage, &found.model)?;
                    found
                }
            };
            best = Some(match best {
                None => found,
                Some(best) => best.better(found),
            });
        }
        best.ok_or(SearchError::NoRecipes)
    }

    /// The head that is trained at a price of a bit.
    fn trained_head(
        &self,
        spliced: &Spliced,
        features: &BaseFeatures,
        training_set: &TrainingSet,
        rate: f64,
        report: &mut dyn FnMut(TransferEvent),
    ) -> Result<Found, SearchError> {
        let size = self.reading.features_size();
        let recipe = recipe(self.examples.classes(), size, rate)?;
        let head = compress_unpolished(&recipe, training_set, self.settings.seed, |progress| {
            report(TransferEvent::Progress(progress));
        })?;
        let tensor = head.tensors().first().cloned().ok_or(SearchError::NoHead)?;
        let untrained = untrained(self.base, spliced.clone())?;
        let model = with_head(&untrained, head.codebooks().to_vec(), tensor, spliced)?;
        self.counted(model, features, self.reading.steps(), report)
    }
}

/// A dense layer with two values beside zero.
fn recipe(classes: usize, input: ImageSize, rate: f64) -> Result<Recipe, SearchError> {
    let layers = Architecture::parse(&format!("dense:{classes}"), input)?;
    let schedule = |epochs, learning_rate| Schedule {
        epochs,
        batch: 64,
        learning_rate,
    };
    let settings = RecipeSettings {
        architecture: layers.into(),
        pruning: pruned(0.5),
        first: schedule(3, 0.003),
        quantisation: quantised(2, rate),
        second: schedule(60, 0.0015),
        bounded: 0.3,
        examples: None,
        sweeps: 0,
    };
    Ok(settings.check()?)
}

/// A network with other symbols or another codebook for its last tensor, which is the head's.
fn with_head(
    model: &Model,
    codebooks: Vec<Codebook>,
    head: CodedTensor,
    spliced: &Spliced,
) -> Result<Model, SearchError> {
    let mut tensors = model.tensors().to_vec();
    if let Some(last) = tensors.last_mut() {
        *last = head;
    }
    Ok(Model::relative(spliced.clone(), codebooks, tensors)?)
}

/// The network after local search over the weights of its head, if that lowers the bound; the
/// features are what the head reads.
pub(super) fn swept(
    trained: Found,
    spliced: &Spliced,
    features: &BaseFeatures,
    columns: &[Vec<f32>],
    settings: &Settings,
    report: &mut dyn FnMut(TransferEvent),
) -> Result<Found, SearchError> {
    let steps = spliced.graph().nodes().len() - 1;
    let mut best = trained;
    for _ in 0..SWEEPS {
        let model = &best.model;
        let (Some(tensor), Some(codebook)) = (model.tensors().last(), model.codebooks().last())
        else {
            return Err(SearchError::NoHead);
        };
        let bits = model.ideal_bits()? + design_bits(model.version(), settings.unseen) as f64;
        let mut head = Head::new(
            features,
            columns,
            tensor.symbols().to_vec(),
            codebook.values().to_vec(),
            bits,
            settings.delta,
        );
        if !head.sweep()? {
            break;
        }
        let codebooks = model.codebooks().to_vec();
        let tensor = CodedTensor::new(codebooks.len() - 1, head.symbols);
        let changed = with_head(model, codebooks, tensor, spliced)?;
        let found = Found::counted(changed, features, steps, settings)?;
        report(TransferEvent::found(&found));
        if found.bound >= best.bound {
            break;
        }
        best = found;
    }
    Ok(best)
}
