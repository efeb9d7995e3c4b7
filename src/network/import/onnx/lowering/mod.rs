//! Each operator of ONNX in the operators of a [`crate::code::Graph`], by families.

mod activation;
mod arrangement;
mod convolution;
mod elementwise;
mod normalisation;
mod pooling;
mod products;
mod reduction;
mod resizing;
mod selection;
mod softmax;
mod window;

use super::call::{Call, Computed};
use super::draft::Draft;
use super::error::Refusal;
use super::tensors::is_float;
use crate::code::Arithmetic;

/// What a node makes of what depends on the image.
///
/// # Errors
/// If the node is not understood, or does not fit what it reads.
pub(super) fn lower(call: &Call<'_>, draft: &mut Draft) -> Result<Vec<Computed>, Refusal> {
    if call.operator == "Split" {
        return selection::split(call, draft);
    }
    let one = match call.operator {
        "Identity" | "Dropout" | "Cast" => unchanged(call)?,
        "Conv" => convolution::convolution(call, draft)?,
        "MatMul" => products::matrix_product(call, draft)?,
        "Gemm" => products::general_product(call, draft)?,
        "MaxPool" | "AveragePool" => pooling::windows(call, draft)?,
        "GlobalAveragePool" | "GlobalMaxPool" => pooling::whole(call, draft)?,
        "BatchNormalization" => normalisation::batch(call, draft)?,
        "LayerNormalization" => normalisation::layer(call, draft)?,
        "InstanceNormalization" => normalisation::instance(call, draft)?,
        "GroupNormalization" => normalisation::group(call, draft)?,
        "LRN" => normalisation::local_response(call, draft)?,
        "Softmax" => softmax::softmax(call, draft)?,
        "LogSoftmax" => softmax::logarithm(call, draft)?,
        "Add" | "Sum" => elementwise::all(Arithmetic::Add, call, draft)?,
        "Sub" => elementwise::all(Arithmetic::Subtract, call, draft)?,
        "Mul" => elementwise::all(Arithmetic::Multiply, call, draft)?,
        "Div" => elementwise::all(Arithmetic::Divide, call, draft)?,
        "Pow" => elementwise::all(Arithmetic::Power, call, draft)?,
        "Max" => elementwise::all(Arithmetic::Larger, call, draft)?,
        "Min" => elementwise::all(Arithmetic::Smaller, call, draft)?,
        "Mean" => elementwise::mean(call, draft)?,
        "ReduceMean" | "ReduceSum" | "ReduceMax" | "ReduceMin" | "ReduceSumSquare" | "ReduceL2" => {
            reduction::reduce(call, draft)?
        }
        "Concat" => arrangement::concatenate(call, draft)?,
        "Reshape" | "Flatten" | "Squeeze" | "Unsqueeze" => arrangement::reshape(call, draft)?,
        "Transpose" => arrangement::transpose(call, draft)?,
        "DepthToSpace" => arrangement::depth_to_space(call, draft)?,
        "SpaceToDepth" => arrangement::space_to_depth(call, draft)?,
        "Slice" => selection::slice(call, draft)?,
        "Gather" => selection::gather(call, draft)?,
        "Pad" => selection::pad(call, draft)?,
        "Resize" | "Upsample" => resizing::resize(call, draft)?,
        "Expand" => selection::expand(call, draft)?,
        "Tile" => selection::tile(call, draft)?,
        _ => activation::activation(call, draft)?,
    };
    Ok(vec![one])
}

/// What is the same number for number, once the network is trained.
fn unchanged(call: &Call<'_>) -> Result<Computed, Refusal> {
    call.attributes
        .overlook(&["ratio", "is_test", "seed", "saturate", "consumed_inputs"]);
    let is_training = call.optional_constant(2)?.and_then(|flag| flag.scalar());
    if call.operator == "Dropout" && is_training.is_some_and(|flag| flag != 0.0) {
        return Err(Refusal::Unsupported(
            "the network is exported for training: call model.eval() before",
        ));
    }
    let to = call.attributes.integer("to")?.unwrap_or(1);
    if !is_float(to) {
        return Err(Refusal::Attribute {
            name: "to",
            value: to.to_string(),
            accepted: "a floating point number for what depends on the image",
        });
    }
    call.computed(0).cloned()
}
