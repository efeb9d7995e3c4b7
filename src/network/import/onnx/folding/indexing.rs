//! Parts of constants: slices, gathered indices, and updates of single places.

use super::super::call::{axis_of, Call};
use super::super::constant::{count_of, strides, Constant, Numbers, Places};
use super::super::error::Refusal;
use super::super::ledger::Ledger;
use super::super::shapes::{parts, stretches};

pub(super) fn fold(call: &Call<'_>, ledger: &mut Ledger) -> Result<Option<Constant>, Refusal> {
    Ok(Some(match call.operator {
        "Slice" => sliced(call, ledger)?,
        "Gather" => gathered(call, ledger)?,
        "ScatterND" => scattered(call, ledger)?,
        _ => return Ok(None),
    }))
}

/// The parts of an axis.
///
/// # Errors
/// If they do not add up to it.
pub(super) fn split(call: &Call<'_>, ledger: &mut Ledger) -> Result<Vec<Constant>, Refusal> {
    let constant = call.constant(0)?;
    let axis = call.axis(0, constant.shape.len())?;
    let strides = strides(&constant.shape);
    let mut start = 0;
    let mut made = Vec::new();
    for length in parts(call, constant.shape[axis])? {
        let mut shape = constant.shape.clone();
        shape[axis] = length;
        let offset = start * strides[axis];
        let places = Places::new(&shape, &strides).map(|place| place + offset);
        made.push(constant.picked(shape.clone(), places, ledger)?);
        start += length;
    }
    Ok(made)
}

fn sliced(call: &Call<'_>, ledger: &mut Ledger) -> Result<Constant, Refusal> {
    let mut constant = (**call.constant(0)?).clone();
    for stretch in stretches(call, &constant.shape)? {
        let indices: Vec<usize> = match stretch.count <= constant.count() {
            true => stretch.indices().collect(),
            false => Vec::new(),
        };
        constant = selected(&constant, stretch.axis, &[indices.len()], &indices, ledger)?;
    }
    Ok(constant)
}

/// Indices of an axis, which is replaced by the axes of their shape.
fn selected(
    constant: &Constant,
    axis: usize,
    index_shape: &[usize],
    indices: &[usize],
    ledger: &mut Ledger,
) -> Result<Constant, Refusal> {
    let mut shape = constant.shape[..axis].to_vec();
    shape.extend(index_shape);
    shape.extend(&constant.shape[axis + 1..]);
    count_of(&shape)?;
    let inner = strides(&constant.shape)[axis];
    let whole = inner * constant.shape[axis];
    let outer: usize = constant.shape[..axis].iter().product();
    let places = (0..outer).flat_map(|outer| {
        indices.iter().flat_map(move |index| {
            let start = outer * whole + index * inner;
            start..start + inner
        })
    });
    constant.picked(shape, places, ledger)
}

/// An index, counted from the end if it is negative.
fn index_of(index: i64, length: usize) -> Result<usize, Refusal> {
    let counted = if index < 0 {
        index.saturating_add(length as i64)
    } else {
        index
    };
    match usize::try_from(counted) {
        Ok(counted) if counted < length => Ok(counted),
        _ => Err(Refusal::Number {
            what: "an index",
            value: index,
            accepted: format!("one of {length}"),
        }),
    }
}

/// The indices that `Gather` asks for, of an axis of this length, with their shape.
///
/// # Errors
/// If there are no such indices.
pub(in super::super) fn gather_indices(
    call: &Call<'_>,
    length: usize,
) -> Result<(Vec<usize>, Vec<usize>), Refusal> {
    let constant = call.constant(1)?;
    let numbers = constant
        .as_integers()
        .ok_or(Refusal::Unsupported("indices are integers"))?;
    let indices: Result<Vec<usize>, Refusal> = numbers
        .iter()
        .map(|&index| index_of(index, length))
        .collect();
    Ok((constant.shape.clone(), indices?))
}

fn gathered(call: &Call<'_>, ledger: &mut Ledger) -> Result<Constant, Refusal> {
    let constant = call.constant(0)?;
    let axis = call.attributes.integer("axis")?.unwrap_or(0);
    let axis = axis_of(axis, constant.shape.len())?;
    let (index_shape, indices) = gather_indices(call, constant.shape[axis])?;
    selected(constant, axis, &index_shape, &indices, ledger)
}

/// A copy in which places, named by their first indices, have other numbers.
fn scattered(call: &Call<'_>, ledger: &mut Ledger) -> Result<Constant, Refusal> {
    if !matches!(call.attributes.text("reduction")?, None | Some("none")) {
        return Err(Refusal::Unsupported("a scatter that adds up"));
    }
    let [data, places, updates] = [call.constant(0)?, call.constant(1)?, call.constant(2)?];
    let indices = places
        .as_integers()
        .ok_or(Refusal::Unsupported("indices are integers"))?;
    let depth = places.shape.last().copied().unwrap_or(0);
    let unfit = || Refusal::Unfit {
        first: data.shape.clone(),
        second: places.shape.clone(),
    };
    if depth == 0 || depth > data.shape.len() {
        return Err(unfit());
    }
    let strides = strides(&data.shape);
    let length: usize = data.shape[depth..].iter().product();
    let rows = indices.len() / depth;
    if updates.count() != rows * length {
        return Err(unfit());
    }
    let mut starts = Vec::with_capacity(rows);
    for row in indices.chunks_exact(depth) {
        let mut start = 0;
        for (axis, &index) in row.iter().enumerate() {
            start += index_of(index, data.shape[axis])? * strides[axis];
        }
        starts.push(start);
    }
    ledger.take(data.count())?;
    let numbers = match (&data.numbers, &updates.numbers) {
        (Numbers::Floats(data), Numbers::Floats(updates)) => {
            Numbers::Floats(updated(data, updates, &starts, length).into())
        }
        (Numbers::Integers(data), Numbers::Integers(updates)) => {
            Numbers::Integers(updated(data, updates, &starts, length).into())
        }
        _ => return Err(Refusal::Unsupported("updates of another type")),
    };
    Constant::of(data.shape.clone(), numbers)
}

fn updated<Number: Copy>(
    data: &[Number],
    updates: &[Number],
    starts: &[usize],
    length: usize,
) -> Vec<Number> {
    let mut numbers = data.to_vec();
    for (row, &start) in starts.iter().enumerate() {
        let update = &updates[row * length..(row + 1) * length];
        numbers[start..start + length].copy_from_slice(update);
    }
    numbers
}
