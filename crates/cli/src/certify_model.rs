//! `nonvacuous certify --model`: a network trained elsewhere.

use std::path::{Path, PathBuf};

use clap::Args;

use super::certify::{provenance, summarise, write, MODEL_FILE};
use super::certify_photographs::{PhotographArguments, IMAGENET_SIZE};
use super::import::{architecture, ImportArguments};
use super::output::{create_folder, print, print_json, read};
use super::tuning::Tuning;
use super::Failure;
use nonvacuous::certificate::issue;
use nonvacuous::code::Architecture;
use nonvacuous::data::{DataSet, LabelledImages, PhotographSet};
use nonvacuous::network::{first_images, noise_images};
use nonvacuous::shape::ImageSize;

#[derive(Debug, Args)]
pub(super) struct ModelArguments {
    /// Certify the network in this safetensors file, of layers --arch, or in this model file,
    /// instead of training one; or with --recipe, train the one in this safetensors file further
    #[arg(long, value_name = "FILE.safetensors|FILE.nvc")]
    pub(super) model: Option<PathBuf>,

    #[command(flatten)]
    import: ImportArguments,

    #[command(flatten)]
    pub(super) photographs: PhotographArguments,
}

/// How a network is certified.
pub(super) struct Claim<'a> {
    pub(super) arch: Option<&'a str>,
    /// How to train it further, if that is asked for.
    pub(super) recipe: Option<&'a Path>,
    pub(super) delta: f64,
    pub(super) seed: u64,
    pub(super) folder: &'a Path,
}

impl ModelArguments {
    /// Certifies what the file, or the network trained further, decodes to.
    pub(super) fn certify(
        &self,
        path: &Path,
        claim: &Claim,
        data: &DataSet,
        json: bool,
    ) -> Result<(), Failure> {
        let (shape, classes) = (data.train.shape(), data.train.classes());
        let tuned = self
            .tuning(path, claim)
            .map(|tuning| tuning.on_images(&data.train))
            .transpose()?;
        let file = match &tuned {
            Some(tuned) => &tuned.file,
            None => &self.model_file(path, claim.arch, shape, classes, json, |_| {
                Ok(first_images(&data.train)?)
            })?,
        };
        let certificate = issue(file, MODEL_FILE, data, claim.delta, provenance(claim.seed))?;
        create_folder(claim.folder)?;
        write(claim.folder, file, &certificate)?;
        tuned.map(|tuned| tuned.finish(claim.folder)).transpose()?;
        if json {
            return print_json(&certificate);
        }
        summarise(claim.folder, &certificate);
        Ok(())
    }

    /// The same on photographs.
    pub(super) fn certify_photographs(
        &self,
        path: &Path,
        claim: &Claim,
        set: &PhotographSet,
        json: bool,
    ) -> Result<(), Failure> {
        let classes = set.train.classes().len();
        self.photographs.check(classes)?;
        let cache = self.photographs.cache()?;
        let tuning = self.tuning(path, claim);
        let tuned = tuning
            .map(|tuning| tuning.on_photographs(&set.train, cache.as_ref()))
            .transpose()?;
        let file = match &tuned {
            Some(tuned) => &tuned.file,
            None => &self.model_file(path, claim.arch, IMAGENET_SIZE, classes, json, |layers| {
                Ok(noise_images(layers)?)
            })?,
        };
        self.photographs
            .certify(file, set, claim, cache.as_ref(), json)?;
        tuned.map_or(Ok(()), |tuned| tuned.finish(claim.folder))
    }

    /// How the network is trained further, if that is asked for.
    fn tuning<'a>(&'a self, network: &'a Path, claim: &'a Claim) -> Option<Tuning<'a>> {
        claim.recipe.map(|recipe| Tuning {
            import: &self.import,
            network,
            recipe,
            claim,
        })
    }

    /// A model file as it is; or the file of a network that is imported and simplified, which is
    /// compared on `images`.
    fn model_file(
        &self,
        path: &Path,
        arch: Option<&str>,
        input: ImageSize,
        classes: usize,
        json: bool,
        images: impl FnOnce(&Architecture) -> Result<LabelledImages, Failure>,
    ) -> Result<Vec<u8>, Failure> {
        if path.extension().is_some_and(|extension| extension == "nvc") {
            return read(path);
        }
        let arch = arch.ok_or_else(|| {
            Failure::misuse(
                "--model FILE.safetensors needs --arch: its layers, or a name such as lenet5",
            )
        })?;
        let architecture = architecture(arch, input, classes)?;
        let (network, simplification) =
            self.import
                .load(path, &architecture, &images(&architecture)?)?;
        if let Some(simplification) = simplification.filter(|_| !json) {
            print(&format!("simplified: {simplification}\n"));
        }
        Ok(network.model()?.encode()?)
    }
}
