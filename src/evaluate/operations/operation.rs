//! What a node of a network computes, with its weights.

use std::borrow::Cow;

use super::activate::activate;
use super::affine::Affine;
use super::combine::{Combine, WithNumber};
use super::convolution::Convolve;
use super::dense::Dense;
use super::local_response::LocalResponse;
use super::matrix_product::MatrixProduct;
use super::normalise::Normalise;
use super::pool::Pool;
use super::rearrange::{Concatenate, Pad, Select, Transpose};
use super::reduce::Reduce;
use super::resize::Resize;
use super::softmax::Softmax;
use crate::code::deskew::deskew;
use crate::code::Activation;
use crate::evaluate::lanes::{Lanes, LANES};
use crate::shape::ImageSize;

/// An operation of one network, made for the sizes of what it reads.
#[derive(Debug)]
pub(in crate::evaluate) enum Operation {
    Deskew(ImageSize),
    Convolve(Convolve),
    Dense(Dense),
    Affine(Affine),
    Constant(Vec<f32>),
    Pool(Pool),
    Reduce(Reduce),
    Normalise(Normalise),
    LocalResponse(LocalResponse),
    Softmax(Softmax),
    Activation(Activation),
    WithNumber(WithNumber),
    Combine(Combine),
    MatrixProduct(MatrixProduct),
    Concatenate(Concatenate),
    /// Only the shape changes.
    Reshape,
    Transpose(Transpose),
    Select(Select),
    Pad(Pad),
    Resize(Resize),
}

impl Operation {
    /// What it makes of what it reads, in place of the first that is its own where that is
    /// possible.
    pub(in crate::evaluate) fn apply(&self, inputs: Vec<Cow<[Lanes]>>) -> Vec<Lanes> {
        if let Operation::Concatenate(concatenate) = self {
            return concatenate.run(&inputs);
        }
        let mut inputs = inputs.into_iter();
        let mut next = || inputs.next().unwrap_or_default();
        let first = next();
        match self {
            Operation::Convolve(convolve) => convolve.run(&first),
            Operation::Dense(dense) => dense.run(&first),
            Operation::Constant(weights) => weights.iter().map(|&weight| [weight; LANES]).collect(),
            Operation::Pool(pool) => pool.run(&first),
            Operation::Reduce(reduce) => reduce.run(&first),
            Operation::LocalResponse(response) => response.run(&first),
            Operation::Combine(combine) => combine.run(first, next()),
            Operation::MatrixProduct(product) => product.run(&first, &next()),
            Operation::Transpose(transpose) => transpose.run(&first),
            Operation::Select(select) => select.run(&first),
            Operation::Pad(pad) => pad.run(&first),
            Operation::Resize(resize) => resize.run(&first),
            Operation::Concatenate(_) | Operation::Reshape => first.into_owned(),
            Operation::Deskew(size) => changed(first, |values| deskew_each(values, *size)),
            Operation::Affine(affine) => changed(first, |values| affine.change(values)),
            Operation::Normalise(normalise) => changed(first, |values| normalise.change(values)),
            Operation::Softmax(softmax) => changed(first, |values| softmax.change(values)),
            Operation::Activation(activation) => {
                changed(first, |values| activate(*activation, values))
            }
            Operation::WithNumber(with) => changed(first, |values| with.change(values)),
        }
    }
}

fn changed(value: Cow<[Lanes]>, change: impl FnOnce(&mut [Lanes])) -> Vec<Lanes> {
    let mut value = value.into_owned();
    change(&mut value);
    value
}

/// Each image by itself: no two slant alike.
fn deskew_each(features: &mut [Lanes], size: ImageSize) {
    let mut image = vec![0.0; features.len()];
    for lane in 0..LANES {
        image
            .iter_mut()
            .zip(features.iter())
            .for_each(|(value, lanes)| *value = lanes[lane]);
        deskew(&mut image, size);
        features
            .iter_mut()
            .zip(&image)
            .for_each(|(lanes, value)| lanes[lane] = *value);
    }
}
