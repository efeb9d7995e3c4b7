//! Convolutions.

use super::super::call::{Call, Computed};
use super::super::draft::{Draft, Weight};
use super::super::error::Refusal;
use super::window::{map, window};
use crate::code::Operator;

/// A cross-correlation.
pub(super) fn convolution(call: &Call<'_>, draft: &mut Draft) -> Result<Computed, Refusal> {
    let weight = call.constant(1)?;
    let image = call.computed(0)?;
    if weight.shape.len() == 3 || image.shape.len() == 3 {
        return Err(Refusal::Unsupported(
            "a convolution over one axis; convolutions over rows and columns are supported",
        ));
    }
    let before = map(image)?;
    let [channels, inputs, rows, columns] = weight.shape[..] else {
        return Err(Refusal::Shape {
            number: 2,
            found: weight.shape.clone(),
            expected: "[channels, channels before / groups, rows, columns]",
        });
    };
    let group = call.attributes.integer("group")?.unwrap_or(1);
    let groups = usize::try_from(group).unwrap_or(0);
    if inputs.checked_mul(groups) != Some(before[0]) || rows == 0 || columns == 0 {
        return Err(Refusal::Unfit {
            first: image.shape.clone(),
            second: weight.shape.clone(),
        });
    }
    let mut window = window(call, Some([rows, columns]), before)?;
    let mut value = image.value;
    let is_beyond = |side: usize| {
        let [start, end] = window.padding[side];
        start.max(end) > window.extent(side)
    };
    if is_beyond(0) || is_beyond(1) {
        let padding = window.padding.to_vec();
        value = draft.one(Operator::Pad { padding }, value)?;
        window.padding = [[0; 2]; 2];
    }
    let mut weights = vec![Weight {
        name: weight.name.clone(),
        numbers: weight.to_floats(&mut draft.ledger)?,
    }];
    if let Some(bias) = call.optional_constant(2)? {
        weights.push(Weight {
            name: bias.name.clone(),
            numbers: bias.to_floats(&mut draft.ledger)?,
        });
    }
    let operator = Operator::Convolution {
        channels,
        window,
        groups,
        bias: weights.len() == 2,
    };
    let value = draft.push(operator, vec![value], weights)?;
    let mut shape = vec![1];
    shape.extend(draft.dimensions(value).lengths());
    Computed::of(draft, value, shape)
}
