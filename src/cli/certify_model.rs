//! `nonvacuous certify --model`: a network trained elsewhere.

use std::path::{Path, PathBuf};

use clap::Args;

use super::certify::{provenance, summarise, write, MODEL_FILE};
use super::certify_photographs::{PhotographArguments, IMAGENET_SIZE};
use super::import::{architecture, ImportArguments};
use super::output::{create_folder, print, print_json, read};
use super::Failure;
use crate::certificate::issue;
use crate::code::{Architecture, ImageSize};
use crate::compress::{first_images, noise_images};
use crate::data::{DataSet, LabelledImages, PhotographSet};

#[derive(Debug, Args)]
pub(super) struct ModelArguments {
    /// Certify the network in this safetensors file, of layers --arch, or in this model file, instead of training one
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
    pub(super) delta: f64,
    pub(super) seed: u64,
    pub(super) folder: &'a Path,
}

impl ModelArguments {
    /// Certifies what the file decodes to.
    pub(super) fn certify(&self, path: &Path, claim: &Claim, data: &DataSet, json: bool) -> Result<(), Failure> {
        let (shape, classes) = (data.train.shape(), data.train.classes());
        let file = self.model_file(path, claim.arch, shape, classes, json, |_| Ok(first_images(&data.train)?))?;
        let certificate = issue(&file, MODEL_FILE, data, claim.delta, provenance(claim.seed))?;
        create_folder(claim.folder)?;
        write(claim.folder, &file, &certificate)?;
        if json {
            return print_json(&certificate);
        }
        summarise(claim.folder, &certificate);
        Ok(())
    }

    /// Certifies what the file decodes to on photographs.
    pub(super) fn certify_photographs(
        &self,
        path: &Path,
        claim: &Claim,
        set: &PhotographSet,
        json: bool,
    ) -> Result<(), Failure> {
        let classes = set.train.classes().len();
        let file =
            self.model_file(path, claim.arch, IMAGENET_SIZE, classes, json, |layers| Ok(noise_images(layers)?))?;
        self.photographs.certify(&file, set, claim.delta, claim.seed, claim.folder, json)
    }

    /// A model file as it is; or the file of a network that is imported and simplified, which is compared on `images`.
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
            Failure::misuse("--model FILE.safetensors needs --arch: its layers, or a name such as lenet5")
        })?;
        let architecture = architecture(arch, input, classes)?;
        let (network, simplification) = self.import.load(path, &architecture, &images(&architecture)?)?;
        if let Some(simplification) = simplification.filter(|_| !json) {
            print(&format!("simplified: {simplification}\n"));
        }
        Ok(network.model()?.encode()?)
    }
}
