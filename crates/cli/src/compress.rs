//! `nonvacuous compress`.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::budget::BudgetArguments;
use super::failure::Failure;
use super::import::{image_size, ImportArguments};
use super::output::{print, print_json, refuse_same_file, write_whole};
use nonvacuous::code::Architecture;
use nonvacuous::digest::sha256;
use nonvacuous::network::comparison::noise_images;
use nonvacuous::shape::ImageSize;
use nonvacuous::storage::whole_file;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The network: a safetensors file, or a state dict as torch.save writes it (.pt, .pth)
    network: PathBuf,

    /// Where to write the model; without it, beside the network
    #[arg(short, long, value_name = "FILE.nvc")]
    output: Option<PathBuf>,

    /// lenet5, resnet20, mobilenet-v1-1, …, or layers, such as "conv:8:3 relu max:2 dense:10:b"
    #[arg(long, value_name = "NAME|LAYERS")]
    arch: String,

    /// Size of the images: channels, rows, columns
    #[arg(long, value_name = "CxHxW", value_parser = image_size, default_value = "1x28x28")]
    input: ImageSize,

    /// Number of classes; without it as many as the layers have outputs, and 10 for a name
    #[arg(long, value_name = "N")]
    classes: Option<usize>,

    #[command(flatten)]
    import: ImportArguments,

    #[command(flatten)]
    budget: BudgetArguments,
}

/// Classes of a network with a name, if nothing else is said.
const USUAL_CLASSES: usize = 10;

impl Arguments {
    fn architecture(&self) -> Result<Architecture, Failure> {
        let classes = self.classes.unwrap_or_else(|| {
            let layers = Architecture::parse(&self.arch, self.input);
            layers.map_or(USUAL_CLASSES, |layers| layers.classes())
        });
        Ok(Architecture::from_name_or_layers(
            &self.arch, self.input, classes,
        )?)
    }
}

pub(super) fn run(arguments: &Arguments, json: bool) -> Result<(), Failure> {
    let output = arguments
        .output
        .clone()
        .unwrap_or_else(|| arguments.network.with_extension("nvc"));
    refuse_same_file(&arguments.network, &output)?;
    if let Some(names) = arguments.import.names_file() {
        refuse_same_file(names, &output)?;
    }
    whole_file::require_writable(&output)?;
    let architecture = arguments.architecture()?;
    let (model, file, simplification) = match arguments.budget.bytes() {
        // What is simplified must have a file already, and weights before quantisation take too
        // many values for one.
        Some(budget) => {
            let network = arguments.import.read(&arguments.network, &architecture)?;
            let (model, file) = arguments.budget.model(&network, budget)?;
            (model, file, None)
        }
        None => {
            let images = noise_images(architecture.input(), architecture.classes())?;
            let (network, simplification) =
                arguments
                    .import
                    .load(&arguments.network, &architecture, &images)?;
            let model = network.model()?;
            drop(network);
            let file = model.encode()?;
            (model, file, simplification)
        }
    };
    write_whole(&output, &file)?;
    let bits = 8 * file.len();
    let weights = architecture.weights().unwrap_or(u64::MAX);
    if json {
        return print_json(&json!({
            "file": output.display().to_string(),
            "sha256": sha256(&file),
            "bits": bits,
            "weights": weights,
            "layers": model.structure().to_string(),
            "largest_difference": simplification.map(|simplification| simplification.difference),
        }));
    }
    if let Some(simplification) = simplification {
        print(&format!("simplified: {simplification}"));
    }
    print(&format!("layers:     {}", model.structure()));
    print(&format!(
        "written:    {} ({} bytes, {bits} bits for {weights} weights)",
        output.display(),
        file.len()
    ));
    print(&format!(
        "where they go: nonvacuous inspect {}",
        output.display()
    ));
    Ok(())
}
