//! Normalisations by moments of the training set, of the example, and of channels around.

use std::rc::Rc;

use super::super::call::{Call, Computed, Value};
use super::super::constant::Constant;
use super::super::draft::{Draft, Weight};
use super::super::error::Refusal;
use super::elementwise::combine;
use super::window::map;
use crate::code::{Arithmetic, Operator};

/// A trained batch normalisation: scales and shifts.
pub(super) fn batch(call: &Call<'_>, draft: &mut Draft) -> Result<Computed, Refusal> {
    // The mean and the variance are outputs 2 and 3 while it is trained.
    call.attributes
        .overlook(&["momentum", "consumed_inputs", "is_test"]);
    if call.attributes.switch("training_mode")? {
        return Err(Refusal::Unsupported(
            "the network is exported for training: call model.eval() before",
        ));
    }
    if call.attributes.integer("spatial")?.unwrap_or(1) != 1 {
        return Err(Refusal::Unsupported("moments for each place"));
    }
    let epsilon = f64::from(call.attributes.float("epsilon")?.unwrap_or(1e-5));
    let computed = call.computed(0)?;
    let missing = || Refusal::Shape {
        number: 1,
        found: computed.shape.clone(),
        expected: "a value with channels",
    };
    let channels = *computed.shape.get(1).ok_or_else(missing)?;
    let axis = computed.own_axis(1).ok_or_else(missing)?;
    let mut all = Vec::with_capacity(4);
    for index in 1..5 {
        let constant = call.constant(index)?;
        if constant.count() != channels {
            return Err(Refusal::Unfit {
                first: computed.shape.clone(),
                second: constant.shape.clone(),
            });
        }
        all.push(constant.to_floats(&mut draft.ledger)?);
    }
    let number = |tensor: usize, channel: usize| f64::from(all[tensor][channel]);
    draft.ledger.take(2 * channels)?;
    let (mut scales, mut shifts) = (Vec::new(), Vec::new());
    for channel in 0..channels {
        let scale = number(0, channel) / (number(3, channel) + epsilon).sqrt();
        scales.push(scale as f32);
        shifts.push((number(1, channel) - number(2, channel) * scale) as f32);
    }
    let weights = [(1, scales), (2, shifts)].map(|(index, numbers)| {
        let name = call.constant(index).map(|constant| constant.name.clone());
        Weight {
            name: name.unwrap_or_default(),
            numbers: Rc::new(numbers),
        }
    });
    let operator = Operator::Affine {
        axis,
        scale: true,
        shift: true,
    };
    let value = draft.push(operator, vec![computed.value], weights.to_vec())?;
    draft.mark_normalisation();
    let shape = computed.shape.clone();
    Ok(Computed { value, shape })
}

/// Over the last axes of an example, with gains and shifts.
pub(super) fn layer(call: &Call<'_>, draft: &mut Draft) -> Result<Computed, Refusal> {
    call.require_one_output()?;
    call.attributes.overlook(&["stash_type"]);
    let epsilon = call.attributes.float("epsilon")?.unwrap_or(1e-5);
    let computed = call.computed(0)?;
    let axis = call.axis(-1, computed.shape.len())?;
    let own = computed.own_axis(axis).unwrap_or(0);
    let axes = draft.dimensions(computed.value).axes() - own;
    let value = draft.one(Operator::Normalise { axes, epsilon }, computed.value)?;
    let shape = computed.shape.clone();
    let normalised = Computed { value, shape };
    let gains = call.optional_constant(1)?;
    let shifts = call.optional_constant(2)?;
    gained(normalised, gains, shifts, draft)
}

/// Gains and shifts, as one step where both run along the last axis.
fn gained(
    computed: Computed,
    gains: Option<&Rc<Constant>>,
    shifts: Option<&Rc<Constant>>,
    draft: &mut Draft,
) -> Result<Computed, Refusal> {
    let mut made = computed;
    let steps = [(Arithmetic::Multiply, gains), (Arithmetic::Add, shifts)];
    for (arithmetic, constant) in steps {
        if let Some(constant) = constant {
            let constant = Value::Constant(Rc::clone(constant));
            made = combine(arithmetic, &Value::Computed(made), &constant, draft)?;
        }
    }
    Ok(made)
}

/// Each channel of an example.
pub(super) fn instance(call: &Call<'_>, draft: &mut Draft) -> Result<Computed, Refusal> {
    let computed = call.computed(0)?;
    let channels = channels_of(computed)?;
    grouped(call, channels, channels, draft)
}

/// Groups of channels of an example.
pub(super) fn group(call: &Call<'_>, draft: &mut Draft) -> Result<Computed, Refusal> {
    call.attributes.overlook(&["stash_type"]);
    let computed = call.computed(0)?;
    let channels = channels_of(computed)?;
    let groups = call.attributes.integer("num_groups")?.unwrap_or(0);
    let groups = usize::try_from(groups).unwrap_or(0);
    if groups == 0 || !channels.is_multiple_of(groups) {
        return Err(Refusal::Number {
            what: "num_groups",
            value: groups as i64,
            accepted: format!("a divisor of {channels}"),
        });
    }
    // Version 18 had gains for groups.
    grouped(call, groups, call.constant(1)?.count(), draft)
}

fn channels_of(computed: &Computed) -> Result<usize, Refusal> {
    match computed.shape[..] {
        [1, channels, _, ..] => Ok(channels),
        _ => Err(Refusal::Shape {
            number: 1,
            found: computed.shape.clone(),
            expected: "one example with channels and places",
        }),
    }
}

/// Normalises groups of channels; gains and shifts for each of so many parts of the channels.
fn grouped(
    call: &Call<'_>,
    groups: usize,
    parts: usize,
    draft: &mut Draft,
) -> Result<Computed, Refusal> {
    let computed = call.computed(0)?;
    let epsilon = call.attributes.float("epsilon")?.unwrap_or(1e-5);
    let numbers = draft.dimensions(computed.value).numbers();
    if parts == 0 || !numbers.is_multiple_of(parts) {
        return Err(Refusal::Unsupported(
            "gains are as many as channels or groups",
        ));
    }
    let flat = draft.reshape(computed.value, &[groups, numbers / groups])?;
    let mut value = draft.one(Operator::Normalise { axes: 1, epsilon }, flat)?;
    // An exporter puts ones and zeros where another operator does the scaling.
    for (index, neutral, is_scale) in [(1, 1.0, true), (2, 0.0, false)] {
        let constant = call.constant(index)?;
        let numbers_of = constant.to_floats(&mut draft.ledger)?;
        if numbers_of.iter().all(|&number| number == neutral) {
            continue;
        }
        value = draft.reshape(value, &[parts, numbers / parts])?;
        let operator = Operator::Affine {
            axis: 0,
            scale: is_scale,
            shift: !is_scale,
        };
        let weight = Weight {
            name: constant.name.clone(),
            numbers: numbers_of,
        };
        value = draft.push(operator, vec![value], vec![weight])?;
    }
    Computed::of(draft, value, computed.shape.clone())
}

/// Each number by the squares of its neighbours in other channels.
pub(super) fn local_response(call: &Call<'_>, draft: &mut Draft) -> Result<Computed, Refusal> {
    let computed = call.computed(0)?;
    map(computed)?;
    let size = call.attributes.integer("size")?.unwrap_or(0);
    let operator = Operator::LocalResponse {
        size: usize::try_from(size).unwrap_or(0),
        alpha: call.attributes.float("alpha")?.unwrap_or(1e-4),
        beta: call.attributes.float("beta")?.unwrap_or(0.75),
        bias: call.attributes.float("bias")?.unwrap_or(1.0),
    };
    let value = draft.one(operator, computed.value)?;
    let shape = computed.shape.clone();
    Ok(Computed { value, shape })
}
