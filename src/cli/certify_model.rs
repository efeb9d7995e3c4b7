//! `nonvacuous certify --model`: a network trained elsewhere.

use std::path::{Path, PathBuf};

use clap::Args;

use super::certify::{provenance, summarise, write, MODEL_FILE};
use super::import::{architecture, ImportArguments};
use super::output::{create_folder, print, print_json};
use super::Failure;
use crate::certificate::issue;
use crate::compress::first_images;
use crate::data::DataSet;

#[derive(Debug, Args)]
pub(super) struct ModelArguments {
    /// Certify the network in this safetensors file instead of training one
    #[arg(long, value_name = "FILE.safetensors", requires = "arch")]
    pub(super) model: Option<PathBuf>,

    #[command(flatten)]
    import: ImportArguments,
}

/// What the network is certified on, and how.
pub(super) struct Claim<'a> {
    pub(super) arch: &'a str,
    pub(super) data: &'a DataSet,
    pub(super) delta: f64,
    pub(super) seed: u64,
    pub(super) folder: &'a Path,
}

impl ModelArguments {
    /// Imports, simplifies, encodes, and certifies what the file decodes to.
    pub(super) fn certify(&self, path: &Path, claim: &Claim, json: bool) -> Result<(), Failure> {
        let architecture = architecture(claim.arch, claim.data.train.shape(), claim.data.train.classes())?;
        let (network, simplification) = self.import.load(path, &architecture, &first_images(&claim.data.train)?)?;
        let file = network.model()?.encode()?;
        let certificate = issue(&file, MODEL_FILE, claim.data, claim.delta, provenance(claim.seed))?;
        create_folder(claim.folder)?;
        write(claim.folder, &file, &certificate)?;
        if json {
            return print_json(&certificate);
        }
        if let Some(simplification) = simplification {
            print(&format!("simplified: {simplification}\n"));
        }
        summarise(claim.folder, &certificate);
        Ok(())
    }
}
