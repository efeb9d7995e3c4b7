//! `nonvacuous decompress`.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::failure::Failure;
use super::memory_limit::LimitArgument;
use super::output::{print, print_json, read, refuse_same_file};
use nonvacuous::network::safetensors;
use nonvacuous::storage::whole_file;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The model file
    model: PathBuf,

    /// Where to write the safetensors file; without it, beside the model
    #[arg(short, long, value_name = "FILE.safetensors")]
    output: Option<PathBuf>,

    #[command(flatten)]
    limit: LimitArgument,
}

pub(super) fn run(arguments: &Arguments, json: bool) -> Result<(), Failure> {
    let output = arguments
        .output
        .clone()
        .unwrap_or_else(|| arguments.model.with_extension("safetensors"));
    refuse_same_file(&arguments.model, &output)?;
    let file = read(&arguments.model)?;
    let model = arguments.limit.decode(&file)?;
    // What is written is bounded like what is held.
    let weights = model.structure().weights().unwrap_or(u64::MAX);
    let written = weights.saturating_mul(size_of::<f32>() as u64);
    arguments.limit.of(&file).check(written)?;
    let shapes = model.structure().tensors();
    let tensors: Vec<(String, Vec<usize>)> = shapes
        .into_iter()
        .map(|shape| (shape.name, shape.dimensions))
        .collect();
    whole_file::write_with(&output, |file| {
        safetensors::write(file, &tensors, |place| model.tensor_weights(place))
    })?;
    if json {
        let tensors: Vec<_> = tensors
            .iter()
            .map(|(name, shape)| json!({ "name": name, "shape": shape }))
            .collect();
        let layers = model.structure().to_string();
        return print_json(
            &json!({ "file": output.display().to_string(), "layers": layers, "tensors": tensors }),
        );
    }
    print(&format!("layers:  {}", model.structure()));
    print(&format!(
        "written: {} ({} tensors)",
        output.display(),
        tensors.len()
    ));
    Ok(())
}
