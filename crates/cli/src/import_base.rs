//! `nonvacuous import`: a network trained elsewhere as a base, every weight as it is.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::failure::Failure;
use super::import::{image_size, ImportArguments};
use super::imported::Imported;
use super::memory_limit::LimitArgument;
use super::onnx::{is_onnx, read_onnx, OnnxArguments};
use super::output::{print, print_json, refuse_same_file, write_whole};
use nonvacuous::code::{Architecture, Graph};
use nonvacuous::digest::sha256;
use nonvacuous::network::as_graph;
use nonvacuous::shape::ImageSize;
use nonvacuous::storage::whole_file::{self, MAX_BYTES};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The network: an ONNX file; or a safetensors file, or a state dict as torch.save writes it
    /// (.pt, .pth), with --arch
    network: PathBuf,

    /// Where to write the base; without it, beside the network
    #[arg(short, long, value_name = "FILE.nvc")]
    output: Option<PathBuf>,

    /// efficientnet-lite0, resnet20, …, or layers, such as "conv:8:3 relu max:2 dense:10:b"
    #[arg(long, value_name = "NAME|LAYERS")]
    arch: Option<String>,

    /// Size of the images: channels, rows, columns; for an ONNX file where that leaves it open
    #[arg(long, value_name = "CxHxW", value_parser = image_size)]
    input: Option<ImageSize>,

    /// Number of classes, for a name
    #[arg(long, value_name = "N")]
    classes: Option<usize>,

    #[command(flatten)]
    import: ImportArguments,

    #[command(flatten)]
    onnx: OnnxArguments,

    #[command(flatten)]
    limit: LimitArgument,
}

pub(super) fn run(arguments: &Arguments, json: bool) -> Result<(), Failure> {
    let output = arguments
        .output
        .clone()
        .unwrap_or_else(|| arguments.network.with_extension("nvc"));
    refuse_same_file(&arguments.network, &output)?;
    whole_file::require_writable(&output)?;
    let Imported { network, originals } = arguments.imported()?;
    let model = network.model()?;
    let file = model.encode()?;
    if file.len() as u64 > MAX_BYTES {
        return Err(Failure::misuse(format!(
            "the base would have {} bytes, and none of more than {MAX_BYTES} is read",
            file.len()
        )));
    }
    write_whole(&output, &file)?;
    let names = originals.write_beside(&output, model.structure(), &file)?;
    let (digest, weights) = (
        sha256(&file),
        model.structure().weights().unwrap_or(u64::MAX),
    );
    if json {
        return print_json(&json!({
            "file": output.display().to_string(),
            "names": names.display().to_string(),
            "sha256": digest,
            "bytes": file.len(),
            "weights": weights,
        }));
    }
    print(&format!(
        "written:    {} ({} bytes, {weights} weights as they are)",
        output.display(),
        file.len()
    ));
    print(&format!("names:      {}", names.display()));
    print(&format!("SHA-256:    {digest}"));
    print(&format!(
        "use it:     nonvacuous certify --base {} --base-source … --base-trained-on … --data …",
        output.display()
    ));
    Ok(())
}

impl Arguments {
    /// The network as a graph, its weights as they are.
    fn imported(&self) -> Result<Imported<Graph>, Failure> {
        self.import.refuse_no_simplify()?;
        if self.import.codewords().is_some() {
            return Err(Failure::misuse(
                "--codewords has no use: a base costs nothing, and keeps its weights",
            ));
        }
        if is_onnx(&self.network) {
            self.of_onnx()
        } else {
            self.of_tensors()
        }
    }

    fn of_onnx(&self) -> Result<Imported<Graph>, Failure> {
        let has_layers = self.arch.is_some() || self.classes.is_some();
        self.import.refuse_for_onnx(has_layers)?;
        let options = self.onnx.options(self.input, self.limit.given());
        read_onnx(&self.network, &options, None, self.import.pixels())
    }

    fn of_tensors(&self) -> Result<Imported<Graph>, Failure> {
        self.onnx.refuse(self.limit)?;
        let (Some(arch), Some(input)) = (&self.arch, self.input) else {
            return Err(Failure::misuse(
                "a file of tensors needs --arch: its layers, or a name; and --input: the size of \
                 its images, such as 3x224x224",
            ));
        };
        let classes = match self.classes {
            Some(classes) => classes,
            None => Architecture::parse(arch, input)
                .map(|layers| layers.classes())
                .map_err(|_| Failure::misuse("a name of layers needs --classes"))?,
        };
        let architecture = Architecture::from_name_or_layers(arch, input, classes)?;
        let Imported { network, originals } = self.import.read(&self.network, &architecture)?;
        let network = as_graph(network)?;
        Ok(Imported { network, originals })
    }
}
