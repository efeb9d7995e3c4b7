//! A network trained elsewhere: from named tensors to an architecture's.

pub(super) mod error;
mod flatten;
mod hints;
mod known;
mod layout;
mod matching;
mod moments;
mod onnx;
mod options;
mod order;
mod patterns;
pub(super) mod pixels;
mod roles;
mod source;
mod transposed;

pub use error::ImportError;
pub use matching::{match_tensors, MatchedTensor, Matching};
pub use onnx::error::{OnnxError, Refusal};
pub use onnx::network::{OnnxNetwork, MAX_ONNX_BYTES};
pub use onnx::options::OnnxOptions;
pub use onnx::protobuf::Damaged;
pub use options::{parse_names, FlattenOrder, ImportOptions, NamesError};
pub use order::OrderMisfit;

use self::flatten::flatten;
use self::known::KnownNames;
use self::layout::{transpose, Layout};
use self::moments::read_moments;
use self::pixels::with_pixels;
use self::source::Sources;
use super::tensor_file::TensorFile;
use super::trained_network::TrainedNetwork;
use crate::code::Architecture;

/// Reads the tensors that `architecture` needs.
///
/// A name fits if it ends in the architecture's (`model.conv1.weight`, `LeNet/conv1/weights`).
/// Kernels may be stored as `[out, in, rows, columns]` and matrices as `[out, in]` (PyTorch), or as
/// `[rows, columns, in, out]` and `[in, out]` (TensorFlow). The inputs of a dense layer after a
/// feature map are in the order channel, row, column, unless [`ImportOptions::flatten`] says
/// otherwise, which must be given for TensorFlow's.
///
/// Where names do not fit, as those of PyTorch's `Sequential` do not (`0.weight`, `3.bias`), layers
/// are matched by order and shape; [`match_tensors`] says which tensor became which.
///
/// Batch normalisations that come with moments (`bn1.running_mean` and `bn1.running_var` beside
/// `bn1.weight`; Keras' `moving_mean` and `moving_variance` beside `gamma`, Flax' `mean` and `var`
/// beside `scale`) get scales and shifts that include them. EfficientNet-Lite0 is known by the
/// names of `efficientnet-lite-pytorch`.
///
/// If the network expects pixels in another range than from 0 to 1, a depthwise 1x1 convolution in
/// front maps them: it is part of the function, so it is part of the file.
///
/// # Errors
/// If the file cannot be read; if its names, shapes or types do not fit; if it has tensors that the
/// architecture does not read and [`ImportOptions::ignore`] does not name; or if an option names
/// nothing.
pub fn import(
    file: &mut TensorFile,
    architecture: &Architecture,
    options: &ImportOptions,
) -> Result<TrainedNetwork, ImportError> {
    let known = KnownNames::of(file);
    let sources = Sources::find(file, architecture, options, &known)?;
    let mut layouts = Vec::with_capacity(sources.all.len());
    for source in &sources.all {
        let found = sources.shape_of(&source.name).unwrap_or_default();
        layouts.push(Layout::of(&source.name, found, &source.shape)?);
    }
    // A square matrix does not tell its layout; the others do.
    let certain = layouts.iter().find(|layout| layout.is_certain);
    let is_usually_transposed = certain.is_some_and(|layout| layout.is_transposed);
    let mut weights = Vec::with_capacity(sources.all.len());
    for (source, layout) in sources.all.iter().zip(&layouts) {
        let mut numbers = file.read(&source.name)?;
        let is_transposed = if layout.is_certain {
            layout.is_transposed
        } else {
            is_usually_transposed
        };
        if is_transposed {
            numbers = transpose(&numbers, &source.shape.dimensions);
        }
        weights.push(numbers);
    }
    let mut has_moments = false;
    for (tensor, source) in sources.all.iter().enumerate() {
        let given = options.epsilon.or(known.epsilon);
        let Some(moments) = read_moments(file, &sources, source, given)? else {
            continue;
        };
        has_moments = true;
        if let Some([scale, shift]) = weights.get_mut(tensor..tensor + 2) {
            moments.fold(scale, shift);
        }
    }
    if let Some(epsilon) = options.epsilon.filter(|_| !has_moments) {
        return Err(ImportError::Epsilon(epsilon));
    }
    flatten(
        architecture,
        &mut weights,
        options.flatten,
        is_usually_transposed,
    )?;
    // Minus zero is zero.
    weights
        .iter_mut()
        .flatten()
        .filter(|number| **number == 0.0)
        .for_each(|number| *number = 0.0);
    with_pixels(architecture, weights, &options.pixels)
}
