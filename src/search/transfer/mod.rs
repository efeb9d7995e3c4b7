//! A short file relative to a base: a new head on what the base makes of the examples.
//!
//! The base's nodes are kept as they are, so that their features can be computed once. A head with
//! few values is trained on these for few bits, by several prices of a bit; local search then
//! changes single weights where that lowers the bound. Choosing among heads costs nothing: the
//! bound holds for all files at once.

mod computation;
mod features;
mod kept_features;
mod reading;
mod sweep;

use std::path::Path;
use std::sync::Arc;

use candle_core::Device;

pub use reading::{HeadInput, Reading};

use self::computation::{compute_features, Source};
use self::features::BaseFeatures;
use self::sweep::Head;
use super::error::SearchError;
use super::settings::Settings;
use crate::bounds::{occam_binomial, Bits, EmpiricalRisk};
use crate::certificate::design_bits;
use crate::code::{Architecture, Base, Codebook, CodedTensor, Model};
use crate::compress::{compress_unpolished, pruned, quantised, Progress, Recipe, RecipeSettings};
use crate::evaluate::{Evaluator, Examples};
use crate::shape::ImageSize;
use crate::storage::whole_file::create_folder;
use crate::train::{Schedule, TrainError, TrainingSet};

/// A search for the head with the least bound.
pub struct Transfer<'a> {
    base: &'a Base,
    reading: &'a Reading,
    examples: &'a dyn Examples,
    settings: &'a Settings,
}

/// What a search tells while it runs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum TransferEvent {
    /// Features of so many more examples are there.
    Features(usize),
    /// A head is trained, at this price of a bit.
    Begun {
        /// The price, in nats a nat.
        rate: f64,
    },
    /// How far its training has come.
    Progress(Progress),
    /// A head was trained, or changed by local search.
    Found {
        /// Errors among all examples.
        errors: u64,
        /// Bits of the file.
        bits: u64,
        /// The bound, with what else is charged for such files.
        bound: f64,
    },
}

/// A head with its bound.
struct Found {
    model: Model,
    bound: f64,
}

/// Prices of a bit that are tried, in nats a nat.
const RATES: [f64; 5] = [5.0, 4.0, 6.0, 3.0, 8.0];

/// Local search ends after so many passes over all weights.
const SWEEPS: usize = 6;

impl<'a> Transfer<'a> {
    /// Of examples that a base reads so.
    pub fn new(
        base: &'a Base,
        reading: &'a Reading,
        examples: &'a dyn Examples,
        settings: &'a Settings,
    ) -> Self {
        Self {
            base,
            reading,
            examples,
            settings,
        }
    }

    /// The network whose file has the least bound. Features are kept in a file of that name while
    /// it runs, and afterwards for another search.
    ///
    /// # Errors
    /// If the base does not fit the examples, training diverges, or the file cannot be written.
    pub fn run(
        &self,
        features_file: &Path,
        report: &mut dyn FnMut(TransferEvent),
    ) -> Result<Model, SearchError> {
        if let Some(folder) = features_file.parent() {
            create_folder(folder)?;
        }
        let features = self.features(features_file, report)?;
        let training_set = self.training_set(&features)?;
        let columns = columns(&features);
        let mut best: Option<Found> = None;
        for rate in RATES {
            if best.is_some() && self.settings.is_time_over() {
                break;
            }
            report(TransferEvent::Begun { rate });
            let head = compress_unpolished(
                &self.recipe(rate)?,
                &training_set,
                self.settings.seed,
                |progress| report(TransferEvent::Progress(progress)),
            )?;
            let trained = self.found(&features, self.with_head(&head)?, report)?;
            let found = self.swept(&features, &columns, trained, report)?;
            if best.as_ref().is_none_or(|best| found.bound < best.bound) {
                best = Some(found);
            }
        }
        best.map(|best| best.model).ok_or(SearchError::NoRecipes)
    }

    fn features(
        &self,
        file: &Path,
        report: &mut dyn FnMut(TransferEvent),
    ) -> Result<BaseFeatures, SearchError> {
        let classes = self.examples.classes();
        let zeros = CodedTensor::new(0, vec![0; classes * self.reading.features()]);
        let model = self.model(vec![Codebook::EMPTY], zeros)?;
        let source = Source {
            evaluator: &Evaluator::new(&model),
            steps: self.reading.steps(),
            count: self.reading.features(),
            identity: format!("{}\n{:?}", self.base.sha256(), self.reading),
        };
        let mut count = |examples| report(TransferEvent::Features(examples));
        compute_features(&source, self.examples, file, &mut count)
    }

    /// Those examples that have a class.
    fn training_set(&self, features: &BaseFeatures) -> Result<TrainingSet<'static>, SearchError> {
        let (mut numbers, mut labels) = (Vec::new(), Vec::new());
        let of_example = features.numbers.chunks(features.count.max(1));
        for (of_example, class) in of_example.zip(&features.classes) {
            if let Some(class) = class {
                numbers.extend_from_slice(of_example);
                labels.push(*class as u32);
            }
        }
        let size = self.features_size();
        let made = TrainingSet::of_numbers(numbers, size, labels, &Device::Cpu);
        Ok(made.map_err(TrainError::from)?)
    }

    /// Features as a map of one place.
    fn features_size(&self) -> ImageSize {
        ImageSize {
            channels: self.reading.features(),
            height: 1,
            width: 1,
        }
    }

    /// A dense layer with two values beside zero.
    fn recipe(&self, rate: f64) -> Result<Recipe, SearchError> {
        let layers = format!("dense:{}", self.examples.classes());
        let layers = Architecture::parse(&layers, self.features_size())?;
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

    /// The base with a head that was trained by itself.
    fn with_head(&self, head: &Model) -> Result<Model, SearchError> {
        let tensor = head.tensors().first().cloned();
        let tensor = tensor.ok_or(SearchError::NoHead)?;
        self.model(head.codebooks().to_vec(), tensor)
    }

    /// The base's tensors as they are, and a head.
    fn model(&self, codebooks: Vec<Codebook>, head: CodedTensor) -> Result<Model, SearchError> {
        let spliced = self.reading.with_head(self.base, self.examples.classes())?;
        let kept = self
            .base
            .weights()
            .iter()
            .take(spliced.base_tensors().len());
        let tensors = kept.map(|weights| CodedTensor::unchanged(Arc::clone(weights)));
        let tensors = tensors.chain([head]).collect();
        Ok(Model::relative(spliced, codebooks, tensors)?)
    }

    /// A network with its bound: errors as the evaluator counts them, bits as the file has them.
    fn found(
        &self,
        features: &BaseFeatures,
        model: Model,
        report: &mut dyn FnMut(TransferEvent),
    ) -> Result<Found, SearchError> {
        let errors = features.errors(&Evaluator::new(&model), self.reading.steps())?;
        let bits = 8 * model.encode()?.len() as u64;
        let charged = bits + design_bits(model.version(), self.settings.unseen);
        let risk = EmpiricalRisk::new(errors, features.len() as u64)?;
        let bound = occam_binomial(risk, Bits::new(charged as f64)?, self.settings.delta);
        report(TransferEvent::Found {
            errors,
            bits,
            bound,
        });
        Ok(Found { model, bound })
    }

    /// The head after local search, if that lowers the bound.
    fn swept(
        &self,
        features: &BaseFeatures,
        columns: &[Vec<f32>],
        trained: Found,
        report: &mut dyn FnMut(TransferEvent),
    ) -> Result<Found, SearchError> {
        let mut best = trained;
        for _ in 0..SWEEPS {
            let (Some(tensor), Some(codebook)) =
                (best.model.tensors().last(), best.model.codebooks().last())
            else {
                return Err(SearchError::NoHead);
            };
            let bits = best.model.ideal_bits()?
                + design_bits(best.model.version(), self.settings.unseen) as f64;
            let mut head = Head::new(
                features,
                columns,
                tensor.symbols().to_vec(),
                codebook.values().to_vec(),
                bits,
                self.settings.delta,
            );
            if !head.sweep()? {
                break;
            }
            let tensor = CodedTensor::new(0, head.symbols);
            let model = self.model(best.model.codebooks().to_vec(), tensor)?;
            let found = self.found(features, model, report)?;
            if found.bound >= best.bound {
                break;
            }
            best = found;
        }
        Ok(best)
    }
}

/// The features of all examples, one list a feature.
fn columns(features: &BaseFeatures) -> Vec<Vec<f32>> {
    let column = |feature: usize| {
        let numbers = features.numbers.iter().skip(feature);
        numbers.step_by(features.count.max(1)).copied().collect()
    };
    (0..features.count).map(column).collect()
}
