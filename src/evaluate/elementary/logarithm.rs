//! The natural logarithm.

use super::exponential::{polynomial, LN_2};

/// The bits of the square root of 1/2.
const ROOT_HALF: u32 = 0x3f35_04f3;

/// Of `(log(1 + r) - r + r^2 / 2) / r^3` (Moshier, Cephes), the highest power first.
const COEFFICIENTS: [f32; 9] = [
    f32::from_bits(0x3d90_21bb),
    f32::from_bits(0xbdeb_d1b8),
    f32::from_bits(0x3def_251a),
    f32::from_bits(0xbdfe_5d4f),
    f32::from_bits(0x3e11_e9bf),
    f32::from_bits(0xbe2a_ae50),
    f32::from_bits(0x3e4c_ceac),
    f32::from_bits(0xbe7f_fffc),
    f32::from_bits(0x3eaa_aaaa),
];

/// `log(x)`: at most 1 unit in the last place from the truth. Minus infinity at 0, not a number
/// below.
///
/// `x = 2^n (1 + r)` with `1 + r` between the roots of 1/2 and of 2.
#[inline(always)]
pub(crate) fn logarithm(x: f32) -> f32 {
    let is_subnormal = x < f32::MIN_POSITIVE;
    let normal = if is_subnormal { x * 8_388_608.0 } else { x };
    let offset = normal.to_bits().wrapping_sub(ROOT_HALF) as i32;
    let exponent = (offset >> 23) - if is_subnormal { 23 } else { 0 };
    let count = exponent as f32;
    let mantissa = f32::from_bits((offset as u32 & 0x007f_ffff).wrapping_add(ROOT_HALF));
    let rest = mantissa - 1.0;
    let square = rest * rest;
    let cubic = polynomial(&COEFFICIENTS, rest) * rest * square;
    let small = (cubic + count * LN_2[1]) - 0.5 * square;
    let sum = (rest + small) + count * LN_2[0];
    let sum = if x == f32::INFINITY { x } else { sum };
    let sum = if x == 0.0 { f32::NEG_INFINITY } else { sum };
    // Also of what is not a number.
    if x >= 0.0 {
        sum
    } else {
        f32::NAN
    }
}
