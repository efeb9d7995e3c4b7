//! Elementary functions of both kinds of real numbers.

use crate::evaluate::{error_function, exponential};
use crate::train::operators::Real;

/// A real number with the functions that activations are made of.
pub(super) trait Elementary: Real {
    fn exp(self) -> Self;
    fn ln(self) -> Self;
    fn tanh(self) -> Self;
    fn erf(self) -> Self;
    fn sqrt(self) -> Self;
    fn power(self, exponent: Self) -> Self;
}

impl Elementary for f32 {
    #[inline(always)]
    fn exp(self) -> Self {
        exponential(self)
    }

    #[inline(always)]
    fn ln(self) -> Self {
        f32::ln(self)
    }

    #[inline(always)]
    fn tanh(self) -> Self {
        f32::tanh(self)
    }

    #[inline(always)]
    fn erf(self) -> Self {
        error_function(self)
    }

    #[inline(always)]
    fn sqrt(self) -> Self {
        f32::sqrt(self)
    }

    #[inline(always)]
    fn power(self, exponent: Self) -> Self {
        f32::powf(self, exponent)
    }
}

impl Elementary for f64 {
    #[inline(always)]
    fn exp(self) -> Self {
        f64::exp(self)
    }

    #[inline(always)]
    fn ln(self) -> Self {
        f64::ln(self)
    }

    #[inline(always)]
    fn tanh(self) -> Self {
        f64::tanh(self)
    }

    #[inline(always)]
    fn erf(self) -> Self {
        candle_core::cpu::erf::erf_f64(self)
    }

    #[inline(always)]
    fn sqrt(self) -> Self {
        f64::sqrt(self)
    }

    #[inline(always)]
    fn power(self, exponent: Self) -> Self {
        f64::powf(self, exponent)
    }
}
