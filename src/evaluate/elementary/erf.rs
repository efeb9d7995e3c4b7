//! The error function, and the Gaussian linear unit that is made of it.

use super::exponential::{exponential, polynomial};

/// Below it a series, from it on the exponential.
const BORDER: f32 = 0.921_875;

/// From here on the result is 1.
const HIGHEST: f32 = 4.0;

/// Of `erf(x) / x - 1` in `x^2`, the highest power first; fitted by minimax.
const SMALL: [f32; 6] = [
    f32::from_bits(0xba1c_12e3),
    f32::from_bits(0x3ba3_611a),
    f32::from_bits(0xbcdb_3b65),
    f32::from_bits(0x3de7_0c82),
    f32::from_bits(0xbec0_936e),
    f32::from_bits(0x3e03_75d0),
];

/// Of `-log(1 - erf(x))` in `x`, the highest power first; fitted by minimax.
const LARGE: [f32; 7] = [
    f32::from_bits(0xb94d_7498),
    f32::from_bits(0x3b47_70c5),
    f32::from_bits(0xbcb6_1542),
    f32::from_bits(0x3dd4_da1a),
    f32::from_bits(0x3f23_1e60),
    f32::from_bits(0x3f90_57ad),
    f32::from_bits(0x394d_2d24),
];

/// `2 / sqrt(pi)` times the integral of `exp(-t^2)` from 0 to `x`: at most 1.7 units in the last
/// place from the truth.
#[inline(always)]
pub(crate) fn error_function(x: f32) -> f32 {
    let small = x + x * polynomial(&SMALL, x * x);
    let magnitude = x.abs();
    let magnitude = if magnitude > HIGHEST {
        HIGHEST
    } else {
        magnitude
    };
    let large = 1.0 - exponential(-polynomial(&LARGE, magnitude));
    let signed = f32::from_bits(large.to_bits() | (x.to_bits() & 0x8000_0000));
    if magnitude < BORDER {
        small
    } else {
        signed
    }
}

/// `x * ((1 + erf(x / sqrt 2)) / 2)` (Hendrycks and Gimpel 2016), the division by `sqrt 2` a
/// multiplication with `0x3f3504f3`: at most `2^-23 |x|` from the truth where
/// `|x| > 2^-100`.
#[inline(always)]
pub(crate) fn gelu(x: f32) -> f32 {
    x * ((1.0 + error_function(x * std::f32::consts::FRAC_1_SQRT_2)) * 0.5)
}
