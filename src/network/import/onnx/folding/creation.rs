//! Constants made out of nothing but their shapes.

use super::super::call::Call;
use super::super::constant::{broadcast, count_of, strides, Constant, Numbers, Places};
use super::super::error::Refusal;
use super::super::ledger::Ledger;

/// Lengths of axes.
///
/// # Errors
/// If there are none, or negative ones.
fn lengths(constant: &Constant) -> Result<Vec<usize>, Refusal> {
    let numbers = constant
        .as_integers()
        .ok_or(Refusal::Unsupported("a shape is a list of integers"))?;
    let lengths = numbers.iter().map(|&length| usize::try_from(length));
    let shape: Result<Vec<usize>, _> = lengths.collect();
    let shape = shape.map_err(|_| Refusal::Dimensions(numbers.to_vec()))?;
    count_of(&shape)?;
    Ok(shape)
}

pub(super) fn fold(call: &Call<'_>, ledger: &mut Ledger) -> Result<Option<Constant>, Refusal> {
    Ok(Some(match call.operator {
        "Shape" => {
            let shape = &call.constant(0)?.shape;
            let lengths: Vec<i64> = shape.iter().map(|&length| length as i64).collect();
            part_of_shape(call, lengths)?
        }
        "Size" => Constant::integers(Vec::new(), vec![call.constant(0)?.count() as i64])?,
        "Expand" => {
            let constant = call.constant(0)?;
            let shape = broadcast(&constant.shape, &lengths(call.constant(1)?)?)?;
            constant.expanded(&shape, ledger)?
        }
        "Range" => range(call, ledger)?,
        "Tile" => tile(call, ledger)?,
        _ => return Ok(None),
    }))
}

/// All lengths of a shape, or from `start` on before `end`.
///
/// # Errors
/// If these are no integers.
pub(in super::super) fn part_of_shape(
    call: &Call<'_>,
    lengths: Vec<i64>,
) -> Result<Constant, Refusal> {
    let axes = lengths.len() as i64;
    let place = |number: i64| {
        let counted = if number < 0 { number + axes } else { number };
        counted.clamp(0, axes) as usize
    };
    let start = place(call.attributes.integer("start")?.unwrap_or(0));
    let end = place(call.attributes.integer("end")?.unwrap_or(axes));
    Ok(Constant::row(lengths[start..end.max(start)].to_vec()))
}

/// One number, the value `fill` or 0, in the shape that the input lists.
///
/// # Errors
/// If the shape is none, or too large.
pub(in super::super) fn of_shape(
    call: &Call<'_>,
    fill: Option<Constant>,
    ledger: &mut Ledger,
) -> Result<Constant, Refusal> {
    let shape = lengths(call.constant(0)?)?;
    let fill = match fill {
        Some(fill) => fill.reshaped(Vec::new())?,
        None => Constant::floats(Vec::new(), vec![0.0])?,
    };
    fill.expanded(&shape, ledger)
}

fn range(call: &Call<'_>, ledger: &mut Ledger) -> Result<Constant, Refusal> {
    let bounds = [call.constant(0)?, call.constant(1)?, call.constant(2)?];
    let (mut integers, mut floats) = (Vec::<i64>::new(), Vec::<f32>::new());
    for bound in bounds {
        match &bound.numbers {
            Numbers::Integers(numbers) => integers.extend(numbers.first()),
            Numbers::Floats(numbers) => floats.extend(numbers.first()),
        }
    }
    let steps = |span: f64| span.ceil().max(0.0) as usize;
    match (&integers[..], &floats[..]) {
        (&[start, limit, step], []) if step != 0 => {
            let count = steps((limit as f64 - start as f64) / step as f64);
            ledger.take(count)?;
            let number = |index: usize| start.wrapping_add(step.wrapping_mul(index as i64));
            Constant::integers(vec![count], (0..count).map(number).collect())
        }
        ([], &[start, limit, step]) if step != 0.0 => {
            let count = steps((f64::from(limit) - f64::from(start)) / f64::from(step));
            ledger.take(count)?;
            let number = |index: usize| start + step * index as f32;
            Constant::floats(vec![count], (0..count).map(number).collect())
        }
        _ => Err(Refusal::Unsupported(
            "a range has a start, a limit and a step other than 0, all of one type",
        )),
    }
}

fn tile(call: &Call<'_>, ledger: &mut Ledger) -> Result<Constant, Refusal> {
    let constant = call.constant(0)?;
    let repeats = lengths(call.constant(1)?)?;
    if repeats.len() != constant.shape.len() {
        return Err(Refusal::Unfit {
            first: constant.shape.clone(),
            second: repeats,
        });
    }
    // An axis of repetitions before each axis, then both are one.
    let (mut wide, mut whole) = (Vec::new(), Vec::new());
    for (&length, &count) in constant.shape.iter().zip(&repeats) {
        wide.extend([count, length]);
        whole.push(length.saturating_mul(count));
    }
    let strides: Vec<usize> = strides(&constant.shape)
        .into_iter()
        .flat_map(|stride| [0, stride])
        .collect();
    count_of(&whole)?;
    let places = Places::new(&wide, &strides);
    constant.picked(whole, places, ledger)
}
