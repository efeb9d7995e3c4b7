//! `nonvacuous certify --model … --recipe …`: training goes on from a network trained elsewhere.

use std::path::Path;

use candle_core::Device;

use super::certify::read_recipe;
use super::certify_model::Claim;
use super::certify_photographs::IMAGENET_SIZE;
use super::import::ImportArguments;
use super::output::{cannot, create_folder, read, write_whole};
use super::progress::progress_bar;
use super::search::RECIPE_FILE;
use super::Failure;
use nonvacuous::code::Model;
use nonvacuous::compress::{polish, tune, Checkpoints, Pretrained, Progress, Recipe};
use nonvacuous::data::{Framing, ImageFolder, LabelledImages, PixelCache};
use nonvacuous::digest::sha256;
use nonvacuous::evaluate::{Evaluator, Features};
use nonvacuous::network::{noise_images, shortened, ImportError, TrainedNetwork};
use nonvacuous::shape::ImageSize;
use nonvacuous::spread::spread;
use nonvacuous::train::TrainingSet;

/// Examples on which the network is measured before.
const MEASURED: usize = 64;

/// Positions of a bar.
const RESOLUTION: f64 = 1000.0;

/// Which network is trained, and how.
pub(super) struct Tuning<'a> {
    pub(super) import: &'a ImportArguments,
    pub(super) network: &'a Path,
    pub(super) recipe: &'a Path,
    pub(super) claim: &'a Claim<'a>,
}

/// The model file of a network that was trained further.
pub(super) struct Tuned<'a> {
    pub(super) file: Vec<u8>,
    recipe: &'a Path,
    checkpoints: Checkpoints,
}

impl Tuned<'_> {
    /// Puts the recipe beside the certificate, and removes the checkpoints, which are not needed
    /// any more.
    pub(super) fn finish(self, folder: &Path) -> Result<(), Failure> {
        write_whole(&folder.join(RECIPE_FILE), &read(self.recipe)?)?;
        self.checkpoints
            .remove()
            .map_err(|error| cannot("tidy", folder, &error))
    }
}

impl<'a> Tuning<'a> {
    /// Trains on images in memory, and polishes.
    pub(super) fn on_images(&self, data: &LabelledImages) -> Result<Tuned<'a>, Failure> {
        let (network, recipe) = self.read(data.shape(), data.classes())?;
        let measured: Vec<usize> = spread(data.len(), MEASURED).collect();
        let start = |evaluator: &Evaluator| Ok(evaluator.features(data, &measured, 0)?);
        let training_set = TrainingSet::new(data, &Device::Cpu)?;
        let checkpoints = self.checkpoints(&recipe, &data.sha256())?;
        let model = self.tuned(&network, &recipe, &training_set, start, &checkpoints)?;
        let model = polish(&model, data, self.claim.delta, recipe.sweeps, |_| {})?;
        Ok(Tuned {
            file: shortened(model, data).encode()?,
            recipe: self.recipe,
            checkpoints,
        })
    }

    /// Trains on photographs, which are decoded when they are needed.
    pub(super) fn on_photographs(
        &self,
        folder: &ImageFolder,
        cache: Option<&PixelCache>,
    ) -> Result<Tuned<'a>, Failure> {
        let (network, recipe) = self.read(IMAGENET_SIZE, folder.classes().len())?;
        if recipe.sweeps > 0 {
            return Err(Failure::misuse(
                "photographs are not polished: the recipe has sweeps = 0, or leaves it out",
            ));
        }
        let framing = Framing::usual(network.architecture.input())?;
        let measured = folder.batch(&folder.spread(MEASURED), framing, cache);
        let start = |evaluator: &Evaluator| Ok(evaluator.start(&measured)?);
        let training_set = TrainingSet::photographs(folder, framing, cache, &Device::Cpu);
        let checkpoints = self.checkpoints(&recipe, &folder.listing_sha256())?;
        let model = self.tuned(&network, &recipe, &training_set, start, &checkpoints)?;
        let images = noise_images(model.architecture())?;
        Ok(Tuned {
            file: shortened(model, &images).encode()?,
            recipe: self.recipe,
            checkpoints,
        })
    }

    /// The network, with the layer that maps pixels if there is one; and the recipe for all its
    /// layers.
    fn read(&self, input: ImageSize, classes: usize) -> Result<(TrainedNetwork, Recipe), Failure> {
        if self
            .network
            .extension()
            .is_some_and(|extension| extension == "nvc")
        {
            let message = "training goes on from a safetensors file: nonvacuous decompress makes one of a model file";
            return Err(Failure::misuse(message));
        }
        let recipe = read_recipe(self.recipe, input, classes)?;
        let network = self.import.read(self.network, &recipe.architecture)?;
        let recipe = recipe.with_architecture(network.architecture.clone());
        Ok((network, recipe))
    }

    fn checkpoints(&self, recipe: &Recipe, examples: &str) -> Result<Checkpoints, Failure> {
        create_folder(self.claim.folder)?;
        let network = sha256(&read(self.network)?);
        let (version, seed, import) = (env!("CARGO_PKG_VERSION"), self.claim.seed, self.import);
        let key = format!("{version}\n{recipe}\n{seed}\n{network}\n{import:?}\n{examples}");
        Ok(Checkpoints::new(self.claim.folder, &key))
    }

    fn tuned(
        &self,
        network: &TrainedNetwork,
        recipe: &Recipe,
        training_set: &TrainingSet,
        start: impl Fn(&Evaluator) -> Result<Features, ImportError>,
        checkpoints: &Checkpoints,
    ) -> Result<Model, Failure> {
        let bar = progress_bar(
            Pretrained::steps(network) as u64,
            "{bar:24} {pos}/{len} tensors measured, {eta} left",
        );
        let pretrained = Pretrained::measured(network, start, || bar.inc(1))?;
        bar.finish_and_clear();
        let bar = progress_bar(RESOLUTION as u64, "{bar:24} {percent}%, {msg}, {eta} left");
        bar.set_message("starting");
        let model = tune(
            recipe,
            pretrained,
            training_set,
            self.claim.seed,
            checkpoints,
            |progress| match progress {
                Progress::Step(done) => bar.set_position((done * RESOLUTION) as u64),
                other => bar.set_message(other.to_string()),
            },
        );
        bar.finish_and_clear();
        Ok(model?)
    }
}
