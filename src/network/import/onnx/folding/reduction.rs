//! Numbers of constants along axes become one.

use super::super::call::Call;
use super::super::constant::{strides, Constant, Numbers, Places};
use super::super::error::Refusal;
use super::super::ledger::Ledger;
use super::super::shapes::marked;

pub(super) fn fold(call: &Call<'_>, ledger: &mut Ledger) -> Result<Option<Constant>, Refusal> {
    let floats: fn(&[f64]) -> f64 = match call.operator {
        "ReduceProd" => |numbers| numbers.iter().product(),
        "ReduceSum" => |numbers| numbers.iter().sum(),
        "ReduceMean" => |numbers| numbers.iter().sum::<f64>() / numbers.len() as f64,
        "ReduceMax" => |numbers| numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        "ReduceMin" => |numbers| numbers.iter().copied().fold(f64::INFINITY, f64::min),
        "ReduceL2" => |numbers| {
            numbers
                .iter()
                .map(|number| number * number)
                .sum::<f64>()
                .sqrt()
        },
        "ReduceSumSquare" => |numbers| numbers.iter().map(|number| number * number).sum(),
        _ => return Ok(None),
    };
    let constant = call.constant(0)?;
    let (is_reduced, keeps) = reduced_axes(call, constant.shape.len())?;
    let mut kept = Vec::new();
    let mut after = Vec::new();
    let mut inner = Vec::new();
    for (axis, &length) in constant.shape.iter().enumerate() {
        match is_reduced[axis] {
            true => inner.push(axis),
            false => kept.push(axis),
        }
        if !is_reduced[axis] {
            after.push(length);
        } else if keeps {
            after.push(1);
        }
    }
    let order: Vec<usize> = kept.into_iter().chain(inner.iter().copied()).collect();
    let shape: Vec<usize> = order.iter().map(|&axis| constant.shape[axis]).collect();
    let all = strides(&constant.shape);
    let order: Vec<usize> = order.iter().map(|&axis| all[axis]).collect();
    let each: usize = inner.iter().map(|&axis| constant.shape[axis]).product();
    if each == 0 || constant.count() == 0 {
        return Err(Refusal::Unsupported("there is nothing to be reduced"));
    }
    ledger.take(constant.count())?;
    let mut places = Places::new(&shape, &order);
    let mut reduced = Vec::with_capacity(constant.count() / each);
    for _ in 0..constant.count() / each {
        let numbers: Vec<f64> = places
            .by_ref()
            .take(each)
            .map(|place| match &constant.numbers {
                Numbers::Floats(numbers) => f64::from(numbers[place]),
                Numbers::Integers(numbers) => numbers[place] as f64,
            })
            .collect();
        reduced.push(floats(&numbers));
    }
    let constant = match &constant.numbers {
        Numbers::Floats(_) => Constant::floats(
            after,
            reduced.into_iter().map(|number| number as f32).collect(),
        )?,
        Numbers::Integers(_) => Constant::integers(
            after,
            reduced.into_iter().map(|number| number as i64).collect(),
        )?,
    };
    Ok(Some(constant))
}

/// Which axes are reduced, and whether they stay with length 1.
///
/// # Errors
/// If there are no such axes.
pub(in super::super) fn reduced_axes(
    call: &Call<'_>,
    axes: usize,
) -> Result<(Vec<bool>, bool), Refusal> {
    let keeps = call.attributes.integer("keepdims")?.unwrap_or(1) == 1;
    let does_nothing = call.attributes.switch("noop_with_empty_axes")?;
    let named = call.integers(1, "axes")?.unwrap_or(&[]);
    let is_reduced = match named.is_empty() {
        true => vec![!does_nothing; axes],
        false => marked(named, axes)?,
    };
    Ok((is_reduced, keeps))
}
