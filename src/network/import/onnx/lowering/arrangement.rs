//! The same numbers in other places.

use super::super::call::{axis_of, materialised, Call, Computed};
use super::super::draft::Draft;
use super::super::error::Refusal;
use super::super::shapes::{flattened, order, reshaped, squeezed, unsqueezed};
use super::window::map;
use crate::code::Operator;

pub(super) fn reshape(call: &Call<'_>, draft: &mut Draft) -> Result<Computed, Refusal> {
    let computed = call.computed(0)?;
    let shape = match call.operator {
        "Flatten" => flattened(call, &computed.shape)?,
        "Squeeze" => squeezed(call, &computed.shape)?,
        "Unsqueeze" => unsqueezed(call, &computed.shape)?,
        _ => reshaped(call, &computed.shape)?,
    };
    Computed::of(draft, computed.value, shape)
}

pub(super) fn transpose(call: &Call<'_>, draft: &mut Draft) -> Result<Computed, Refusal> {
    let computed = call.computed(0)?;
    let order = order(call, computed.shape.len())?;
    let shape: Vec<usize> = order.iter().map(|&axis| computed.shape[axis]).collect();
    if !computed.hides_first() {
        let value = draft.transpose(computed.value, order)?;
        return Computed::of(draft, value, shape);
    }
    if order.first() == Some(&0) {
        let order = order[1..].iter().map(|axis| axis - 1).collect();
        let value = draft.transpose(computed.value, order)?;
        return Computed::of(draft, value, shape);
    }
    // The hidden axis moves: of the others only the long ones matter.
    let long: Vec<usize> = (0..order.len())
        .filter(|&axis| computed.shape[axis] > 1)
        .collect();
    let lengths: Vec<usize> = long.iter().map(|&axis| computed.shape[axis]).collect();
    let value = draft.reshape(computed.value, &lengths)?;
    let order = order
        .iter()
        .filter_map(|axis| long.iter().position(|long| long == axis))
        .collect();
    let value = draft.transpose(value, order)?;
    Computed::of(draft, value, shape)
}

pub(super) fn concatenate(call: &Call<'_>, draft: &mut Draft) -> Result<Computed, Refusal> {
    let axes = call.input(0)?.shape().len();
    let axis = axis_of(call.attributes.integer("axis")?.unwrap_or(1), axes)?;
    let mut parts = Vec::with_capacity(call.inputs.len());
    for index in 0..call.inputs.len() {
        let part = call.input(index)?;
        if part.shape().len() != axes {
            return Err(Refusal::Unfit {
                first: call.input(0)?.shape().to_vec(),
                second: part.shape().to_vec(),
            });
        }
        // There are files that concatenate nothing with something.
        if !part.shape().contains(&0) {
            parts.push(materialised(part, draft)?);
        }
    }
    let [first, others @ ..] = &parts[..] else {
        return Err(Refusal::Missing { number: 1 });
    };
    let mut shape = first.shape.clone();
    for other in others {
        shape[axis] += other.shape[axis];
    }
    if others.is_empty() {
        return Ok(first.clone());
    }
    let own = first.own_axis(axis).filter(|_| axis > 0);
    let mut values = Vec::with_capacity(parts.len());
    for part in &parts {
        values.push(match own {
            Some(_) => part.value,
            None => part.with_all_axes(draft)?,
        });
    }
    let axis = own.unwrap_or(axis);
    let value = draft.push(Operator::Concatenate { axis }, values, Vec::new())?;
    Computed::of(draft, value, shape)
}

/// The side of the blocks, and channels, rows and columns.
fn blocks(call: &Call<'_>) -> Result<(usize, [usize; 3]), Refusal> {
    let map = map(call.computed(0)?)?;
    let size = call.attributes.integer("blocksize")?.unwrap_or(0);
    if !(1..1 << 12).contains(&size) {
        return Err(Refusal::Number {
            what: "blocksize",
            value: size,
            accepted: "from 1 to 4095".to_string(),
        });
    }
    Ok((size as usize, map))
}

fn rearranged(
    call: &Call<'_>,
    [split, after]: [Vec<usize>; 2],
    order: Vec<usize>,
    draft: &mut Draft,
) -> Result<Computed, Refusal> {
    let value = draft.reshape(call.computed(0)?.value, &split)?;
    let value = draft.transpose(value, order)?;
    Computed::of(draft, value, after)
}

/// Channels become places of blocks.
pub(super) fn depth_to_space(call: &Call<'_>, draft: &mut Draft) -> Result<Computed, Refusal> {
    let (size, [channels, rows, columns]) = blocks(call)?;
    let depth = channels / (size * size);
    let after = vec![1, depth, rows * size, columns * size];
    match call.attributes.text("mode")?.unwrap_or("DCR") {
        "DCR" => {
            let split = vec![size, size, depth, rows, columns];
            rearranged(call, [split, after], vec![2, 3, 0, 4, 1], draft)
        }
        "CRD" => {
            let split = vec![depth, size, size, rows, columns];
            rearranged(call, [split, after], vec![0, 3, 1, 4, 2], draft)
        }
        other => Err(Refusal::Attribute {
            name: "mode",
            value: other.escape_debug().to_string(),
            accepted: "DCR or CRD",
        }),
    }
}

/// Places of blocks become channels.
pub(super) fn space_to_depth(call: &Call<'_>, draft: &mut Draft) -> Result<Computed, Refusal> {
    let (size, [channels, rows, columns]) = blocks(call)?;
    let split = vec![channels, rows / size, size, columns / size, size];
    let after = vec![1, channels * size * size, rows / size, columns / size];
    rearranged(call, [split, after], vec![2, 4, 0, 1, 3], draft)
}
