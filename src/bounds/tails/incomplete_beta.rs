//! The lower tail of the beta distribution, relative to its leading factor.
//!
//! `fraction(a, b, x) = B_x(a, b) / (x^a (1 - x)^b)` for whole `a, b >= 1` and `x <= a/(a + b)`,
//! where `B_x(a, b) = integral from 0 to x of t^(a-1) (1 - t)^(b-1) dt`. Binomial tails are
//! incomplete beta functions.
//!
//! # Means
//! The continued fraction of Didonato and Morris (1992, TOMS 708) has positive terms only where
//! `x <= a/(a + b)`, so its convergents lie alternately above and below the value, and a pair that
//! agrees to `1e-14` has found it. The number of terms is about `100/z^2`, where `z` is the
//! distance of `x` from `a/(a + b)` in standard deviations, but never more than some multiple of
//! the standard deviation of the binomial. Only within one standard deviation, and where that is
//! many examples, would this take long. There the integral over the next two standard deviations
//! comes from the Taylor series of the integrand, and the continued fraction takes over beyond.

use super::deviance::Split;

/// Two convergents closer than this, relatively, have found the value.
const AGREEMENT: f64 = 1e-14;

/// Terms of the continued fraction at most: far more than are ever used, so that no rounding can
/// make a loop endless.
const MOST_TERMS: u32 = 10_000;

/// From this variance on, the continued fraction is not begun within one standard deviation of the
/// mean.
const LARGE_VARIANCE: f64 = 1000.0;

/// Terms of the Taylor series. With steps of two standard deviations, Cauchy's estimate on the
/// circle of `sqrt(j)` standard deviations bounds term `j` by `exp(j/2 + sqrt(j)) (2/sqrt(j))^j`:
/// for 64 this is `1e-21`.
const TAYLOR_TERMS: u32 = 64;

/// `B_x(a, b) / (x^a y^b)`, `y = 1 - x`, with `x = at.p` at most `a/(a + b)`; relative error at
/// most `5e-13`.
pub(in crate::bounds) fn fraction(a: f64, b: f64, at: Split) -> f64 {
    let variance = (a + b) * at.p * at.q;
    let distance = a * at.q - b * at.p;
    if variance > LARGE_VARIANCE && distance * distance < variance {
        by_taylor_step(a, b, at)
    } else {
        by_continued_fraction(a, b, at)
    }
}

/// `1/(beta_1 + alpha_2/(beta_2 + alpha_3/(beta_3 + ...)))`, by the forward recurrence of
/// numerators and denominators, scaled so that the newest denominator is 1. All terms are positive:
/// no step cancels.
fn by_continued_fraction(a: f64, b: f64, Split { p: x, q: y }: Split) -> f64 {
    let shifted = a * y - b * x + 1.0;
    let mut value = (a + 1.0) / (a * shifted);
    // Numerator and denominator before the newest, over the newest denominator; the newest
    // numerator is the value.
    let (mut last_numerator, mut last_denominator) = (0.0, value);
    for m in 1..MOST_TERMS {
        let m = f64::from(m);
        if m >= b {
            // alpha vanishes: the fraction has ended, and is exact.
            break;
        }
        let weight = m * (b - m) * x;
        let centre = a + 2.0 * m;
        let inverse = 1.0 / (centre - 1.0);
        let alpha = (a + m - 1.0) * (a + b + m - 1.0) * (weight * x) * (inverse * inverse);
        let beta = m + weight * inverse + (a + m) / (centre + 1.0) * (shifted + m * (1.0 + y));
        let scale = 1.0 / (alpha * last_denominator + beta);
        let newest = (alpha * last_numerator + beta * value) * scale;
        (last_numerator, last_denominator) = (value * scale, scale);
        let change = newest - value;
        value = newest;
        if change.abs() <= AGREEMENT * value {
            break;
        }
    }
    value
}

/// With `h(v) = ((x - v)/x)^(a-1) ((y + v)/y)^(b-1)` and a step `u`, the value times `x y` is the
/// integral of `h` from 0 to `u` plus `h(u) (x - u)(y + u)` times the value at `x - u`.
///
/// From `(x - v)(y + v) h'(v) = ((b-1)(x - v) - (a-1)(y + v)) h(v)` follows the recurrence for the
/// terms `h_j u^j`.
fn by_taylor_step(a: f64, b: f64, Split { p: x, q: y }: Split) -> f64 {
    let product = x * y;
    let step = 2.0 * (product / (a + b)).sqrt();
    let slope = (b - 1.0) * x - (a - 1.0) * y;
    let scale = step / product;
    let (mut last, mut term) = (0.0, 1.0);
    let (mut value, mut integral) = (1.0, 1.0);
    for j in 0..TAYLOR_TERMS {
        let j = f64::from(j);
        let next =
            ((slope + (y - x) * j) * term - (a + b - 1.0 - j) * step * last) * (scale / (j + 1.0));
        (last, term) = (term, next);
        value += term;
        integral += term / (j + 2.0);
    }
    let beyond = Split {
        p: x - step,
        q: y + step,
    };
    (integral * step + value * beyond.p * beyond.q * by_continued_fraction(a, b, beyond)) / product
}
