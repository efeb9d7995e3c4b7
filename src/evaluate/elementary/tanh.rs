//! The hyperbolic tangent.

use super::exponential::{exponential, polynomial};

/// Below it a series, from it on the exponential.
const BORDER: f32 = 0.625;

/// Of `(tanh(x) / x - 1) / x^2` in `x^2` (Moshier, Cephes), the highest power first.
const COEFFICIENTS: [f32; 5] = [
    f32::from_bits(0xbbba_f0ea),
    f32::from_bits(0x3ca9_134e),
    f32::from_bits(0xbd5c_1e2d),
    f32::from_bits(0x3e08_8393),
    f32::from_bits(0xbeaa_aa99),
];

/// `tanh(x)`: at most 1.4 units in the last place from the truth.
#[inline(always)]
pub(crate) fn hyperbolic_tangent(x: f32) -> f32 {
    let square = x * x;
    let small = x + x * (square * polynomial(&COEFFICIENTS, square));
    let magnitude = x.abs();
    let large = 1.0 - 2.0 / (exponential(magnitude + magnitude) + 1.0);
    let signed = f32::from_bits(large.to_bits() | (x.to_bits() & 0x8000_0000));
    if magnitude < BORDER {
        small
    } else {
        signed
    }
}
