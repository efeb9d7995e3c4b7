//! Feature maps with other numbers of rows and columns.

use std::rc::Rc;

use super::super::call::{axis_of, Call, Computed};
use super::super::constant::{Constant, Numbers};
use super::super::draft::Draft;
use super::super::error::Refusal;
use super::selection::{lengths, repeat};
use super::window::map;
use crate::code::Operator;

/// `Resize`, and what it was called before version 10.
///
/// # Errors
/// If it is not understood.
pub(super) fn resize(call: &Call<'_>, draft: &mut Draft) -> Result<Computed, Refusal> {
    let computed = call.computed(0)?;
    let after = lengths_after(call, &computed.shape)?;
    match call.attributes.text("mode")?.unwrap_or("nearest") {
        "linear" | "bilinear" => interpolate(call, computed, &after, draft),
        "nearest" => repeat_each(call, computed, &after, draft),
        other => Err(Refusal::Attribute {
            name: "mode",
            value: other.escape_debug().to_string(),
            accepted: "linear or nearest",
        }),
    }
}

/// Whether the node says where centres are and how they are rounded; before version 11 none does,
/// and places are quotients, rounded down.
fn says_where(call: &Call<'_>) -> bool {
    call.operator == "Resize" && call.opset >= 11
}

/// Where the centres of places are in terms of places before.
fn coordinates<'c>(call: &'c Call<'_>) -> Result<&'c str, Refusal> {
    if !says_where(call) {
        return Ok("asymmetric");
    }
    // What is beyond the map, in a mode that is not accepted.
    call.attributes.overlook(&["extrapolation_value"]);
    let given = call.attributes.text("coordinate_transformation_mode")?;
    Ok(given.unwrap_or("half_pixel"))
}

fn refused_coordinates(found: &str, accepted: &'static str) -> Refusal {
    Refusal::Attribute {
        name: "coordinate_transformation_mode",
        value: found.escape_debug().to_string(),
        accepted,
    }
}

/// Linearly between the nearest rows and columns.
fn interpolate(
    call: &Call<'_>,
    computed: &Computed,
    after: &[usize],
    draft: &mut Draft,
) -> Result<Computed, Refusal> {
    let [channels, rows, columns] = map(computed)?;
    let &[1, channels_after, rows_after, columns_after] = after else {
        return Err(unresized(computed, after));
    };
    if channels_after != channels {
        return Err(unresized(computed, after));
    }
    let pairs = [(rows, rows_after), (columns, columns_after)];
    let becomes_one = pairs
        .iter()
        .any(|&(before, after)| after == 1 && before > 1);
    require_half_pixels(call, becomes_one)?;
    // For other modes.
    call.attributes.overlook(&["nearest_mode", "cubic_coeff_a"]);
    let becomes_smaller = pairs.iter().any(|&(before, after)| after < before);
    // It changes nothing where all becomes larger.
    if call.attributes.switch("antialias")? && becomes_smaller {
        return Err(Refusal::Attribute {
            name: "antialias",
            value: "1".to_string(),
            accepted: "0, where a map becomes smaller,",
        });
    }
    if call.attributes.switch("exclude_outside")? {
        return Err(Refusal::Attribute {
            name: "exclude_outside",
            value: "1".to_string(),
            accepted: "0",
        });
    }
    if after == computed.shape {
        return Ok(computed.clone());
    }
    let size = [rows_after, columns_after];
    let value = draft.one(Operator::Resize { size }, computed.value)?;
    Computed::of(draft, value, after.to_vec())
}

/// Refuses other coordinates than those of half pixels, which PyTorch's are but where one place is
/// left, the first.
fn require_half_pixels(call: &Call<'_>, one_is_left: bool) -> Result<(), Refusal> {
    let found = coordinates(call)?;
    let accepted = match found {
        "half_pixel" => return Ok(()),
        "pytorch_half_pixel" if !one_is_left => return Ok(()),
        "pytorch_half_pixel" => "half_pixel, where one row or column is left,",
        _ if says_where(call) => "half_pixel (align_corners=False in PyTorch)",
        _ => "half_pixel, of version 11 or later of the operators,",
    };
    Err(refused_coordinates(found, accepted))
}

fn unresized(computed: &Computed, after: &[usize]) -> Refusal {
    Refusal::Unfit {
        first: computed.shape.clone(),
        second: after.to_vec(),
    }
}

/// Each place several times.
fn repeat_each(
    call: &Call<'_>,
    computed: &Computed,
    after: &[usize],
    draft: &mut Draft,
) -> Result<Computed, Refusal> {
    let coordinates = coordinates(call)?;
    let rounding = match says_where(call) {
        true => call.attributes.text("nearest_mode")?,
        false => Some("floor"),
    };
    let rounding = rounding.unwrap_or("round_prefer_floor");
    // The centre of the last of `k` places that are one before is less than half a place away from
    // its centre, and their starts are within it.
    match (coordinates, rounding) {
        ("asymmetric", "floor") => {}
        ("half_pixel" | "pytorch_half_pixel", "round_prefer_floor" | "round_prefer_ceil") => {}
        ("asymmetric" | "half_pixel" | "pytorch_half_pixel", _) => {
            return Err(Refusal::Attribute {
                name: "nearest_mode",
                value: rounding.escape_debug().to_string(),
                accepted: "floor of asymmetric coordinates, or round_prefer_floor or \
                           round_prefer_ceil of half_pixel",
            });
        }
        _ => return Err(refused_coordinates(coordinates, "asymmetric or half_pixel")),
    }
    // For other modes, and for what becomes smaller.
    let others = ["cubic_coeff_a", "exclude_outside", "antialias"];
    call.attributes.overlook(&others);
    let mut made = computed.clone();
    for (axis, &length) in after.iter().enumerate() {
        let before = made.shape[axis];
        if length % before != 0 {
            return Err(Refusal::Number {
                what: "the number of places of an axis that each stand several times",
                value: length as i64,
                accepted: format!("a multiple of {before}, or the mode linear,"),
            });
        }
        made = repeat(&made, axis, length / before, draft)?;
    }
    Ok(made)
}

/// The lengths of all axes afterwards.
fn lengths_after(call: &Call<'_>, before: &[usize]) -> Result<Vec<usize>, Refusal> {
    let policy = call.attributes.text("keep_aspect_ratio_policy")?;
    if let Some(policy) = policy.filter(|&policy| policy != "stretch") {
        return Err(Refusal::Attribute {
            name: "keep_aspect_ratio_policy",
            value: policy.escape_debug().to_string(),
            accepted: "stretch",
        });
    }
    let named: Vec<i64> = match call.attributes.integers("axes")? {
        Some(axes) => axes.to_vec(),
        None => (0..before.len() as i64).collect(),
    };
    let wanted = Wanted::of(call)?;
    if wanted.count() != named.len() {
        return Err(Refusal::Unsupported(
            "sizes or factors are one number for each axis",
        ));
    }
    let mut after = before.to_vec();
    for (index, &axis) in named.iter().enumerate() {
        let axis = axis_of(axis, before.len())?;
        after[axis] = match &wanted {
            Wanted::Lengths(lengths) => {
                let is_batch = axis == 0 && before[0] == 1;
                // The examples of a batch of this size are one here.
                match is_batch && Some(lengths[index] as i64) == call.batch {
                    true => 1,
                    false => lengths[index],
                }
            }
            Wanted::Factors(factors) => multiplied(before[axis], factors[index])?,
        };
    }
    Ok(after)
}

/// What a node says of its axes.
enum Wanted {
    /// How long they become.
    Lengths(Vec<usize>),
    /// By what their lengths are multiplied.
    Factors(Vec<f32>),
}

impl Wanted {
    fn of(call: &Call<'_>) -> Result<Self, Refusal> {
        // An input that is not given may also be empty.
        let input = |index: usize| -> Result<Option<&Rc<Constant>>, Refusal> {
            let given = call.optional_constant(index)?;
            Ok(given.filter(|constant| constant.count() > 0))
        };
        let (factors, sizes) = match says_where(call) {
            true => (input(2)?, input(3)?),
            false => (input(1)?, None),
        };
        match (factors, sizes, call.attributes.floats("scales")?) {
            (None, Some(sizes), None) => lengths(sizes).map(Wanted::Lengths),
            (None, None, Some(factors)) => Ok(Wanted::Factors(factors.to_vec())),
            (Some(factors), None, None) => match &factors.numbers {
                Numbers::Floats(factors) => Ok(Wanted::Factors(factors.to_vec())),
                Numbers::Integers(_) => Err(Refusal::Unsupported(
                    "factors of lengths are floating point numbers",
                )),
            },
            (None, None, None) => Err(Refusal::Unsupported("neither sizes nor factors are given")),
            _ => Err(Refusal::Unsupported("both sizes and factors are given")),
        }
    }

    fn count(&self) -> usize {
        match self {
            Wanted::Lengths(lengths) => lengths.len(),
            Wanted::Factors(factors) => factors.len(),
        }
    }
}

/// A length by a factor, which is a whole number but for rounding: else where the centres of places
/// are would depend on the factor, too.
fn multiplied(length: usize, factor: f32) -> Result<usize, Refusal> {
    const ROUNDING: f64 = 1e-6;
    const MOST: f64 = (1u32 << 24) as f64;
    let product = length as f64 * f64::from(factor);
    // As it is rounded down in single precision.
    let whole = f64::from((length as f32 * factor).floor());
    if (product - whole).abs() <= ROUNDING * whole && whole <= MOST {
        return Ok(whole as usize);
    }
    Err(Refusal::Unsupported(
        "a factor gives no whole number of rows or columns, or too many; export it with sizes, as \
         interpolate(size=...) has them",
    ))
}
