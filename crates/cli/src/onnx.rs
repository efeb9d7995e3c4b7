//! Networks in ONNX files.

use std::io::Read;
use std::path::Path;

use clap::Args;

use super::failure::Failure;
use super::imported::{Imported, Originals};
use super::memory_limit::LimitArgument;
use super::output::warn;
use nonvacuous::code::Graph;
use nonvacuous::network::{OnnxError, OnnxNetwork, OnnxOptions, TrainedNetwork};
use nonvacuous::printable::escaped;
use nonvacuous::shape::ImageSize;
use nonvacuous::storage::memory_limit::MemoryLimit;

/// How an ONNX file is read.
#[derive(Debug, Clone, Args)]
pub(super) struct OnnxArguments {
    /// Which output of an ONNX file is the logits, where it has several
    #[arg(long, value_name = "NAME")]
    graph_output: Option<String>,
}

impl OnnxArguments {
    /// Whether any of them was given.
    pub(super) fn are_given(&self) -> bool {
        self.graph_output.is_some()
    }

    /// Refuses them, and a limit, where the file is none of ONNX.
    pub(super) fn refuse(&self, limit: LimitArgument) -> Result<(), Failure> {
        if self.are_given() || limit.given().is_some() {
            return Err(Failure::misuse(
                "--graph-output and --limit go with ONNX files, and this is another",
            ));
        }
        Ok(())
    }

    /// The options of the importer, with this size of images and this limit, if they were given.
    pub(super) fn options(
        &self,
        input: Option<ImageSize>,
        memory: Option<MemoryLimit>,
    ) -> OnnxOptions {
        OnnxOptions {
            input,
            output: self.graph_output.clone(),
            memory,
        }
    }
}

/// Whether a file is one of ONNX, by its first bytes: the version of the format, which comes first
/// in what exporters write, or the name where it does not.
pub(super) fn is_onnx(path: &Path) -> bool {
    const IR_VERSION: u8 = 0x08;
    // A safetensors file has the length of its header there, and then the header.
    const HEADER: usize = 8;
    if path
        .extension()
        .is_some_and(|extension| extension == "onnx")
    {
        return true;
    }
    // Opening a pipe would wait for whoever writes into it.
    if !path.is_file() {
        return false;
    }
    let mut head = [0; HEADER + 1];
    let read = std::fs::File::open(path).and_then(|mut file| file.read_exact(&mut head));
    read.is_ok() && head[0] == IR_VERSION && (1..=64).contains(&head[1]) && head[HEADER] != b'{'
}

/// The network of a file. What of it was read in another way than written, or not at all, is said
/// on standard error.
///
/// `usual` is the size of images where neither the file nor the options say it; `pixels` what the
/// network expects for black and white, if it is not 0 and 1.
pub(super) fn read_onnx(
    path: &Path,
    options: &OnnxOptions,
    usual: Option<ImageSize>,
    pixels: &[f32],
) -> Result<Imported<Graph>, Failure> {
    let network = match OnnxNetwork::read(path, options) {
        Err(open @ OnnxError::Input { .. }) if options.input.is_none() && usual.is_some() => {
            let input = usual;
            match OnnxNetwork::read(
                path,
                &OnnxOptions {
                    input,
                    ..options.clone()
                },
            ) {
                // A size that nobody named is not what is wrong.
                Err(OnnxError::Input { .. }) => Err(open),
                read => read,
            }
        }
        read => read,
    };
    let network = network.map_err(|error| Failure::from(error).about(path.display()))?;
    for note in &network.notes {
        warn(&format!(
            "nonvacuous: {}: {}",
            path.display(),
            escaped(note)
        ));
    }
    let names = network.names;
    let mut network = TrainedNetwork::new(network.graph, network.weights)?;
    if !pixels.is_empty() {
        network = network.with_pixels(pixels)?;
    }
    let originals = Originals::of_last(network.architecture().clone(), names);
    Ok(Imported { network, originals })
}
