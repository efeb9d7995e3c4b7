//! Networks in ONNX files.

use std::io::Read;
use std::path::Path;

use super::failure::Failure;
use super::output::warn;
use nonvacuous::code::Graph;
use nonvacuous::network::{OnnxError, OnnxNetwork, OnnxOptions, TrainedNetwork};
use nonvacuous::printable::escaped;
use nonvacuous::shape::ImageSize;

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
/// `size` is that of the images, where the file leaves it open; `pixels` what the network expects
/// for black and white, if it is not 0 and 1.
pub(super) fn read_onnx(
    path: &Path,
    size: ImageSize,
    pixels: &[f32],
) -> Result<TrainedNetwork<Graph>, Failure> {
    let options = OnnxOptions::default();
    let network = match OnnxNetwork::read(path, &options) {
        Err(OnnxError::Input { .. }) => {
            let input = Some(size);
            OnnxNetwork::read(path, &OnnxOptions { input, ..options })
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
    let network = TrainedNetwork::new(network.graph, network.weights)?;
    if pixels.is_empty() {
        return Ok(network);
    }
    Ok(network.with_pixels(pixels)?)
}
