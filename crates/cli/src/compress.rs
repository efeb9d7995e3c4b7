//! `nonvacuous compress`.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::budget::BudgetArguments;
use super::failure::Failure;
use super::import::{image_size, ImportArguments};
use super::imported::{Imported, Originals};
use super::memory_limit::LimitArgument;
use super::onnx::{is_onnx, read_onnx, OnnxArguments};
use super::output::{print, print_json, refuse_same_file, write_whole};
use nonvacuous::code::{Architecture, Graph, Model};
use nonvacuous::digest::sha256;
use nonvacuous::network::comparison::noise_images;
use nonvacuous::network::{OriginalNames, Simplification, TrainedNetwork};
use nonvacuous::shape::ImageSize;
use nonvacuous::storage::whole_file::{self, MAX_BYTES};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The network: a safetensors file, or a state dict as torch.save writes it (.pt, .pth), with
    /// --arch; or an ONNX file
    network: PathBuf,

    /// Where to write the model; without it, beside the network
    #[arg(short, long, value_name = "FILE.nvc")]
    output: Option<PathBuf>,

    /// lenet5, resnet20, mobilenet-v1-1, …, or layers, such as "conv:8:3 relu max:2 dense:10:b"
    #[arg(long, value_name = "NAME|LAYERS")]
    arch: Option<String>,

    /// Size of the images: channels, rows, columns; without it 1x28x28, and for an ONNX file what
    /// it says, which must not be another
    #[arg(long, value_name = "CxHxW", value_parser = image_size)]
    input: Option<ImageSize>,

    /// Number of classes; without it as many as the layers have outputs, and 10 for a name
    #[arg(long, value_name = "N")]
    classes: Option<usize>,

    #[command(flatten)]
    import: ImportArguments,

    #[command(flatten)]
    onnx: OnnxArguments,

    #[command(flatten)]
    limit: LimitArgument,

    #[command(flatten)]
    budget: BudgetArguments,
}

/// Size of the images of a state dict, if nothing else is said.
const USUAL_INPUT: ImageSize = ImageSize {
    channels: 1,
    height: 28,
    width: 28,
};

/// Classes of a network with a name, if nothing else is said.
const USUAL_CLASSES: usize = 10;

impl Arguments {
    fn architecture(&self) -> Result<Architecture, Failure> {
        let arch = self.arch.as_deref().ok_or_else(|| {
            Failure::misuse("a safetensors file needs --arch: its layers, or a name such as lenet5")
        })?;
        let input = self.input.unwrap_or(USUAL_INPUT);
        let classes = self.classes.unwrap_or_else(|| {
            let layers = Architecture::parse(arch, input);
            layers.map_or(USUAL_CLASSES, |layers| layers.classes())
        });
        Ok(Architecture::from_name_or_layers(arch, input, classes)?)
    }

    /// The model of a safetensors file's network, and what was simplified.
    fn chain_model(&self) -> Result<Compressed, Failure> {
        self.onnx.refuse(self.limit)?;
        let architecture = self.architecture()?;
        // What is simplified must have a file already, and weights before quantisation take too
        // many values for one.
        let Imported { network, originals } = self.import.read(&self.network, &architecture)?;
        if let Some(budget) = self.budget.bytes() {
            return self.within_budget(&network, budget, originals);
        }
        let images = noise_images(architecture.input(), architecture.classes())?;
        let (network, simplification) = self.import.simplified(network, &images)?;
        let model = network.model()?;
        drop(network);
        Compressed::new(model, simplification, originals)
    }

    /// The network of an ONNX file.
    fn onnx(&self) -> Result<Imported<Graph>, Failure> {
        let has_layers = self.arch.is_some() || self.classes.is_some();
        self.import.refuse_for_onnx(has_layers)?;
        let options = self.onnx.options(self.input, self.limit.given());
        let mut imported = read_onnx(&self.network, &options, None, self.import.pixels())?;
        if let Some(codewords) = self.import.codewords() {
            imported.network.quantise(codewords);
        }
        Ok(imported)
    }

    /// The model of an ONNX file's network, and what was simplified.
    fn onnx_model(&self) -> Result<Compressed, Failure> {
        let imported = self.onnx()?;
        let budget = self.budget.bytes();
        if budget.is_none() && !imported.network.takes_few_values() {
            // The file of a graph has weights as they are, where they take many values.
            self.import.refuse_no_simplify()?;
            return Compressed::new(imported.network.model()?, None, imported.originals);
        }
        let Imported { network, originals } = imported.simplest()?;
        let (model, simplification) = match (network.into_chain(), budget) {
            (Ok(chain), Some(budget)) => return self.within_budget(&chain, budget, originals),
            (Err(_), Some(_)) => {
                return Err(Failure::misuse(
                    "--budget quantises chains of layers, and this network is a graph of \
                     operators that no layers stand for: --codewords K quantises each tensor",
                ));
            }
            (Ok(chain), None) => {
                let layers = chain.architecture();
                let images = noise_images(layers.input(), layers.classes())?;
                let (chain, simplification) = self.import.simplified(chain, &images)?;
                (chain.model()?, simplification)
            }
            (Err(graph), None) => {
                self.import.refuse_no_simplify()?;
                (graph.model()?, None)
            }
        };
        Compressed::new(model, simplification, originals)
    }

    fn within_budget(
        &self,
        network: &TrainedNetwork,
        budget: usize,
        originals: Originals,
    ) -> Result<Compressed, Failure> {
        let (model, file) = self.budget.model(network, budget)?;
        Ok(Compressed {
            model,
            file,
            simplification: None,
            originals,
        })
    }
}

/// A model and its file.
struct Compressed {
    model: Model,
    file: Vec<u8>,
    /// What was simplified.
    simplification: Option<Simplification>,
    /// What the tensors were called.
    originals: Originals,
}

impl Compressed {
    fn new(
        model: Model,
        simplification: Option<Simplification>,
        originals: Originals,
    ) -> Result<Self, Failure> {
        let file = model.encode()?;
        Ok(Self {
            model,
            file,
            simplification,
            originals,
        })
    }
}

pub(super) fn run(arguments: &Arguments, json: bool) -> Result<(), Failure> {
    let output = arguments
        .output
        .clone()
        .unwrap_or_else(|| arguments.network.with_extension("nvc"));
    for written in [&output, &OriginalNames::beside(&output)] {
        refuse_same_file(&arguments.network, written)?;
        if let Some(names) = arguments.import.names_file() {
            refuse_same_file(names, written)?;
        }
        whole_file::require_writable(written)?;
    }
    let Compressed {
        model,
        file,
        simplification,
        originals,
    } = if is_onnx(&arguments.network) {
        arguments.onnx_model()?
    } else {
        arguments.chain_model()?
    };
    if file.len() as u64 > MAX_BYTES {
        return Err(Failure::misuse(format!(
            "the file would have {} bytes, and none of more than {MAX_BYTES} is read: --codewords \
             K, or --budget BYTES for a chain of layers, makes it shorter",
            file.len()
        )));
    }
    write_whole(&output, &file)?;
    let names = originals.write_beside(&output, model.structure(), &file)?;
    let bits = 8 * file.len();
    let weights = model.structure().weights().unwrap_or(u64::MAX);
    if json {
        return print_json(&json!({
            "file": output.display().to_string(),
            "names": names.display().to_string(),
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
        "names:      {} (no part of the model)",
        names.display()
    ));
    print(&format!(
        "where they go: nonvacuous inspect {}",
        output.display()
    ));
    Ok(())
}
