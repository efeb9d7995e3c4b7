//! `nonvacuous decompress`.

use std::path::{Path, PathBuf};

use clap::Args;
use serde_json::json;

use super::base::BaseArgument;
use super::failure::Failure;
use super::memory_limit::LimitArgument;
use super::output::{print, print_json, read, refuse_same_file};
use super::tensor_names::{names_beside, tensor_names};
use nonvacuous::code::Model;
use nonvacuous::network::{safetensors, OnnxFile};
use nonvacuous::storage::whole_file;

const REMEDY: &str = "name the right ones with --names FILE, or remove these, and the model's own \
                      names are taken";

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The model file
    model: PathBuf,

    /// Where to write the network, as ONNX if the name ends in .onnx, else its weights as
    /// safetensors; without it, as safetensors beside the model
    #[arg(short, long, value_name = "FILE.safetensors|FILE.onnx")]
    output: Option<PathBuf>,

    /// What the tensors were called where they came from, as compress and certify write it; without
    /// it MODEL.names.json beside the model, if that is there
    #[arg(long, value_name = "FILE")]
    names: Option<PathBuf>,

    #[command(flatten)]
    base: BaseArgument,

    #[command(flatten)]
    limit: LimitArgument,
}

impl Arguments {
    /// The file of names, if there is one.
    fn names_file(&self) -> Option<PathBuf> {
        self.names.clone().or_else(|| names_beside(&self.model))
    }
}

pub(super) fn run(arguments: &Arguments, json: bool) -> Result<(), Failure> {
    let output = arguments
        .output
        .clone()
        .unwrap_or_else(|| arguments.model.with_extension("safetensors"));
    let names_file = arguments.names_file();
    for input in std::iter::once(&arguments.model).chain(&names_file) {
        refuse_same_file(input, &output)?;
    }
    let file = read(&arguments.model)?;
    let base = arguments.base.read()?;
    let model = arguments.limit.decode(&file, base.as_deref())?;
    // What is written is bounded like what is held.
    let weights = model.structure().weights().unwrap_or(u64::MAX);
    let written = weights.saturating_mul(size_of::<f32>() as u64);
    arguments.limit.of(&file, base.as_deref()).check(written)?;
    let names = tensor_names(model.structure(), &file, names_file.as_deref(), REMEDY)?;
    let is_onnx = output.extension().is_some_and(|end| end == "onnx");
    let tensors = if is_onnx {
        write_onnx(&model, &names, &output)?
    } else {
        write_safetensors(&model, names, &output)?
    };
    if json {
        let tensors: Vec<_> = tensors
            .iter()
            .map(|(name, shape)| json!({ "name": name, "shape": shape }))
            .collect();
        let layers = model.structure().to_string();
        let file = output.display().to_string();
        return print_json(&json!({ "file": file, "layers": layers, "tensors": tensors }));
    }
    print(&format!("layers:  {}", model.structure()));
    print(&format!(
        "written: {} ({} tensors)",
        output.display(),
        tensors.len()
    ));
    if let Some(names) = &names_file {
        print(&format!("names:   as in {}", names.display()));
    }
    Ok(())
}

/// Names and shapes.
type Tensors = Vec<(String, Vec<usize>)>;

fn write_safetensors(model: &Model, names: Vec<String>, path: &Path) -> Result<Tensors, Failure> {
    let shapes = model.structure().tensors().into_iter();
    let shapes = shapes.map(|shape| shape.dimensions);
    let tensors: Tensors = names.into_iter().zip(shapes).collect();
    whole_file::write_with(path, |file| {
        safetensors::write(file, &tensors, |place| model.tensor_weights(place))
    })?;
    Ok(tensors)
}

fn write_onnx(model: &Model, names: &[String], path: &Path) -> Result<Tensors, Failure> {
    let network = OnnxFile::new(model.structure(), names)?;
    whole_file::write_with(path, |file| {
        network.write(file, |place| model.tensor_weights(place))
    })?;
    let tensors = network.tensors();
    Ok(tensors
        .map(|(name, shape)| (name.to_string(), shape.to_vec()))
        .collect())
}
