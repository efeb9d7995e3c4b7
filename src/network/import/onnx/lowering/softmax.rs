//! Probabilities along an axis.

use super::super::call::{axis_of, Call, Computed, Value};
use super::super::draft::Draft;
use super::super::error::Refusal;
use super::elementwise::combine;
use super::reduction::along;
use crate::code::{Activation, Arithmetic, Operator, Reduction};

/// What is normalised: a value in which that runs along one axis, and the axis.
fn rows(call: &Call<'_>, draft: &mut Draft) -> Result<(usize, usize), Refusal> {
    let computed = call.computed(0)?;
    let axes = computed.shape.len();
    let value = computed.with_all_axes(draft)?;
    if call.opset >= 13 {
        return Ok((value, call.axis(-1, axes)?));
    }
    // Once all axes from one on were normalised together.
    let axis = axis_of(call.attributes.integer("axis")?.unwrap_or(1), axes)?;
    let (outer, inner) = computed.shape.split_at(axis);
    let matrix = [outer.iter().product(), inner.iter().product()];
    Ok((draft.reshape(value, &matrix)?, 1))
}

/// The same without a first axis of length 1, where that is not the one.
fn own(value: usize, axis: usize, draft: &mut Draft) -> Result<(usize, usize), Refusal> {
    let lengths = draft.dimensions(value).lengths().to_vec();
    match (&lengths[..], axis) {
        ([1, rest @ ..], 1..) => Ok((draft.reshape(value, rest)?, axis - 1)),
        _ => Ok((value, axis)),
    }
}

pub(super) fn softmax(call: &Call<'_>, draft: &mut Draft) -> Result<Computed, Refusal> {
    let (value, axis) = rows(call, draft)?;
    let (value, axis) = own(value, axis, draft)?;
    let value = draft.one(Operator::Softmax { axis }, value)?;
    Computed::of(draft, value, call.computed(0)?.shape.clone())
}

/// `x - largest - log(sum of exp(x - largest))`.
pub(super) fn logarithm(call: &Call<'_>, draft: &mut Draft) -> Result<Computed, Refusal> {
    let (value, axis) = rows(call, draft)?;
    let (value, axis) = own(value, axis, draft)?;
    // A shape of its own keeps all axes in view.
    let mut shape = vec![1];
    shape.extend(draft.dimensions(value).lengths());
    let mut is_reduced = vec![false; shape.len()];
    is_reduced[axis + 1] = true;
    let x = Computed { value, shape };
    let largest = along(&x, Reduction::Largest, &is_reduced, true, draft)?;
    let minus = |first: &Computed, second: Computed, draft: &mut Draft| {
        let (first, second) = (Value::Computed(first.clone()), Value::Computed(second));
        combine(Arithmetic::Subtract, &first, &second, draft)
    };
    let below = minus(&x, largest, draft)?;
    let mut powers = below.clone();
    powers.value = draft.one(Operator::Activation(Activation::Exponential), below.value)?;
    let mut sum = along(&powers, Reduction::Sum, &is_reduced, true, draft)?;
    sum.value = draft.one(Operator::Activation(Activation::Logarithm), sum.value)?;
    let made = minus(&below, sum, draft)?;
    Computed::of(draft, made.value, call.computed(0)?.shape.clone())
}
