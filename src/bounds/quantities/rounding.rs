//! Outward steps, and rounding for publication.

/// The next larger number, `steps` times.
pub(in crate::bounds) fn up(value: f64, steps: u32) -> f64 {
    (0..steps).fold(value, |value, _| value.next_up())
}

/// The next smaller number, `steps` times.
pub(in crate::bounds) fn down(value: f64, steps: u32) -> f64 {
    (0..steps).fold(value, |value, _| value.next_down())
}

/// `value >= 0`, larger by a part `relative` of itself; infinity stays what it is.
pub(in crate::bounds) fn raise(value: f64, relative: f64) -> f64 {
    value * (1.0 + relative)
}

/// `value >= 0`, smaller by a part `relative` of itself.
pub(in crate::bounds) fn lower(value: f64, relative: f64) -> f64 {
    value * (1.0 - relative)
}

/// Digits that a decimal between 0 and 1 of which all digits are kept can have in an `f64`.
const MOST_DIGITS: u32 = 15;

/// `value`, rounded up to `digits` digits after the point: printed with that many digits, it is at
/// least `value`.
///
/// The result is the double nearest to the decimal, so that printing it with `digits` digits gives
/// that decimal, and it is itself not below `value`. For `value` in `[0, 1]`; more than 15 digits
/// are taken for 15.
///
/// ```
/// use nonvacuous::bounds::round_up_decimals;
/// assert_eq!(round_up_decimals(0.12341, 4), 0.1235);
/// assert_eq!(round_up_decimals(0.25, 4), 0.25);
/// ```
#[must_use]
pub fn round_up_decimals(value: f64, digits: u32) -> f64 {
    // Powers of ten to 1e15 are exact, and so are the whole numbers below them.
    let scale = 10f64.powi(digits.min(MOST_DIGITS) as i32);
    let below = (value * scale).floor() - 1.0;
    // The product is off by less than one, so one of the next whole numbers is the least above. A
    // decimal that rounds to a number equal to `value` may itself be below it, by a part of the
    // last unit; `exceeds` tells.
    (0..4)
        .map(|step| (below + f64::from(step)) / scale)
        .find(|&candidate| candidate >= value)
        .unwrap_or(value)
}

/// `value >= 0`, rounded down to whole thousandths: what is printed of a lower bound on bits.
#[must_use]
pub fn round_down_thousandths(value: f64) -> f64 {
    let below = (value * 1000.0).floor() / 1000.0;
    if below <= value {
        below
    } else {
        ((value * 1000.0).floor() - 1.0) / 1000.0
    }
}
