//! Operations of two numbers.

use candle_core::{Result, Tensor};

use super::functions::{power, Function};
use super::value::Value;
use crate::code::Arithmetic;

/// Two values, number by number.
pub(super) fn combine(arithmetic: Arithmetic, first: &Value, second: &Value) -> Result<Value> {
    first.zip(second, |first, second| {
        let is_alike = first.shape() == second.shape();
        match arithmetic {
            Arithmetic::Add if is_alike => first + second,
            Arithmetic::Add => first.broadcast_add(second),
            Arithmetic::Subtract => first.broadcast_sub(second),
            Arithmetic::Multiply if is_alike => first * second,
            Arithmetic::Multiply => first.broadcast_mul(second),
            Arithmetic::Divide => first.broadcast_div(second),
            Arithmetic::Larger => first.broadcast_maximum(second),
            Arithmetic::Smaller => first.broadcast_minimum(second),
            Arithmetic::Power => {
                let shape = first
                    .shape()
                    .broadcast_shape_binary_op(second.shape(), "power")?;
                power(&first.broadcast_as(&shape)?, &second.broadcast_as(&shape)?)
            }
        }
    })
}

/// Each number with a fixed one, which may be the first of the two.
pub(super) fn with_fixed(
    arithmetic: Arithmetic,
    numbers: &Tensor,
    fixed: f32,
    is_first: bool,
) -> Result<Tensor> {
    let number = f64::from(fixed);
    match (arithmetic, is_first) {
        (Arithmetic::Add, _) => numbers + number,
        (Arithmetic::Subtract, false) => numbers - number,
        (Arithmetic::Subtract, true) => numbers.affine(-1.0, number),
        (Arithmetic::Multiply, _) => numbers * number,
        (Arithmetic::Divide, false) => numbers / number,
        (Arithmetic::Divide, true) => numbers.recip()? * number,
        (Arithmetic::Larger, _) => numbers.maximum(number),
        (Arithmetic::Smaller, _) => numbers.minimum(number),
        (Arithmetic::Power, false) => Function::PowerOf(fixed).of(numbers),
        (Arithmetic::Power, true) => Function::ExponentOf(fixed).of(numbers),
    }
}
