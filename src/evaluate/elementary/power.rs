//! Powers.

use super::exponential::{exponential, ROUNDING};
use super::logarithm::logarithm;

/// `base` to the power of `exponent`.
///
/// With the exponents 0, 1, 2, 3, -1, 1/2 and -1/2 it is `1`, `base`, `base * base`,
/// `(base * base) * base`, `1 / base`, `sqrt(base)` and `1 / sqrt(base)`, each operation rounded.
/// Otherwise `exp(exponent * log(|base|))`, with a minus sign for a negative base and an odd
/// exponent, and not a number for a negative base and an exponent that is no integer below `2^22`
/// in magnitude: relative to the truth its error is at most `2^-22 (1 + |exponent * log(|base|)|)`
/// where that is a normal number.
#[inline(always)]
pub(crate) fn power(base: f32, exponent: f32) -> f32 {
    let magnitude = exponential(exponent * logarithm(base.abs()));
    let rounded = exponent + ROUNDING;
    let is_integer = rounded - ROUNDING == exponent && exponent.abs() < 4_194_304.0;
    let is_odd = rounded.to_bits() & 1 == 1;
    let signed = if is_odd { -magnitude } else { magnitude };
    let negative = if is_integer { signed } else { f32::NAN };
    let general = if base < 0.0 { negative } else { magnitude };
    let root = base.sqrt();
    let square = base * base;
    let result = if exponent == -0.5 {
        1.0 / root
    } else {
        general
    };
    let result = if exponent == 0.5 { root } else { result };
    let result = if exponent == -1.0 { 1.0 / base } else { result };
    let result = if exponent == 3.0 {
        square * base
    } else {
        result
    };
    let result = if exponent == 2.0 { square } else { result };
    let result = if exponent == 1.0 { base } else { result };
    if exponent == 0.0 {
        1.0
    } else {
        result
    }
}
