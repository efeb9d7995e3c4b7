//! What the nodes of a network compute, for several images side by side.

mod activate;
mod affine;
mod combine;
mod convolution;
mod dense;
mod depthwise;
mod geometry;
mod local_response;
mod matrix_product;
mod normalise;
mod of_layer;
mod of_operator;
pub(super) mod operation;
mod pool;
mod rearrange;
mod reduce;
mod resize;
mod softmax;
pub(super) mod tensor;
mod walk;
mod weighted_sums;
