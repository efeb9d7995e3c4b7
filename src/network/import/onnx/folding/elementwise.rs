//! Constants number by number.

use std::rc::Rc;

use super::super::call::Call;
use super::super::constant::{broadcast, count_of, Constant, Numbers};
use super::super::error::Refusal;
use super::super::ledger::Ledger;
use super::super::tensors::is_float;

pub(super) fn fold(call: &Call<'_>, ledger: &mut Ledger) -> Result<Option<Constant>, Refusal> {
    if call.operator == "Cast" {
        return cast(call, ledger).map(Some);
    }
    if call.operator == "Where" {
        return chosen(call, ledger).map(Some);
    }
    if let Some(function) = unary(call.operator) {
        return with_one(call, function, ledger).map(Some);
    }
    let is_truncated = call.operator == "Mod" && call.attributes.switch("fmod")?;
    match binary(call.operator, is_truncated) {
        Some(operation) => with_two(call, &operation, ledger).map(Some),
        None => Ok(None),
    }
}

/// A function of a floating point number, and of an integer, where there is one.
struct Unary {
    float: fn(f32) -> f32,
    integer: Option<fn(i64) -> i64>,
    keeps_name: bool,
}

fn unary(operator: &str) -> Option<Unary> {
    let of_floats = |float: fn(f32) -> f32| Unary {
        float,
        integer: None,
        keeps_name: false,
    };
    let of_both = |float: fn(f32) -> f32, integer: fn(i64) -> i64| Unary {
        float,
        integer: Some(integer),
        keeps_name: false,
    };
    Some(match operator {
        "Sqrt" => of_floats(f32::sqrt),
        "Exp" => of_floats(f32::exp),
        "Log" => of_floats(f32::ln),
        "Reciprocal" => of_floats(f32::recip),
        "Floor" => of_floats(f32::floor),
        "Ceil" => of_floats(f32::ceil),
        "Round" => of_floats(f32::round_ties_even),
        "Tanh" => of_floats(f32::tanh),
        "Relu" => of_both(|number| number.max(0.0), |number| number.max(0)),
        "Abs" => of_both(f32::abs, i64::wrapping_abs),
        "Neg" => of_both(|number| -number, i64::wrapping_neg),
        "Not" => Unary {
            float: |_| f32::NAN,
            integer: Some(|number| i64::from(number == 0)),
            keeps_name: false,
        },
        "Dropout" => Unary {
            float: |number| number,
            integer: None,
            keeps_name: true,
        },
        _ => return None,
    })
}

fn with_one(call: &Call<'_>, unary: Unary, ledger: &mut Ledger) -> Result<Constant, Refusal> {
    let constant = call.constant(0)?;
    ledger.take(constant.count())?;
    let numbers = match (&constant.numbers, unary.integer) {
        (Numbers::Integers(numbers), Some(function)) => {
            Numbers::Integers(Rc::new(numbers.iter().copied().map(function).collect()))
        }
        (Numbers::Floats(numbers), _) => {
            Numbers::Floats(Rc::new(numbers.iter().copied().map(unary.float).collect()))
        }
        (Numbers::Integers(_), None) => {
            return Err(Refusal::Unsupported("it takes floating point numbers"));
        }
    };
    let made = Constant::of(constant.shape.clone(), numbers)?;
    let name = match unary.keeps_name {
        true => constant.name.clone(),
        false => String::new(),
    };
    Ok(Constant { name, ..made })
}

/// An operation of two numbers; of integers none where it cannot be.
struct Binary {
    float: fn(f32, f32) -> f32,
    integer: fn(i64, i64) -> Option<i64>,
    /// Whether floating point numbers give truth values.
    gives_truth: bool,
}

/// `is_truncated`: whether a remainder has the sign of the number that is divided.
fn binary(operator: &str, is_truncated: bool) -> Option<Binary> {
    let of_both = |float: fn(f32, f32) -> f32, integer: fn(i64, i64) -> Option<i64>| Binary {
        float,
        integer,
        gives_truth: false,
    };
    let comparison = |float: fn(f32, f32) -> f32, integer: fn(i64, i64) -> Option<i64>| Binary {
        float,
        integer,
        gives_truth: true,
    };
    fn truth(is_so: bool) -> f32 {
        f32::from(u8::from(is_so))
    }
    fn answer(is_so: bool) -> Option<i64> {
        Some(i64::from(is_so))
    }
    Some(match operator {
        "Add" | "Sum" => of_both(|a, b| a + b, |a, b| Some(a.wrapping_add(b))),
        "Sub" => of_both(|a, b| a - b, |a, b| Some(a.wrapping_sub(b))),
        "Mul" => of_both(|a, b| a * b, |a, b| Some(a.wrapping_mul(b))),
        "Div" => of_both(|a, b| a / b, i64::checked_div),
        "Mod" if is_truncated => of_both(|a, b| a % b, i64::checked_rem),
        "Mod" => of_both(|a, b| a % b, modulo),
        "Pow" => of_both(f32::powf, power),
        "Min" => of_both(f32::min, |a, b| Some(a.min(b))),
        "Max" => of_both(f32::max, |a, b| Some(a.max(b))),
        "Equal" => comparison(|a, b| truth(a == b), |a, b| answer(a == b)),
        "Less" => comparison(|a, b| truth(a < b), |a, b| answer(a < b)),
        "LessOrEqual" => comparison(|a, b| truth(a <= b), |a, b| answer(a <= b)),
        "Greater" => comparison(|a, b| truth(a > b), |a, b| answer(a > b)),
        "GreaterOrEqual" => comparison(|a, b| truth(a >= b), |a, b| answer(a >= b)),
        "And" => comparison(|_, _| f32::NAN, |a, b| answer(a != 0 && b != 0)),
        "Or" => comparison(|_, _| f32::NAN, |a, b| answer(a != 0 || b != 0)),
        "Xor" => comparison(|_, _| f32::NAN, |a, b| answer((a != 0) != (b != 0))),
        _ => return None,
    })
}

/// With the sign of the divisor, as in Python.
fn modulo(number: i64, divisor: i64) -> Option<i64> {
    let rest = number.checked_rem(divisor)?;
    let is_other_side = rest != 0 && (rest < 0) != (divisor < 0);
    Some(if is_other_side { rest + divisor } else { rest })
}

fn power(base: i64, exponent: i64) -> Option<i64> {
    base.checked_pow(u32::try_from(exponent).ok()?)
}

fn with_two(call: &Call<'_>, operation: &Binary, ledger: &mut Ledger) -> Result<Constant, Refusal> {
    call.require_numpy()?;
    let mut result = (**call.constant(0)?).clone();
    for index in 1..call.inputs.len() {
        result = combined(&result, call.constant(index)?, operation, ledger)?;
    }
    Ok(result)
}

fn combined(
    first: &Constant,
    second: &Constant,
    operation: &Binary,
    ledger: &mut Ledger,
) -> Result<Constant, Refusal> {
    let shape = broadcast(&first.shape, &second.shape)?;
    let (first, second) = (
        first.expanded(&shape, ledger)?,
        second.expanded(&shape, ledger)?,
    );
    ledger.take(count_of(&shape)?)?;
    if let (Some(first), Some(second)) = (first.as_integers(), second.as_integers()) {
        let mut numbers = Vec::with_capacity(first.len());
        for (&first, &second) in first.iter().zip(second) {
            numbers.push(
                (operation.integer)(first, second).ok_or(Refusal::Unsupported(
                    "a division by zero, or a power beyond 64 bits",
                ))?,
            );
        }
        return Constant::integers(shape, numbers);
    }
    let (first, second) = (first.to_floats(ledger)?, second.to_floats(ledger)?);
    let made = first.iter().zip(second.iter());
    let made = made.map(|(&first, &second)| (operation.float)(first, second));
    if operation.gives_truth {
        return Constant::integers(shape, made.map(|truth| truth as i64).collect());
    }
    Constant::floats(shape, made.collect())
}

/// Numbers of one constant where a condition holds, else of another.
fn chosen(call: &Call<'_>, ledger: &mut Ledger) -> Result<Constant, Refusal> {
    let parts = [call.constant(0)?, call.constant(1)?, call.constant(2)?];
    let shape = broadcast(&parts[0].shape, &parts[1].shape)?;
    let shape = broadcast(&shape, &parts[2].shape)?;
    let condition = parts[0].expanded(&shape, ledger)?;
    let condition = condition
        .as_integers()
        .ok_or(Refusal::Unsupported("a condition is a truth value"))?;
    let (first, second) = (
        parts[1].expanded(&shape, ledger)?,
        parts[2].expanded(&shape, ledger)?,
    );
    ledger.take(condition.len())?;
    let is_first = condition.iter().map(|&truth| truth != 0);
    if let (Some(first), Some(second)) = (first.as_integers(), second.as_integers()) {
        let pairs = is_first.zip(first.iter().zip(second));
        let numbers = pairs.map(|(is_first, (&a, &b))| if is_first { a } else { b });
        return Constant::integers(shape, numbers.collect());
    }
    let (first, second) = (first.to_floats(ledger)?, second.to_floats(ledger)?);
    let pairs = is_first.zip(first.iter().zip(second.iter()));
    let numbers = pairs.map(|(is_first, (&a, &b))| if is_first { a } else { b });
    Constant::floats(shape, numbers.collect())
}

/// Floating point numbers become integers, rounded toward 0; and the other way.
fn cast(call: &Call<'_>, ledger: &mut Ledger) -> Result<Constant, Refusal> {
    const BOOL: i64 = 9;
    const STRING: i64 = 8;
    call.attributes.overlook(&["saturate"]);
    let to = call.attributes.integer("to")?.unwrap_or(0);
    if to == STRING || to == 0 {
        return Err(Refusal::Type(to));
    }
    let constant = call.constant(0)?;
    ledger.take(constant.count())?;
    let numbers = match (&constant.numbers, is_float(to)) {
        (Numbers::Floats(_), true) => constant.numbers.clone(),
        (Numbers::Integers(_), true) => Numbers::Floats(constant.to_floats(ledger)?),
        (Numbers::Floats(numbers), false) => {
            let convert = |&number: &f32| match to {
                BOOL => i64::from(number != 0.0),
                _ => number as i64,
            };
            Numbers::Integers(Rc::new(numbers.iter().map(convert).collect()))
        }
        (Numbers::Integers(numbers), false) => {
            let convert = |&number: &i64| match to {
                BOOL => i64::from(number != 0),
                _ => number,
            };
            Numbers::Integers(Rc::new(numbers.iter().map(convert).collect()))
        }
    };
    Ok(Constant {
        name: constant.name.clone(),
        shape: constant.shape.clone(),
        numbers,
    })
}
