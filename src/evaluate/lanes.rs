//! Arithmetic on several images side by side.

use crate::code::BYTES_PER_FEATURE;

/// Images computed side by side.
pub(super) const LANES: usize = 16;

/// The same quantity in [`LANES`] images.
pub(super) type Lanes = [f32; LANES];

// What a decoder reckons with.
const _: () = assert!(size_of::<Lanes>() as u64 <= BYTES_PER_FEATURE);

/// The larger of two numbers; the first, if they are equal or not comparable. (`f32::max` leaves
/// the sign of zero open.)
#[inline(always)]
pub(super) fn larger(first: f32, second: f32) -> f32 {
    if second > first {
        second
    } else {
        first
    }
}

/// The smaller of two numbers; the first, if they are equal or not comparable.
#[inline(always)]
pub(super) fn smaller(first: f32, second: f32) -> f32 {
    if second < first {
        second
    } else {
        first
    }
}

/// `sum += value * value` in every lane.
#[inline(always)]
pub(super) fn accumulate_square(sum: &mut Lanes, value: &Lanes) {
    for (sum, value) in sum.iter_mut().zip(value) {
        *sum += value * value;
    }
}

/// `target = operation(target, value)` in every lane.
#[inline(always)]
pub(super) fn each(target: &mut Lanes, value: &Lanes, operation: impl Fn(f32, f32) -> f32) {
    for (target, value) in target.iter_mut().zip(value) {
        *target = operation(*target, *value);
    }
}

/// The sum over features, in order.
#[inline(always)]
pub(super) fn total(features: &[Lanes]) -> Lanes {
    let mut sum = [0.0; LANES];
    for feature in features {
        each(&mut sum, feature, |sum, value| sum + value);
    }
    sum
}

/// Every number divided by `count`.
#[inline(always)]
pub(super) fn divide(features: &mut [Lanes], count: usize) {
    for value in features.iter_mut().flatten() {
        *value /= count as f32;
    }
}
