//! Functions of one number.

use crate::code::Activation;
use crate::evaluate::elementary::erf::{error_function, gelu};
use crate::evaluate::elementary::exponential::{exponential, sigmoid};
use crate::evaluate::elementary::logarithm::logarithm;
use crate::evaluate::elementary::tanh::hyperbolic_tangent;
use crate::evaluate::lanes::{larger, smaller, Lanes};
use crate::vectorised::vectorised;

/// The function of each number in its place.
pub(super) fn activate(activation: Activation, values: &mut [Lanes]) {
    let values = values.as_flattened_mut();
    match activation {
        Activation::Relu => each(values, |x| larger(0.0, x)),
        Activation::Clip { low, high } => each(values, |x| smaller(high, larger(low, x))),
        Activation::LeakyRelu { slope } => {
            each(values, |x| if x > 0.0 { x } else { slope * x });
        }
        Activation::Elu { alpha } => each(values, |x| {
            let below = alpha * (exponential(x) - 1.0);
            if x > 0.0 {
                x
            } else {
                below
            }
        }),
        Activation::Sigmoid => each(values, sigmoid),
        Activation::HardSigmoid { slope, offset } => {
            each(values, |x| unit(slope * x + offset));
        }
        Activation::HardSwish => each(values, |x| x * unit(x / 6.0 + 0.5)),
        Activation::Tanh => each(values, hyperbolic_tangent),
        Activation::Gelu => each(values, gelu),
        Activation::Exponential => each(values, exponential),
        Activation::Logarithm => each(values, logarithm),
        Activation::ErrorFunction => each(values, error_function),
        Activation::SquareRoot => each(values, f32::sqrt),
        Activation::Magnitude => each(values, f32::abs),
    }
}

/// Brought between 0 and 1.
#[inline(always)]
fn unit(x: f32) -> f32 {
    larger(0.0, smaller(1.0, x))
}

#[inline(always)]
fn each(values: &mut [f32], function: impl Fn(f32) -> f32) {
    vectorised(
        #[inline(always)]
        || {
            values
                .iter_mut()
                .for_each(|value| *value = function(*value))
        },
    );
}
