//! Constants whose numbers change places or shape.

use std::rc::Rc;

use super::super::call::{axis_of, Call};
use super::super::constant::{count_of, Constant, Numbers};
use super::super::error::Refusal;
use super::super::ledger::Ledger;
use super::super::shapes::{flattened, order, reshaped, squeezed, unsqueezed};

pub(super) fn fold(call: &Call<'_>, ledger: &mut Ledger) -> Result<Option<Constant>, Refusal> {
    Ok(Some(match call.operator {
        "Reshape" => with_shape(call, reshaped(call, &call.constant(0)?.shape)?)?,
        "Flatten" => with_shape(call, flattened(call, &call.constant(0)?.shape)?)?,
        "Squeeze" => with_shape(call, squeezed(call, &call.constant(0)?.shape)?)?,
        "Unsqueeze" => with_shape(call, unsqueezed(call, &call.constant(0)?.shape)?)?,
        "Transpose" => {
            let constant = call.constant(0)?;
            constant.transposed(&order(call, constant.shape.len())?, ledger)?
        }
        "Concat" => concatenated(call, ledger)?,
        _ => return Ok(None),
    }))
}

fn with_shape(call: &Call<'_>, shape: Vec<usize>) -> Result<Constant, Refusal> {
    call.constant(0)?.reshaped(shape)
}

fn concatenated(call: &Call<'_>, ledger: &mut Ledger) -> Result<Constant, Refusal> {
    let first = call.constant(0)?;
    let axis = axis_of(
        call.attributes.integer("axis")?.unwrap_or(1),
        first.shape.len(),
    )?;
    let mut shape = first.shape.clone();
    let mut parts = Vec::with_capacity(call.inputs.len());
    shape[axis] = 0;
    for index in 0..call.inputs.len() {
        let part = call.constant(index)?;
        let mut alike = part.shape.clone();
        let length = alike.get_mut(axis).map(std::mem::take).unwrap_or(0);
        let total = std::mem::take(&mut shape[axis]);
        if alike != shape {
            return Err(Refusal::Unfit {
                first: first.shape.clone(),
                second: part.shape.clone(),
            });
        }
        shape[axis] = total + length;
        parts.push(Rc::clone(part));
    }
    ledger.take(count_of(&shape)?)?;
    let outer: usize = shape[..axis].iter().product();
    let inner: usize = shape[axis + 1..].iter().product();
    let are_integers = parts.iter().all(|part| part.as_integers().is_some());
    if are_integers {
        let mut numbers = Vec::new();
        for index in 0..outer {
            for part in &parts {
                let length = part.shape[axis] * inner;
                let all = part.as_integers().unwrap_or(&[]);
                numbers.extend_from_slice(&all[index * length..(index + 1) * length]);
            }
        }
        return Constant::of(shape, Numbers::Integers(Rc::new(numbers)));
    }
    let mut floats = Vec::with_capacity(parts.len());
    for part in &parts {
        floats.push(part.to_floats(ledger)?);
    }
    let mut numbers = Vec::new();
    for index in 0..outer {
        for (part, all) in parts.iter().zip(&floats) {
            let length = part.shape[axis] * inner;
            numbers.extend_from_slice(&all[index * length..(index + 1) * length]);
        }
    }
    Constant::of(shape, Numbers::Floats(Rc::new(numbers)))
}
