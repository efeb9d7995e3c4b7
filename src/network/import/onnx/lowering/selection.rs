//! Some of the numbers, or some of them repeated, or zeros around them.

use super::super::call::{axis_of, Call, Computed};
use super::super::constant::{broadcast, Constant};
use super::super::draft::{Draft, MAX_INDICES};
use super::super::error::Refusal;
use super::super::folding::indexing::gather_indices;
use super::super::shapes::{parts, stretches, Stretch};
use crate::code::Operator;

/// A stretch of indices of an axis.
fn cut(computed: &Computed, stretch: Stretch, draft: &mut Draft) -> Result<Computed, Refusal> {
    let Stretch {
        axis,
        start,
        count,
        step,
    } = stretch;
    let mut shape = computed.shape.clone();
    let length = std::mem::replace(&mut shape[axis], count);
    if count == 0 {
        return Err(Refusal::Unsupported("nothing is left of the value"));
    }
    if count == length && step == 1 {
        return Ok(computed.clone());
    }
    let (value, axis) = match computed.own_axis(axis) {
        Some(own) => (computed.value, own),
        None => (computed.with_all_axes(draft)?, axis),
    };
    let step = if count == 1 { 1 } else { step };
    let operator = match usize::try_from(step) {
        Ok(step) => Operator::Slice {
            axis,
            start,
            count,
            step,
        },
        Err(_) => {
            require_few(count)?;
            let indices = stretch.indices().collect();
            Operator::Select { axis, indices }
        }
    };
    let value = draft.one(operator, value)?;
    Computed::of(draft, value, shape)
}

/// These indices of an axis.
fn pick(
    computed: &Computed,
    axis: usize,
    indices: Vec<usize>,
    draft: &mut Draft,
) -> Result<Computed, Refusal> {
    require_few(indices.len())?;
    let (start, step) = match indices[..] {
        [] => (0, 1),
        [start] => (start, 1),
        [start, second, ..] => (start, second as i64 - start as i64),
    };
    let stretch = Stretch {
        axis,
        start,
        count: indices.len(),
        step,
    };
    if step > 0 && stretch.indices().eq(indices.iter().copied()) {
        return cut(computed, stretch, draft);
    }
    let mut shape = computed.shape.clone();
    shape[axis] = indices.len();
    let (value, axis) = match computed.own_axis(axis) {
        Some(own) => (computed.value, own),
        None => (computed.with_all_axes(draft)?, axis),
    };
    let value = draft.one(Operator::Select { axis, indices }, value)?;
    Computed::of(draft, value, shape)
}

pub(super) fn slice(call: &Call<'_>, draft: &mut Draft) -> Result<Computed, Refusal> {
    let mut computed = call.computed(0)?.clone();
    for stretch in stretches(call, &computed.shape.clone())? {
        computed = cut(&computed, stretch, draft)?;
    }
    Ok(computed)
}

pub(super) fn split(call: &Call<'_>, draft: &mut Draft) -> Result<Vec<Computed>, Refusal> {
    let computed = call.computed(0)?;
    let axis = call.axis(0, computed.shape.len())?;
    let mut start = 0;
    let mut made = Vec::new();
    for count in parts(call, computed.shape[axis])? {
        let stretch = Stretch {
            axis,
            start,
            count,
            step: 1,
        };
        made.push(cut(computed, stretch, draft)?);
        start += count;
    }
    Ok(made)
}

pub(super) fn gather(call: &Call<'_>, draft: &mut Draft) -> Result<Computed, Refusal> {
    let computed = call.computed(0)?;
    let axis = call.attributes.integer("axis")?.unwrap_or(0);
    let axis = axis_of(axis, computed.shape.len())?;
    let (index_shape, indices) = gather_indices(call, computed.shape[axis])?;
    require_few(indices.len())?;
    let mut shape = computed.shape[..axis].to_vec();
    shape.extend(&index_shape);
    shape.extend(&computed.shape[axis + 1..]);
    let picked = pick(computed, axis, indices, draft)?;
    Computed::of(draft, picked.value, shape)
}

fn require_few(count: usize) -> Result<(), Refusal> {
    if count > MAX_INDICES {
        return Err(Refusal::Number {
            what: "the number of indices",
            value: count as i64,
            accepted: format!("at most {MAX_INDICES}"),
        });
    }
    Ok(())
}

/// Repeated along axes of length 1.
pub(super) fn expand(call: &Call<'_>, draft: &mut Draft) -> Result<Computed, Refusal> {
    let computed = call.computed(0)?;
    let wanted = lengths(call.constant(1)?)?;
    let shape = broadcast(&computed.shape, &wanted)?;
    let mut aligned = vec![1; shape.len() - computed.shape.len()];
    aligned.extend(&computed.shape);
    let mut made = Computed::of(draft, computed.value, aligned)?;
    for (axis, &length) in shape.iter().enumerate() {
        if made.shape[axis] != length {
            require_few(length)?;
            made = pick(&made, axis, vec![0; length], draft)?;
        }
    }
    Ok(made)
}

/// Each index of an axis so many times, one after the other.
///
/// # Errors
/// If that is too much.
pub(super) fn repeat(
    computed: &Computed,
    axis: usize,
    times: usize,
    draft: &mut Draft,
) -> Result<Computed, Refusal> {
    if times == 1 {
        return Ok(computed.clone());
    }
    require_few(times)?;
    let mut apart = computed.shape.clone();
    apart.insert(axis + 1, 1);
    let apart = Computed::of(draft, computed.value, apart)?;
    let repeated = pick(&apart, axis + 1, vec![0; times], draft)?;
    let mut shape = computed.shape.clone();
    shape[axis] *= times;
    Computed::of(draft, repeated.value, shape)
}

/// Repeated as a whole.
pub(super) fn tile(call: &Call<'_>, draft: &mut Draft) -> Result<Computed, Refusal> {
    let mut made = call.computed(0)?.clone();
    let counts = lengths(call.constant(1)?)?;
    if counts.len() != made.shape.len() {
        return Err(Refusal::Unfit {
            first: made.shape,
            second: counts,
        });
    }
    for (axis, &count) in counts.iter().enumerate() {
        let length = made.shape[axis];
        require_few(length.saturating_mul(count))?;
        let indices = (0..length * count).map(|index| index % length).collect();
        made = pick(&made, axis, indices, draft)?;
    }
    Ok(made)
}

/// Lengths of axes.
///
/// # Errors
/// If they are no integers, or negative.
pub(super) fn lengths(constant: &Constant) -> Result<Vec<usize>, Refusal> {
    let numbers = constant
        .as_integers()
        .ok_or(Refusal::Unsupported("a shape is a list of integers"))?;
    let lengths: Result<Vec<usize>, _> = numbers
        .iter()
        .map(|&length| usize::try_from(length))
        .collect();
    lengths.map_err(|_| Refusal::Dimensions(numbers.to_vec()))
}

/// How many are added before and after each axis; negative, where some are cut off.
fn paddings(call: &Call<'_>, axes: usize) -> Result<Vec<[i64; 2]>, Refusal> {
    let pads = match call.integers(1, "pads")? {
        Some(pads) => pads,
        None => call
            .attributes
            .integers("paddings")?
            .ok_or(Refusal::Missing { number: 2 })?,
    };
    let named: Vec<i64> = match call.optional_constant(3)? {
        Some(constant) => constant
            .as_integers()
            .ok_or(Refusal::Unsupported("axes are integers"))?
            .to_vec(),
        None => (0..axes as i64).collect(),
    };
    if pads.len() != 2 * named.len() {
        return Err(Refusal::Unsupported("pads are two numbers for each axis"));
    }
    let mut paddings = vec![[0; 2]; axes];
    for (index, &axis) in named.iter().enumerate() {
        let ends = [pads[index], pads[named.len() + index]];
        if ends.iter().any(|end| end.unsigned_abs() > 1 << 24) {
            return Err(Refusal::Dimensions(pads.to_vec()));
        }
        paddings[axis_of(axis, axes)?] = ends;
    }
    Ok(paddings)
}

pub(super) fn pad(call: &Call<'_>, draft: &mut Draft) -> Result<Computed, Refusal> {
    let mut computed = call.computed(0)?.clone();
    let paddings = paddings(call, computed.shape.len())?;
    let mode = call.attributes.text("mode")?.unwrap_or("constant");
    if mode == "constant" && call.scalar(2, "value")?.unwrap_or(0.0) != 0.0 {
        return Err(Refusal::Unsupported("padding with another number than 0"));
    }
    for (axis, [before, after]) in paddings.into_iter().enumerate() {
        let length = computed.shape[axis] as i64;
        if mode == "constant" {
            let start = (-before).max(0);
            let kept = Stretch {
                axis,
                start: start as usize,
                count: (length + after.min(0) - start).max(0) as usize,
                step: 1,
            };
            computed = cut(&computed, kept, draft)?;
            let zeros = [before.max(0) as usize, after.max(0) as usize];
            if zeros != [0, 0] {
                computed = with_zeros(&computed, axis, zeros, draft)?;
            }
            continue;
        }
        let count = length + before + after;
        require_few(count.max(0) as usize)?;
        let mut indices = Vec::with_capacity(count.max(0) as usize);
        for place in -before..length + after {
            let index = match mode {
                "edge" => place.clamp(0, length - 1),
                "wrap" => place.rem_euclid(length),
                "reflect" if place < 0 => -place,
                "reflect" if place >= length => 2 * (length - 1) - place,
                "reflect" => place,
                _ => {
                    return Err(Refusal::Attribute {
                        name: "mode",
                        value: mode.escape_debug().to_string(),
                        accepted: "constant, edge, reflect or wrap",
                    })
                }
            };
            if !(0..length).contains(&index) {
                return Err(Refusal::Unsupported("a reflection beyond the value"));
            }
            indices.push(index as usize);
        }
        computed = pick(&computed, axis, indices, draft)?;
    }
    Ok(computed)
}

fn with_zeros(
    computed: &Computed,
    axis: usize,
    zeros: [usize; 2],
    draft: &mut Draft,
) -> Result<Computed, Refusal> {
    let mut shape = computed.shape.clone();
    shape[axis] += zeros[0] + zeros[1];
    let (value, axis) = match computed.own_axis(axis) {
        Some(own) => (computed.value, own),
        None => (computed.with_all_axes(draft)?, axis),
    };
    // Padding of an axis before is joined with that of this one.
    let axes = draft.dimensions(value).axes();
    let mut padding = vec![[0; 2]; axes - axis];
    padding[0] = zeros;
    let value = draft.pad(value, padding)?;
    Computed::of(draft, value, shape)
}
