//! Operations of two numbers: of two values, or of a value and a constant.

use std::rc::Rc;

use super::super::call::{materialised, Call, Computed, Value};
use super::super::constant::{broadcast, Constant};
use super::super::draft::{Draft, Weight};
use super::super::error::Refusal;
use crate::code::{Activation, Arithmetic, Operator};

/// Of all inputs, one after the other.
pub(super) fn all(
    arithmetic: Arithmetic,
    call: &Call<'_>,
    draft: &mut Draft,
) -> Result<Computed, Refusal> {
    call.require_numpy()?;
    let mut made = call.input(0)?.clone();
    for index in 1..call.inputs.len() {
        made = Value::Computed(combine(arithmetic, &made, call.input(index)?, draft)?);
    }
    match made {
        Value::Computed(computed) => Ok(computed),
        Value::Constant(_) => Err(Refusal::NotComputed { number: 1 }),
    }
}

/// The mean of all inputs.
pub(super) fn mean(call: &Call<'_>, draft: &mut Draft) -> Result<Computed, Refusal> {
    let sum = all(Arithmetic::Add, call, draft)?;
    let count = call.inputs.len() as f32;
    with_number(Arithmetic::Divide, &sum, count, false, draft)
}

/// Two values number by number, axes aligned at the last; constants may be taken as a fixed number
/// or as numbers for each index of an axis.
pub(super) fn combine(
    arithmetic: Arithmetic,
    first: &Value,
    second: &Value,
    draft: &mut Draft,
) -> Result<Computed, Refusal> {
    let with_constant = match (first, second) {
        (Value::Computed(computed), Value::Constant(constant)) => {
            with_constant(arithmetic, computed, constant, false, draft)?
        }
        (Value::Constant(constant), Value::Computed(computed)) => {
            with_constant(arithmetic, computed, constant, true, draft)?
        }
        _ => None,
    };
    if let Some(computed) = with_constant {
        return Ok(computed);
    }
    let shape = broadcast(first.shape(), second.shape())?;
    let (first, second) = (materialised(first, draft)?, materialised(second, draft)?);
    let inputs = vec![first.value, second.value];
    let value = draft.push(Operator::Combine(arithmetic), inputs, Vec::new())?;
    Computed::of(draft, value, shape)
}

/// With a constant that is one number, or one row of numbers along an axis.
fn with_constant(
    arithmetic: Arithmetic,
    computed: &Computed,
    constant: &Rc<Constant>,
    constant_is_first: bool,
    draft: &mut Draft,
) -> Result<Option<Computed>, Refusal> {
    let shape = broadcast(&computed.shape, &constant.shape)?;
    if let Some(number) = constant.scalar() {
        let made = with_number(arithmetic, computed, number, constant_is_first, draft)?;
        return Computed::of(draft, made.value, shape).map(Some);
    }
    let long: Vec<usize> = (0..constant.shape.len())
        .filter(|&axis| constant.shape[axis] != 1)
        .collect();
    let &[axis] = &long[..] else {
        return Ok(None);
    };
    // The axis counted from the last is that of the value, too.
    let from_last = constant.shape.len() - axis;
    let axis = computed
        .shape
        .len()
        .checked_sub(from_last)
        .and_then(|axis| computed.own_axis(axis));
    let Some(axis) = axis else {
        return Ok(None);
    };
    let count = constant.count();
    if draft.dimensions(computed.value).lengths().get(axis) != Some(&count) {
        return Ok(None);
    }
    let value = match (arithmetic, constant_is_first) {
        (Arithmetic::Add, _) => shifted(computed.value, axis, constant, 1.0, draft)?,
        (Arithmetic::Subtract, false) => shifted(computed.value, axis, constant, -1.0, draft)?,
        (Arithmetic::Subtract, true) => {
            let negative = with_number(Arithmetic::Multiply, computed, -1.0, false, draft)?;
            shifted(negative.value, axis, constant, 1.0, draft)?
        }
        (Arithmetic::Multiply, _) => scaled(computed.value, axis, constant, |x| x, draft)?,
        (Arithmetic::Divide, false) => {
            if constant.to_floats(&mut draft.ledger)?.contains(&0.0) {
                return Err(Refusal::Unsupported("a divisor is 0"));
            }
            let inverse = |x: f32| (1.0 / f64::from(x)) as f32;
            scaled(computed.value, axis, constant, inverse, draft)?
        }
        _ => return Ok(None),
    };
    Computed::of(draft, value, shape).map(Some)
}

fn shifted(
    value: usize,
    axis: usize,
    constant: &Constant,
    sign: f32,
    draft: &mut Draft,
) -> Result<usize, Refusal> {
    let operator = Operator::Affine {
        axis,
        scale: false,
        shift: true,
    };
    affine(operator, value, constant, |x| sign * x, draft)
}

fn scaled(
    value: usize,
    axis: usize,
    constant: &Constant,
    convert: fn(f32) -> f32,
    draft: &mut Draft,
) -> Result<usize, Refusal> {
    let operator = Operator::Affine {
        axis,
        scale: true,
        shift: false,
    };
    affine(operator, value, constant, convert, draft)
}

fn affine(
    operator: Operator,
    value: usize,
    constant: &Constant,
    convert: impl Fn(f32) -> f32,
    draft: &mut Draft,
) -> Result<usize, Refusal> {
    draft.ledger.take(constant.count())?;
    let numbers = constant.to_floats(&mut draft.ledger)?;
    let weight = Weight {
        name: constant.name.clone(),
        numbers: Rc::new(numbers.iter().map(|&number| convert(number)).collect()),
    };
    draft.push(operator, vec![value], vec![weight])
}

/// With a fixed number; what that does not change is left as it is.
pub(super) fn with_number(
    arithmetic: Arithmetic,
    computed: &Computed,
    number: f32,
    number_is_first: bool,
    draft: &mut Draft,
) -> Result<Computed, Refusal> {
    let scalar = Operator::Scalar {
        arithmetic,
        number,
        is_first: number_is_first,
    };
    let value = computed.value;
    let value = match (arithmetic, number, number_is_first) {
        (Arithmetic::Add, 0.0, _)
        | (Arithmetic::Subtract, 0.0, false)
        | (Arithmetic::Multiply, 1.0, _)
        | (Arithmetic::Divide, 1.0, false)
        | (Arithmetic::Power, 1.0, false) => value,
        (Arithmetic::Power, 2.0, false) => {
            let square = Operator::Combine(Arithmetic::Multiply);
            draft.push(square, vec![value, value], Vec::new())?
        }
        (Arithmetic::Power, 0.5, false) => {
            draft.one(Operator::Activation(Activation::SquareRoot), value)?
        }
        (Arithmetic::Power, -1.0, false) => {
            let inverse = Operator::Scalar {
                arithmetic: Arithmetic::Divide,
                number: 1.0,
                is_first: true,
            };
            draft.one(inverse, value)?
        }
        (Arithmetic::Larger, 0.0, _) => draft.one(Operator::Activation(Activation::Relu), value)?,
        _ => draft.one(scalar, value)?,
    };
    let shape = computed.shape.clone();
    Ok(Computed { value, shape })
}
