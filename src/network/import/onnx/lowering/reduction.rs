//! Numbers along axes become one.

use super::super::call::{Call, Computed, Value};
use super::super::draft::Draft;
use super::super::error::Refusal;
use super::super::folding::reduction::reduced_axes;
use super::elementwise::{combine, with_number};
use crate::code::{Activation, Arithmetic, Operator, Reduction};

pub(super) fn reduce(call: &Call<'_>, draft: &mut Draft) -> Result<Computed, Refusal> {
    let computed = call.computed(0)?;
    let (is_reduced, keeps) = reduced_axes(call, computed.shape.len())?;
    let value = || Value::Computed(computed.clone());
    Ok(match call.operator {
        "ReduceMean" => along(computed, Reduction::Mean, &is_reduced, keeps, draft)?,
        "ReduceSum" => along(computed, Reduction::Sum, &is_reduced, keeps, draft)?,
        "ReduceMax" => along(computed, Reduction::Largest, &is_reduced, keeps, draft)?,
        "ReduceMin" => {
            let negative = with_number(Arithmetic::Multiply, computed, -1.0, false, draft)?;
            let largest = along(&negative, Reduction::Largest, &is_reduced, keeps, draft)?;
            with_number(Arithmetic::Multiply, &largest, -1.0, false, draft)?
        }
        _ => {
            let squares = combine(Arithmetic::Multiply, &value(), &value(), draft)?;
            let mut sum = along(&squares, Reduction::Sum, &is_reduced, keeps, draft)?;
            if call.operator == "ReduceL2" {
                let root = Operator::Activation(Activation::SquareRoot);
                sum.value = draft.one(root, sum.value)?;
            }
            sum
        }
    })
}

/// Reduces a value along axes of its shape.
pub(super) fn along(
    computed: &Computed,
    reduction: Reduction,
    is_reduced: &[bool],
    keeps: bool,
    draft: &mut Draft,
) -> Result<Computed, Refusal> {
    let mut shape = Vec::with_capacity(computed.shape.len());
    let mut axes = Vec::new();
    for (axis, &length) in computed.shape.iter().enumerate() {
        if !is_reduced[axis] {
            shape.push(length);
            continue;
        }
        if keeps {
            shape.push(1);
        }
        // Along an axis of length 1 nothing is to be done.
        if length > 1 {
            axes.extend(computed.own_axis(axis));
        }
    }
    let mut value = computed.value;
    if !axes.is_empty() {
        let operator = Operator::Reduce {
            reduction,
            axes,
            keep: keeps,
        };
        value = draft.one(operator, value)?;
    }
    Computed::of(draft, value, shape)
}
