//! `nonvacuous inspect`.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::base::BaseArgument;
use super::failure::Failure;
use super::memory_limit::LimitArgument;
use super::output::{print, print_json, read};
use super::table::table;
use nonvacuous::code::{Allocation, Model, TensorBits};
use nonvacuous::digest::sha256;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The model file
    model: PathBuf,

    #[command(flatten)]
    base: BaseArgument,

    #[command(flatten)]
    limit: LimitArgument,
}

pub(super) fn run(arguments: &Arguments, json: bool) -> Result<(), Failure> {
    let file = read(&arguments.model)?;
    let base = arguments.base.read()?;
    let model = arguments.limit.decode(&file, base.as_deref())?;
    let (_, allocation) = model.encode_with_allocation()?;
    if json {
        return print_json(&as_json(&model, &allocation, &file));
    }
    let structure = model.structure();
    match structure.graph() {
        None => {
            print(&format!("input         {}", structure.input()));
            print(&format!("layers        {structure}"));
        }
        Some(graph) => print(&format!("{graph}")),
    }
    print(&format!("SHA-256       {}", sha256(&file)));
    print("");
    print(&table(&rows(&allocation)));
    for (place, codebook) in model.codebooks().iter().enumerate() {
        let values: Vec<String> = codebook.values().iter().map(f32::to_string).collect();
        print(&format!("\ncodebook {}    {}", place + 1, values.join(" ")));
    }
    Ok(())
}

fn rows(allocation: &Allocation) -> Vec<Vec<String>> {
    let header = [
        "",
        "weights",
        "kept",
        "codewords",
        "code",
        "codebook",
        "mask",
        "assignments",
        "bits",
        "per kept",
        "entropy",
    ];
    let mut rows = vec![header.map(str::to_string).to_vec()];
    let single = |name: &str, bits: f64| {
        let mut row = vec![String::new(); BITS_COLUMN + 1];
        row[0] = name.to_string();
        row[BITS_COLUMN] = format!("{bits:.1}");
        row
    };
    rows.push(single("version", allocation.version));
    rows.push(single("architecture", allocation.architecture));
    for tensor in &allocation.tensors {
        rows.push(vec![
            tensor.name.clone(),
            tensor.weights.to_string(),
            tensor.nonzeros.to_string(),
            format!("{} {}", tensor.codewords, tensor.kind),
            tensor
                .symbol_code
                .map_or_else(String::new, |code| code.to_string()),
            format!("{:.1}", tensor.codebook),
            format!("{:.1}", tensor.mask),
            format!("{:.1}", tensor.assignments),
            format!("{:.1}", bits(tensor)),
            if tensor.nonzeros == 0 {
                String::new()
            } else {
                format!("{:.2}", bits(tensor) / tensor.nonzeros as f64)
            },
            format!("{:.1}", tensor.mask_entropy + tensor.assignment_entropy),
        ]);
    }
    rows.push(single("termination", allocation.termination));
    rows.push(single("total", allocation.total as f64));
    rows
}

/// The column of the sums.
const BITS_COLUMN: usize = 8;

fn bits(tensor: &TensorBits) -> f64 {
    tensor.codebook + tensor.mask + tensor.assignments
}

fn as_json(model: &Model, allocation: &Allocation, file: &[u8]) -> serde_json::Value {
    let tensors: Vec<_> = allocation
        .tensors
        .iter()
        .map(|tensor| {
            json!({
                "name": tensor.name,
                "weights": tensor.weights,
                "kept": tensor.nonzeros,
                "codewords": tensor.codewords,
                "kind": tensor.kind,
                "coordinates": tensor.coordinates,
                "code": tensor.symbol_code.map(|code| code.to_string()),
                "codebook_bits": tensor.codebook,
                "mask_bits": tensor.mask,
                "assignment_bits": tensor.assignments,
                "mask_entropy_bits": tensor.mask_entropy,
                "assignment_entropy_bits": tensor.assignment_entropy,
            })
        })
        .collect();
    let codebooks: Vec<&[f32]> = model
        .codebooks()
        .iter()
        .map(|codebook| codebook.values())
        .collect();
    json!({
        "sha256": sha256(file),
        "input": model.structure().input().to_string(),
        "layers": model.structure().to_string(),
        "codebooks": codebooks,
        "version_bits": allocation.version,
        "architecture_bits": allocation.architecture,
        "tensors": tensors,
        "termination_bits": allocation.termination,
        "bits": allocation.total,
    })
}
