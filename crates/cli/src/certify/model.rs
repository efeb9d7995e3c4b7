//! `nonvacuous certify --model`: a network trained elsewhere.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use super::arguments::{Arguments, LossName, ModelArguments};
use super::frontier::best_file;
use super::issuing::{issued, piece};
use super::options::Mode;
use super::outcome;
use super::trained::{read_recipe, TrainingProgress};
use crate::base::read_base;
use crate::failure::Failure;
use crate::imported::{Imported, Originals};
use crate::onnx::{is_onnx, read_onnx};
use crate::output::{print, read, write_whole};
use crate::pixel_cache::pixel_cache;
use crate::progress::progress_bar;
use crate::shard::show_piece;
use crate::tensor_names::{names_beside, tensor_names};
use nonvacuous::certificate::{Certificate, Folder, Issue, Kept};
use nonvacuous::code::{Architecture, Base, Graph, Model, Structure};
use nonvacuous::compress::{tunings, Checkpoints, Progress, Recipe};
use nonvacuous::data::{read_class_map, DataSet, Found, Groups, Readable};
use nonvacuous::digest::sha256;
use nonvacuous::evaluate::{examples_identity, Loss};
use nonvacuous::network::comparison::{first_images, noise_images};
use nonvacuous::network::{as_graph, shortened, Adapters, FineTuned, TrainedNetwork};
use nonvacuous::search::{fine_tune, FineTuneEvent, Search, Settings};
use nonvacuous::shape::ImageSize;
use nonvacuous::storage::memory_limit::MemoryLimit;
use nonvacuous::storage::whole_file;

/// Size of photographs as networks of known names read them.
const PHOTOGRAPH_SIZE: ImageSize = ImageSize {
    channels: 3,
    height: 224,
    width: 224,
};

/// Positions of a bar.
const RESOLUTION: f64 = 1000.0;

/// A model file; and if it was trained further just now, by which recipe and from which
/// checkpoints.
struct Prepared<'a> {
    file: Vec<u8>,
    tuned: Option<(&'a Path, Checkpoints)>,
    /// The network before it was quantised, if it may be trained further.
    further: Option<TrainedNetwork<Structure>>,
    /// What its tensors were called, if it is no model file.
    originals: Option<Originals>,
}

impl Prepared<'_> {
    /// A file that is not trained further.
    fn as_it_is(file: Vec<u8>, originals: Option<Originals>) -> Self {
        Self {
            file,
            tuned: None,
            further: None,
            originals,
        }
    }

    /// Writes what tensors were called beside the model in a folder, which came of this network.
    fn write_names(
        &self,
        folder: &Folder,
        certificate: &Certificate,
        base: Option<&Base>,
    ) -> Result<(), Failure> {
        if let Some(originals) = &self.originals {
            let file = certificate.file();
            let model = Model::read(file, base, MemoryLimit::NONE)?;
            originals.write_beside(&folder.model(), model.structure(), file)?;
        }
        Ok(())
    }
}

impl ModelArguments {
    /// Certifies what the file, or the network trained further, decodes to.
    pub(super) fn certify(
        &self,
        arguments: &Arguments,
        found: Found,
        groups: Option<Groups>,
        folder: &Folder,
        json: bool,
    ) -> Result<(), Failure> {
        let Some(path) = &self.model else {
            return Err(Failure::misuse("--model is missing"));
        };
        let classes = found.classes();
        if self.loss == LossName::Top5 && classes <= 5 && self.classes.is_none() {
            return Err(Failure::misuse(format!(
                "--loss top5 needs more than 5 classes, but there are {classes}"
            )));
        }
        let base = arguments.base.base.as_deref().map(read_base).transpose()?;
        let prepared = match &arguments.recipe {
            Some(recipe) => self.tuned(path, recipe, arguments, &found, folder)?,
            None => self.quantised(path, base.as_ref(), arguments, &found, folder, json)?,
        };
        let model = self.limit.decode(&prepared.file, base.as_deref())?;
        let input = model.structure().input();
        let outputs = model.structure().classes();
        let class_map = match &self.classes {
            Some(path) => Some(read_class_map(path, &found.class_names(), outputs)?),
            None => {
                found.check_outputs(outputs)?;
                None
            }
        };
        let data = self.readable(found, input)?;
        let sample = data.sample();
        let loss = Loss::from(self.loss);
        if !arguments.replace {
            folder.check(&sample, loss, arguments.delta)?;
        }
        whole_file::create_folder(folder.path())?;
        let mut issue = Issue::new(&prepared.file, sample, arguments.delta)
            .loss(loss)
            .class_map(class_map);
        if let Some(base) = &base {
            issue = issue.relative_to(base, arguments.base.claim()?);
        }
        if let Some(size) = self.subsample {
            issue = issue.subsample(size, arguments.seed);
        }
        if let Some(shard) = arguments.shard {
            let pieces = piece(issue, &data, arguments, groups.as_ref(), folder, shard)?;
            return show_piece(shard, &pieces, json);
        }
        let (certificate, kept) = issued(issue, &data, arguments, groups.as_ref(), folder)?;
        if kept == Kept::New {
            prepared.write_names(folder, &certificate, base.as_deref())?;
        }
        if let Some((recipe, checkpoints)) = &prepared.tuned {
            if kept == Kept::New {
                write_whole(&folder.recipe(), &read(recipe)?)?;
            }
            checkpoints.remove()?;
        }
        match (&prepared.further, &data) {
            (Some(network), Readable::Images(data)) if arguments.minutes.is_some() => {
                let time = arguments.minutes.unwrap_or_default();
                let before = folder.certificate()?;
                train_further(network, data, arguments, time, folder)?;
                let best = folder.certificate()?.unwrap_or(certificate);
                if before.is_none_or(|before| before.file() != best.file()) {
                    prepared.write_names(folder, &best, None)?;
                }
                outcome::report(folder, &best, &Kept::New, &arguments.data, json)
            }
            _ => outcome::report(folder, &certificate, &kept, &arguments.data, json),
        }
    }

    /// The data as a network of this input reads them.
    fn readable(&self, found: Found, input: ImageSize) -> Result<Readable, Failure> {
        let cache = pixel_cache(&found, self.cache.as_deref())?;
        Ok(found.read_at(input, cache.as_ref())?)
    }

    /// A model file as it is; the file of a network that takes few values; or that with the least
    /// bound of one that takes more.
    fn quantised<'a>(
        &self,
        path: &Path,
        base: Option<&Arc<Base>>,
        arguments: &Arguments,
        found: &Found,
        folder: &Folder,
        json: bool,
    ) -> Result<Prepared<'a>, Failure> {
        if self.is_model_file() {
            return Ok(Prepared::as_it_is(read(path)?, None));
        }
        if arguments.mode() == Mode::Adapters {
            return self.adapted(path, base, arguments, found, folder, json);
        }
        if let Some(base) = base {
            return self.fine_tuned(path, base, arguments, found, folder, json);
        }
        let Imported { network, originals } = self.imported(path, arguments, found, json)?;
        if network.takes_few_values() {
            let file = network.model()?.encode()?;
            return Ok(Prepared::as_it_is(file, Some(originals)));
        }
        let input = network.architecture().input();
        found.check_outputs(network.architecture().classes())?;
        let data = self.readable(found.clone(), input)?;
        whole_file::create_folder(folder.path())?;
        let loss = Loss::from(self.loss);
        let examples = data.sample().training;
        let best = best_file(&network, examples, loss, arguments, folder, json)?;
        let model = match &data {
            Readable::Images(data) => shortened(best.model, &data.train),
            Readable::Photographs(_) => shortened(
                best.model,
                &noise_images(input, network.architecture().classes())?,
            ),
        };
        Ok(Prepared {
            file: model.encode()?,
            tuned: None,
            further: Some(network),
            originals: Some(originals),
        })
    }

    /// The file with the least bound of those that tell a network by what changes its base.
    fn fine_tuned<'a>(
        &self,
        path: &Path,
        base: &Arc<Base>,
        arguments: &Arguments,
        found: &Found,
        folder: &Folder,
        json: bool,
    ) -> Result<Prepared<'a>, Failure> {
        self.import.refuse_no_simplify()?;
        let Imported { network, originals } = self.imported_graph(path, arguments, found)?;
        let network = FineTuned::new(base, network)?;
        let file = self.best_of_base(&network, arguments, found, folder, json)?;
        Ok(Prepared::as_it_is(file, Some(originals)))
    }

    /// The same of what adapters make of the base.
    fn adapted<'a>(
        &self,
        path: &Path,
        base: Option<&Arc<Base>>,
        arguments: &Arguments,
        found: &Found,
        folder: &Folder,
        json: bool,
    ) -> Result<Prepared<'a>, Failure> {
        let (Some(base), Some(base_path)) = (base, &arguments.base.base) else {
            return Err(Failure::misuse(format!(
                "{} has adapters, which change a network: name that with --base, as \
                 nonvacuous import makes it",
                path.display()
            )));
        };
        let structure = Structure::from(base.graph().clone());
        let file = read(base_path)?;
        let beside = names_beside(base_path);
        let remedy = "import the base again, which writes its own";
        let names = tensor_names(&structure, &file, beside.as_deref(), remedy)?;
        let network = FineTuned::adapted(base, &Adapters::open(path)?, &names)?;
        let file = self.best_of_base(&network, arguments, found, folder, json)?;
        let originals = Originals::of_last(structure, names);
        Ok(Prepared::as_it_is(file, Some(originals)))
    }

    /// The file with the least bound for a fine-tuned network.
    fn best_of_base(
        &self,
        network: &FineTuned,
        arguments: &Arguments,
        found: &Found,
        folder: &Folder,
        json: bool,
    ) -> Result<Vec<u8>, Failure> {
        let graph = network.graph();
        found.check_outputs(graph.classes())?;
        if !json {
            let [same, changed, new] = network.counts();
            print(&format!(
                "of its tensors {same} are the base's, {changed} changed, and {new} new\n"
            ));
        }
        let data = self.readable(found.clone(), graph.input())?;
        whole_file::create_folder(folder.path())?;
        let (loss, examples) = (Loss::from(self.loss), data.sample().training);
        let best = best_file(network, examples, loss, arguments, folder, json)?;
        Ok(best.model.encode()?)
    }

    /// A network in another file as a graph, every weight as it is.
    fn imported_graph(
        &self,
        path: &Path,
        arguments: &Arguments,
        found: &Found,
    ) -> Result<Imported<Graph>, Failure> {
        if is_onnx(path) {
            let options = self.onnx.options(self.input, self.limit.given());
            let usual = Some(input_of(found));
            return read_onnx(path, &options, usual, self.import.pixels());
        }
        let arch = arguments.arch.as_deref().ok_or_else(missing_arch)?;
        let architecture =
            Architecture::from_name_or_layers(arch, input_of(found), found.classes())?;
        let Imported { network, originals } = self.import.read(path, &architecture)?;
        let network = as_graph(network)?;
        Ok(Imported { network, originals })
    }

    /// A network in another file, as it is; one that takes few values simplified, unless that is
    /// not wanted.
    fn imported(
        &self,
        path: &Path,
        arguments: &Arguments,
        found: &Found,
        json: bool,
    ) -> Result<Imported<Structure>, Failure> {
        if is_onnx(path) {
            let options = self.onnx.options(self.input, self.limit.given());
            let usual = Some(input_of(found));
            return read_onnx(path, &options, usual, self.import.pixels())?.simplest();
        }
        let arch = arguments.arch.as_deref().ok_or_else(missing_arch)?;
        let architecture =
            Architecture::from_name_or_layers(arch, input_of(found), found.classes())?;
        let Imported { network, originals } = self.import.read(path, &architecture)?;
        if !network.takes_few_values() {
            let network = network.into();
            return Ok(Imported { network, originals });
        }
        let images = match found {
            Found::Images(data) => first_images(&data.train)?,
            Found::Photographs(_) => noise_images(architecture.input(), architecture.classes())?,
        };
        let (network, simplification) = self.import.simplified(network, &images)?;
        if let Some(simplification) = simplification.filter(|_| !json) {
            print(&format!("simplified: {simplification}\n"));
        }
        let network = network.into();
        Ok(Imported { network, originals })
    }

    /// The file of a network that is trained further.
    fn tuned<'a>(
        &self,
        path: &Path,
        recipe_path: &'a Path,
        arguments: &Arguments,
        found: &Found,
        folder: &Folder,
    ) -> Result<Prepared<'a>, Failure> {
        if is_onnx(path) {
            return Err(Failure::misuse(
                "--recipe trains networks of safetensors files further; one of an ONNX file is \
                 trained by several recipes with --minutes",
            ));
        }
        if self.is_model_file() {
            return Err(Failure::misuse(
                "training goes on from a safetensors or PyTorch file: nonvacuous decompress makes \
                 the former of a model file",
            ));
        }
        let recipe = read_recipe(recipe_path, input_of(found), found.classes())?;
        let Structure::Chain(layers) = &recipe.settings().architecture else {
            return Err(Failure::misuse(
                "a recipe in a file is for a chain of layers",
            ));
        };
        let Imported { network, originals } = self.import.read(path, layers)?;
        let recipe = recipe.with_architecture(network.architecture().clone())?;
        let data = self.readable(found.clone(), network.architecture().input())?;
        whole_file::create_folder(folder.path())?;
        let checkpoints = self.checkpoints(path, &recipe, &data, arguments.seed, folder)?;
        let model = trained_further(
            &network,
            &recipe,
            &data,
            &arguments.settings(),
            &checkpoints,
        )?;
        Ok(Prepared {
            file: model.encode()?,
            tuned: Some((recipe_path, checkpoints)),
            further: None,
            originals: Some(originals),
        })
    }

    /// Checkpoints, named after everything that training depends on.
    fn checkpoints(
        &self,
        path: &Path,
        recipe: &Recipe,
        data: &Readable,
        seed: u64,
        folder: &Folder,
    ) -> Result<Checkpoints, Failure> {
        let network = sha256(&whole_file::read_at_most(path, u64::MAX)?);
        let (version, import) = (env!("CARGO_PKG_VERSION"), &self.import);
        let examples = examples_identity(data.sample().training);
        let recipe = recipe.identity();
        let key = format!("{version}\n{recipe}\n{seed}\n{network}\n{import:?}\n{examples}");
        Ok(Checkpoints::new(folder.path(), &key))
    }
}

fn missing_arch() -> Failure {
    Failure::misuse(
        "--model FILE.safetensors, or FILE.pt, needs --arch: its layers, or a name such as lenet5; \
         an ONNX file needs none",
    )
}

/// Size of the images that a network for these data reads, if nothing else says it.
pub(super) fn input_of(found: &Found) -> ImageSize {
    match found {
        Found::Images(data) => data.train.shape(),
        Found::Photographs(set) => match set.small_size() {
            Some((width, height)) => ImageSize {
                channels: 3,
                height: height as usize,
                width: width as usize,
            },
            None => PHOTOGRAPH_SIZE,
        },
    }
}

/// Trains a network further by recipe after recipe; what has a smaller bound than the certificate
/// in the folder takes its place.
fn train_further(
    network: &TrainedNetwork<Structure>,
    data: &DataSet,
    arguments: &Arguments,
    time: Duration,
    folder: &Folder,
) -> Result<(), Failure> {
    let settings = Settings {
        replace: false,
        ..arguments.settings()
    };
    let recipes = tunings(network, data.train.len(), time)?;
    let progress = TrainingProgress::new();
    let search = Search::new(data, folder, &settings).from(network);
    let found = search.run(recipes, &mut |event| progress.show(&event));
    progress.finish();
    found?;
    Ok(())
}

/// Trains a network further, with bars on a terminal.
fn trained_further(
    network: &TrainedNetwork,
    recipe: &Recipe,
    data: &Readable,
    settings: &Settings,
    checkpoints: &Checkpoints,
) -> Result<Model, Failure> {
    let measuring = progress_bar(0, "{bar:24} {pos}/{len} tensors measured, {eta} left");
    let training = progress_bar(RESOLUTION as u64, "{bar:24} {percent}%, {msg}, {eta} left");
    let model = fine_tune(
        network,
        recipe,
        data,
        settings,
        checkpoints,
        &mut |event| match event {
            FineTuneEvent::Measured { of } => {
                measuring.set_length(of as u64);
                measuring.inc(1);
            }
            FineTuneEvent::Progress(Progress::Step(done)) => {
                measuring.finish_and_clear();
                training.set_position((done * RESOLUTION) as u64);
            }
            FineTuneEvent::Progress(other) => training.set_message(other.to_string()),
        },
    );
    training.finish_and_clear();
    Ok(model?)
}
