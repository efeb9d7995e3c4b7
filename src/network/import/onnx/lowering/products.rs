//! Matrix products, with constants and of two values.

use std::rc::Rc;

use super::super::call::{materialised, Call, Computed, Value};
use super::super::constant::{broadcast, Constant};
use super::super::draft::{Draft, Weight};
use super::super::error::Refusal;
use super::elementwise;
use crate::code::{Arithmetic, Operator};

/// A dense layer over the last axis. Weights `[units, inputs]`.
fn dense(
    input: &Computed,
    weight: &Constant,
    bias: Option<Weight>,
    draft: &mut Draft,
) -> Result<Computed, Refusal> {
    let (units, inputs) = (weight.shape[0], weight.shape[1]);
    let unfit = || Refusal::Unfit {
        first: input.shape.clone(),
        second: vec![inputs, units],
    };
    let (last, outer) = input.shape.split_last().ok_or_else(unfit)?;
    if *last != inputs {
        return Err(unfit());
    }
    let mut value = input.value;
    if draft.dimensions(value).axes() == 0 {
        value = input.with_all_axes(draft)?;
    }
    let mut weights = vec![Weight {
        name: weight.name.clone(),
        numbers: weight.to_floats(&mut draft.ledger)?,
    }];
    weights.extend(bias);
    let operator = Operator::Dense {
        units,
        bias: weights.len() == 2,
    };
    let value = draft.push(operator, vec![value], weights)?;
    let mut shape = outer.to_vec();
    shape.push(units);
    Computed::of(draft, value, shape)
}

/// `numpy.matmul`.
pub(super) fn matrix_product(call: &Call<'_>, draft: &mut Draft) -> Result<Computed, Refusal> {
    let (first, second) = (call.input(0)?, call.input(1)?);
    if let (Value::Computed(first), Value::Constant(second)) = (first, second) {
        if let Some(matrix) = as_matrix(second, first.shape.len())? {
            let weight = matrix.transposed(&[1, 0], &mut draft.ledger)?;
            let mut made = dense(first, &weight, None, draft)?;
            if second.shape.len() == 1 {
                made.shape.pop();
                made = Computed::of(draft, made.value, made.shape)?;
            }
            return Ok(made);
        }
    }
    let (first, second) = (materialised(first, draft)?, materialised(second, draft)?);
    product(first, second, draft)
}

/// A constant as a matrix `[inputs, units]`, if it is one for all of the other's matrices.
fn as_matrix(constant: &Constant, axes: usize) -> Result<Option<Constant>, Refusal> {
    match constant.shape[..] {
        [inputs] => constant.reshaped(vec![inputs, 1]).map(Some),
        [ref outer @ .., inputs, units]
            if constant.shape.len() <= axes.max(2) && outer.iter().all(|&length| length == 1) =>
        {
            constant.reshaped(vec![inputs, units]).map(Some)
        }
        _ => Ok(None),
    }
}

/// Of two values. A row in front, and a column behind, may lack their axis of length 1.
fn product(first: Computed, second: Computed, draft: &mut Draft) -> Result<Computed, Refusal> {
    let (mut rows, mut columns) = (first.shape.clone(), second.shape.clone());
    if first.shape.len() == 1 {
        rows.insert(0, 1);
    }
    if second.shape.len() == 1 {
        columns.push(1);
    }
    let unfit = || Refusal::Unfit {
        first: first.shape.clone(),
        second: second.shape.clone(),
    };
    let (&[ref outer @ .., height, inner], &[ref others @ .., inner_too, width]) =
        (&rows[..], &columns[..])
    else {
        return Err(unfit());
    };
    if inner != inner_too {
        return Err(unfit());
    }
    let mut shape = broadcast(outer, others)?;
    if first.shape.len() > 1 {
        shape.push(height);
    }
    if second.shape.len() > 1 {
        shape.push(width);
    }
    let mut values = Vec::with_capacity(2);
    for (computed, lengths) in [(&first, &rows), (&second, &columns)] {
        let has_two = draft.dimensions(computed.value).axes() >= 2;
        values.push(match has_two && computed.shape == *lengths {
            true => computed.value,
            false => draft.reshape(computed.value, lengths)?,
        });
    }
    let value = draft.push(Operator::MatrixProduct, values, Vec::new())?;
    Computed::of(draft, value, shape)
}

/// `alpha A B + beta C`, A and B transposed or not.
pub(super) fn general_product(call: &Call<'_>, draft: &mut Draft) -> Result<Computed, Refusal> {
    call.attributes.overlook(&["broadcast"]);
    let alpha = call.attributes.float("alpha")?.unwrap_or(1.0);
    let beta = call.attributes.float("beta")?.unwrap_or(1.0);
    let first_is_transposed = call.attributes.switch("transA")?;
    let second_is_transposed = call.attributes.switch("transB")?;
    for index in 0..2 {
        let shape = call.input(index)?.shape();
        if shape.len() != 2 {
            return Err(Refusal::Shape {
                number: index + 1,
                found: shape.to_vec(),
                expected: "a matrix",
            });
        }
    }
    let first = transposed_if(call.input(0)?, first_is_transposed, draft)?;
    let constants = (&first, call.input(1)?, call.optional(2));
    if let (Value::Computed(first), Value::Constant(weight), bias) = constants {
        let mut weight = (**weight).clone();
        if !second_is_transposed {
            weight = weight.transposed(&[1, 0], &mut draft.ledger)?;
        }
        let weight = scaled(&weight, alpha, draft)?;
        let (fused, rest) = match bias {
            Some(Value::Constant(bias)) if is_row(bias, weight.shape[0]) => {
                (Some(row(bias, weight.shape[0], beta, draft)?), None)
            }
            other => (None, other),
        };
        let made = dense(first, &weight, fused, draft)?;
        return with_rest(made, rest, beta, draft);
    }
    let second = transposed_if(call.input(1)?, second_is_transposed, draft)?;
    let first = materialised(&first, draft)?;
    let second = materialised(&second, draft)?;
    let made = product(first, second, draft)?;
    let made = elementwise::with_number(Arithmetic::Multiply, &made, alpha, false, draft)?;
    with_rest(made, call.optional(2), beta, draft)
}

fn transposed_if(value: &Value, is_so: bool, draft: &mut Draft) -> Result<Value, Refusal> {
    if !is_so {
        return Ok(value.clone());
    }
    Ok(match value {
        Value::Constant(constant) => {
            Value::Constant(Rc::new(constant.transposed(&[1, 0], &mut draft.ledger)?))
        }
        Value::Computed(computed) => {
            let all = computed.with_all_axes(draft)?;
            let value = draft.transpose(all, vec![1, 0])?;
            let shape = vec![computed.shape[1], computed.shape[0]];
            Value::Computed(Computed::of(draft, value, shape)?)
        }
    })
}

/// Whether a constant is the same number, or the same row of numbers, for each row.
fn is_row(constant: &Constant, units: usize) -> bool {
    match constant.shape[..] {
        [] => true,
        [ref outer @ .., last] => {
            outer.iter().all(|&length| length == 1) && (last == 1 || last == units)
        }
    }
}

fn row(constant: &Constant, units: usize, beta: f32, draft: &mut Draft) -> Result<Weight, Refusal> {
    let flat = constant.reshaped(vec![constant.count()])?;
    let row = scaled(&flat.expanded(&[units], &mut draft.ledger)?, beta, draft)?;
    Ok(Weight {
        name: row.name.clone(),
        numbers: row.to_floats(&mut draft.ledger)?,
    })
}

fn scaled(constant: &Constant, factor: f32, draft: &mut Draft) -> Result<Constant, Refusal> {
    if factor == 1.0 {
        return Ok(constant.clone());
    }
    draft.ledger.take(constant.count())?;
    let numbers = constant.to_floats(&mut draft.ledger)?;
    let numbers = numbers.iter().map(|number| factor * number).collect();
    let name = constant.name.clone();
    Ok(Constant {
        name,
        ..Constant::floats(constant.shape.clone(), numbers)?
    })
}

fn with_rest(
    made: Computed,
    rest: Option<&Value>,
    beta: f32,
    draft: &mut Draft,
) -> Result<Computed, Refusal> {
    let Some(rest) = rest else {
        return Ok(made);
    };
    let rest = match rest {
        Value::Constant(constant) => Value::Constant(Rc::new(scaled(constant, beta, draft)?)),
        Value::Computed(computed) => Value::Computed(elementwise::with_number(
            Arithmetic::Multiply,
            computed,
            beta,
            false,
            draft,
        )?),
    };
    elementwise::combine(Arithmetic::Add, &Value::Computed(made), &rest, draft)
}
