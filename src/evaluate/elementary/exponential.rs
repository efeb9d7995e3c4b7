//! The exponential, and the sigmoid that is made of it.

/// Adding and subtracting `3 * 2^22` rounds a small number to the nearest integer, which the last
/// bits of the sum hold.
pub(super) const ROUNDING: f32 = 12_582_912.0;

/// Beyond these limits the result is infinite, or 0.
const HIGHEST: f32 = 89.0;
const LOWEST: f32 = -104.0;

const LOG2_E: f32 = f32::from_bits(0x3fb8_aa3b);

/// The logarithm of 2 in two parts, of which the first, 0.693359375, has 9 bits: its products with
/// the exponents are exact.
pub(super) const LN_2: [f32; 2] = [f32::from_bits(0x3f31_8000), f32::from_bits(0xb95e_8083)];

/// Of `(exp(r) - 1 - r) / r^2` (Moshier, Cephes), the highest power first.
const COEFFICIENTS: [f32; 6] = [
    f32::from_bits(0x3950_6967),
    f32::from_bits(0x3ab7_43ce),
    f32::from_bits(0x3c08_8908),
    f32::from_bits(0x3d2a_a9c1),
    f32::from_bits(0x3e2a_aaaa),
    f32::from_bits(0x3f00_0000),
];

/// A polynomial by Horner's rule, the highest power first.
#[inline(always)]
pub(super) fn polynomial<const TERMS: usize>(coefficients: &[f32; TERMS], x: f32) -> f32 {
    let mut sum = coefficients[0];
    for coefficient in &coefficients[1..] {
        sum = sum * x + coefficient;
    }
    sum
}

/// `2^exponent` for exponents from -126 to 127.
#[inline(always)]
fn power_of_two(exponent: i32) -> f32 {
    f32::from_bits((exponent.wrapping_add(127) as u32) << 23)
}

/// `exp(x)`: at most 1.1 units in the last place from the truth, which below the least normal
/// number are those of subnormal numbers.
///
/// `x = n ln 2 + r`, `exp(x) = 2^n exp(r)`.
#[inline(always)]
pub(crate) fn exponential(x: f32) -> f32 {
    let x = if x > HIGHEST { HIGHEST } else { x };
    let x = if x < LOWEST { LOWEST } else { x };
    let rounded = x * LOG2_E + ROUNDING;
    let count = rounded - ROUNDING;
    let rest = (x - count * LN_2[0]) - count * LN_2[1];
    let square = rest * rest;
    let mantissa = (polynomial(&COEFFICIENTS, rest) * square + rest) + 1.0;
    // In two steps, as 2^n may be too large or too small where the result is not.
    let exponent = rounded.to_bits().wrapping_sub(ROUNDING.to_bits()) as i32;
    let half = exponent >> 1;
    mantissa * power_of_two(half) * power_of_two(exponent.wrapping_sub(half))
}

/// `1 / (1 + exp(-x))`: at most 2.5 units in the last place from the truth, or `2^-126` where that
/// is less.
#[inline(always)]
pub(crate) fn sigmoid(x: f32) -> f32 {
    1.0 / (1.0 + exponential(-x))
}
