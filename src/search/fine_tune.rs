//! A network that was trained elsewhere, trained further by a recipe.

use candle_core::Device;

use super::error::SearchError;
use super::settings::Settings;
use super::uniform::uniform;
use crate::code::{Model, Structure};
use crate::compress::{compress_pretrained, polish, Checkpoints, Pretrained, Progress, Recipe};
use crate::data::{LabelledImages, Readable};
use crate::evaluate::{Evaluator, Examples};
#[cfg(feature = "photographs")]
use crate::network::comparison::noise_images;
use crate::network::{shortened, TrainedNetwork};
use crate::spread::spread;
use crate::train::TrainingSet;

/// Examples on which the network is measured before.
const MEASURED: usize = 64;

/// How far [`fine_tune`] has come.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum FineTuneEvent {
    /// Another tensor's sensitivity was measured, of so many.
    Measured {
        /// Number of tensors.
        of: usize,
    },
    /// Training.
    Progress(Progress),
}

/// Goes on training a network by a recipe, whose architecture is the network's, and polishes it if
/// the examples are in memory.
///
/// A pure function of its arguments but for `checkpoints`, from which an interrupted one goes on,
/// bit for bit.
///
/// # Errors
/// If the network does not fit the data, training diverges, a checkpoint cannot be used, or the
/// result cannot be coded; [`SearchError::Sweeps`].
pub fn fine_tune<S: Clone + Into<Structure>>(
    network: &TrainedNetwork<S>,
    recipe: &Recipe,
    data: &Readable,
    settings: &Settings,
    checkpoints: &Checkpoints,
    report: &mut dyn FnMut(FineTuneEvent),
) -> Result<Model, SearchError> {
    match data {
        Readable::Images(data) => {
            let training_set = TrainingSet::new(&data.train, &Device::Cpu)?;
            fine_tune_images(
                network,
                recipe,
                &data.train,
                &training_set,
                settings,
                checkpoints,
                report,
            )
        }
        #[cfg(feature = "photographs")]
        Readable::Photographs(data) => {
            let sweeps = recipe.settings().sweeps;
            if sweeps > 0 {
                return Err(SearchError::Sweeps(sweeps));
            }
            let training_set = TrainingSet::streamed(&data.train, &Device::Cpu);
            let model = tuned(
                network,
                recipe,
                &data.train,
                &training_set,
                settings.seed,
                checkpoints,
                report,
            )?;
            let structure = model.structure();
            let images = noise_images(structure.input(), structure.classes())?;
            Ok(shortened(model, &images))
        }
    }
}

/// The same of images in memory, which `training_set` holds as candle tensors.
pub(super) fn fine_tune_images<S: Clone + Into<Structure>>(
    network: &TrainedNetwork<S>,
    recipe: &Recipe,
    images: &LabelledImages,
    training_set: &TrainingSet,
    settings: &Settings,
    checkpoints: &Checkpoints,
    report: &mut dyn FnMut(FineTuneEvent),
) -> Result<Model, SearchError> {
    let model = tuned(
        network,
        recipe,
        images,
        training_set,
        settings.seed,
        checkpoints,
        report,
    )?;
    let sweeps = recipe.settings().sweeps;
    let model = polish(&model, images, settings.delta, sweeps, |_| {})?;
    let model = match model.structure() {
        Structure::Graph(_) => uniform(&model, images, settings.delta)?,
        Structure::Chain(_) => model,
    };
    Ok(shortened(model, images))
}

fn tuned<S: Clone + Into<Structure>>(
    network: &TrainedNetwork<S>,
    recipe: &Recipe,
    examples: &dyn Examples,
    training_set: &TrainingSet,
    seed: u64,
    checkpoints: &Checkpoints,
    report: &mut dyn FnMut(FineTuneEvent),
) -> Result<Model, SearchError> {
    let pretrained = measured(network, examples, report)?;
    Ok(compress_pretrained(
        recipe,
        pretrained,
        training_set,
        seed,
        checkpoints,
        |progress| report(FineTuneEvent::Progress(progress)),
    )?)
}

/// The network with what rounding each of its tensors costs, on some of the examples.
fn measured<S: Clone + Into<Structure>>(
    network: &TrainedNetwork<S>,
    examples: &dyn Examples,
    report: &mut dyn FnMut(FineTuneEvent),
) -> Result<Pretrained, SearchError> {
    let indices: Vec<usize> = spread(examples.len(), MEASURED).collect();
    let of = Pretrained::steps(network);
    let start = |evaluator: &Evaluator| Ok(evaluator.features(examples, &indices, 0)?);
    Ok(Pretrained::measured(network, start, || {
        report(FineTuneEvent::Measured { of });
    })?)
}
