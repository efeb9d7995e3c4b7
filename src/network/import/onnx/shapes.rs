//! The shapes that ONNX's operators of shape make, of constants and of values alike.

use super::call::{axis_of, Call};
use super::constant::count_of;
use super::error::Refusal;

/// The shape that `Reshape` asks for: 0 keeps a length, -1 is what is left.
///
/// # Errors
/// If it does not fit the numbers.
pub(super) fn reshaped(call: &Call<'_>, before: &[usize]) -> Result<Vec<usize>, Refusal> {
    let wanted = call
        .integers(1, "shape")?
        .ok_or(Refusal::Missing { number: 2 })?;
    let keeps_zeros = !call.attributes.switch("allowzero")?;
    match (wanted, before) {
        // The examples of a batch of this size are one here.
        (&[examples, ref rest @ ..], &[1, ..]) if Some(examples) == call.batch => {
            let mut wanted = vec![1];
            wanted.extend(rest);
            reshape_to(&wanted, before, keeps_zeros)
        }
        _ => reshape_to(wanted, before, keeps_zeros),
    }
}

/// The shape that `wanted` stands for.
///
/// # Errors
/// If it does not fit the numbers.
pub(super) fn reshape_to(
    wanted: &[i64],
    before: &[usize],
    keeps_zeros: bool,
) -> Result<Vec<usize>, Refusal> {
    let impossible = || Refusal::Dimensions(wanted.to_vec());
    let mut shape = Vec::with_capacity(wanted.len().min(16));
    let mut open = None;
    for (axis, &length) in wanted.iter().enumerate() {
        match length {
            -1 if open.is_none() => {
                open = Some(axis);
                shape.push(1);
            }
            0 if keeps_zeros => shape.push(*before.get(axis).ok_or_else(impossible)?),
            length => shape.push(usize::try_from(length).map_err(|_| impossible())?),
        }
    }
    let (count, known) = (count_of(before)?, count_of(&shape)?);
    if let Some(axis) = open {
        shape[axis] = count.checked_div(known).ok_or_else(impossible)?;
    }
    if count_of(&shape)? != count {
        return Err(Refusal::Unfit {
            first: before.to_vec(),
            second: shape,
        });
    }
    Ok(shape)
}

/// Two axes: those before `axis`, and those from it on.
///
/// # Errors
/// If there is no such axis.
pub(super) fn flattened(call: &Call<'_>, before: &[usize]) -> Result<Vec<usize>, Refusal> {
    let axis = call.attributes.integer("axis")?.unwrap_or(1);
    let axis = match axis == before.len() as i64 {
        true => before.len(),
        false => axis_of(axis, before.len())?,
    };
    let (outer, inner) = before.split_at(axis);
    Ok(vec![count_of(outer)?, count_of(inner)?])
}

/// Without axes of length 1: those named, or all.
///
/// # Errors
/// If one is longer.
pub(super) fn squeezed(call: &Call<'_>, before: &[usize]) -> Result<Vec<usize>, Refusal> {
    let is_squeezed: Vec<bool> = match call.integers(1, "axes")? {
        None => before.iter().map(|&length| length == 1).collect(),
        Some(axes) => marked(axes, before.len())?,
    };
    let mut after = Vec::with_capacity(before.len());
    for (&length, is_squeezed) in before.iter().zip(is_squeezed) {
        if !is_squeezed {
            after.push(length);
        } else if length != 1 {
            return Err(Refusal::Number {
                what: "the length of an axis to be removed",
                value: length as i64,
                accepted: "1".to_string(),
            });
        }
    }
    Ok(after)
}

/// With further axes of length 1.
///
/// # Errors
/// If they are impossible.
pub(super) fn unsqueezed(call: &Call<'_>, before: &[usize]) -> Result<Vec<usize>, Refusal> {
    let axes = call
        .integers(1, "axes")?
        .ok_or(Refusal::Missing { number: 2 })?;
    let is_new = marked(axes, before.len() + axes.len().min(16))?;
    let mut lengths = before.iter();
    let next = |is_new: bool| match is_new {
        true => Some(1),
        false => lengths.next().copied(),
    };
    let after: Vec<usize> = is_new.into_iter().filter_map(next).collect();
    count_of(&after)?;
    Ok(after)
}

/// Which of so many axes are named.
///
/// # Errors
/// If there is no such axis.
pub(super) fn marked(axes: &[i64], count: usize) -> Result<Vec<bool>, Refusal> {
    let mut is_marked = vec![false; count];
    for &axis in axes {
        let axis = axis_of(axis, count)?;
        if std::mem::replace(&mut is_marked[axis], true) {
            return Err(Refusal::Unsupported("an axis is named twice"));
        }
    }
    Ok(is_marked)
}

/// The order of axes that `Transpose` asks for: reversed, if it does not say.
///
/// # Errors
/// If it is none.
pub(super) fn order(call: &Call<'_>, axes: usize) -> Result<Vec<usize>, Refusal> {
    let Some(order) = call.attributes.integers("perm")? else {
        return Ok((0..axes).rev().collect());
    };
    let is_named = marked(order, axes)?;
    if order.len() != axes || is_named.contains(&false) {
        return Err(Refusal::Unsupported("perm is no order of the axes"));
    }
    order.iter().map(|&axis| axis_of(axis, axes)).collect()
}

/// Indices along an axis: the first, how many, and the step, which may be negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Stretch {
    /// The axis.
    pub axis: usize,
    /// The first index.
    pub start: usize,
    /// How many.
    pub count: usize,
    /// From one to the next.
    pub step: i64,
}

impl Stretch {
    /// Its indices.
    pub fn indices(self) -> impl Iterator<Item = usize> {
        let index = move |place: usize| (self.start as i64 + place as i64 * self.step) as usize;
        (0..self.count).map(index)
    }
}

/// The stretches that `Slice` asks for, of a value of this shape.
///
/// # Errors
/// If they make no sense.
pub(super) fn stretches(call: &Call<'_>, shape: &[usize]) -> Result<Vec<Stretch>, Refusal> {
    let missing = |number| Refusal::Missing { number };
    let starts = call.integers(1, "starts")?.ok_or(missing(2))?;
    let ends = call.integers(2, "ends")?.ok_or(missing(3))?;
    let axes = call.integers(3, "axes")?;
    let steps = call.integers(4, "steps")?;
    let lists = [Some(ends), axes, steps];
    if starts.len() > shape.len()
        || lists
            .iter()
            .flatten()
            .any(|list| list.len() != starts.len())
    {
        return Err(Refusal::Unsupported(
            "starts, ends, axes and steps are not equally long",
        ));
    }
    let mut stretches = Vec::with_capacity(starts.len());
    for (index, (&start, &end)) in starts.iter().zip(ends).enumerate() {
        let axis = axis_of(axes.map_or(index as i64, |axes| axes[index]), shape.len())?;
        let step = steps.map_or(1, |steps| steps[index]);
        stretches.push(stretch(axis, shape[axis], [start, end, step])?);
    }
    Ok(stretches)
}

/// As Python's `slice(start, end, step)`.
fn stretch(axis: usize, length: usize, [start, end, step]: [i64; 3]) -> Result<Stretch, Refusal> {
    let length = length as i64;
    let counted = |place: i64| match place < 0 {
        true => place.saturating_add(length),
        false => place,
    };
    let (start, span) = match step {
        0 => {
            return Err(Refusal::Number {
                what: "a step",
                value: 0,
                accepted: "another number".to_string(),
            })
        }
        1.. => {
            let start = counted(start).clamp(0, length);
            (start, counted(end).clamp(0, length) - start)
        }
        _ => {
            let start = counted(start).clamp(-1, length - 1);
            (start, start - counted(end).clamp(-1, length - 1))
        }
    };
    let count = span.max(0) as u64;
    let count = count.div_ceil(step.unsigned_abs()) as usize;
    Ok(Stretch {
        axis,
        start: start.max(0) as usize,
        count,
        step,
    })
}

/// The lengths of the parts that `Split` makes of an axis.
///
/// # Errors
/// If they do not add up.
pub(super) fn parts(call: &Call<'_>, length: usize) -> Result<Vec<usize>, Refusal> {
    let count = match call.attributes.integer("num_outputs")? {
        Some(count) if count as usize == call.outputs => call.outputs,
        None => call.outputs,
        Some(value) => {
            return Err(Refusal::Number {
                what: "num_outputs",
                value,
                accepted: format!("the number of outputs, {},", call.outputs),
            })
        }
    };
    let parts: Vec<usize> = match call.integers(1, "split")? {
        Some(lengths) => {
            let lengths = lengths.iter().map(|&length| usize::try_from(length));
            let lengths: Result<Vec<usize>, _> = lengths.collect();
            lengths.map_err(|_| Refusal::Unsupported("a part has a negative length"))?
        }
        None => {
            let equal = length.div_ceil(count.max(1));
            let part = |index: usize| length.saturating_sub(index * equal).min(equal);
            (0..count).map(part).collect()
        }
    };
    let total = parts
        .iter()
        .try_fold(0usize, |total, &part| total.checked_add(part));
    if total != Some(length) || parts.len() != count {
        return Err(Refusal::Unfit {
            first: vec![length],
            second: parts,
        });
    }
    Ok(parts)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn shapes_keep_lengths_and_fill_one() {
        assert_eq!(reshape_to(&[0, -1], &[2, 3, 4], true).unwrap(), [2, 12]);
        assert!(reshape_to(&[-1, -1], &[4], true).is_err());
        assert!(reshape_to(&[5], &[4], true).is_err());
        assert!(reshape_to(&[-1, 0], &[4], false).is_err());
        assert!(reshape_to(&[i64::MAX, i64::MAX], &[4], true).is_err());
    }

    #[test]
    fn slices_are_those_of_python() {
        let indices = |numbers| {
            let stretch = stretch(0, 5, numbers).unwrap();
            stretch.indices().collect::<Vec<usize>>()
        };
        assert_eq!(indices([1, 4, 2]), [1, 3]);
        assert_eq!(indices([-2, i64::MAX, 1]), [3, 4]);
        assert_eq!(indices([-1, i64::MIN, -2]), [4, 2, 0]);
        assert_eq!(indices([i64::MAX, 1, -1]), [4, 3, 2]);
        assert_eq!(indices([3, 1, 1]), [0usize; 0]);
        assert!(stretch(0, 5, [0, 1, 0]).is_err());
    }
}
