//! Functions of one number, and powers, with their derivatives.

use candle_core::{CpuStorage, CustomOp1, CustomOp2, Layout, Result, Shape, Tensor};
use rayon::prelude::*;

use super::elementary::Elementary;
use crate::code::Activation;
use crate::train::operators::{slice, with_real};
use crate::vectorised::vectorised;

/// Numbers that one task handles.
const SHARE: usize = 1 << 14;

/// A function of one number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Function {
    /// An activation.
    Activation(Activation),
    /// `x` to the power of this.
    PowerOf(f32),
    /// This to the power of `x`.
    ExponentOf(f32),
}

impl Function {
    /// The function of each number.
    pub(super) fn of(self, numbers: &Tensor) -> Result<Tensor> {
        numbers.contiguous()?.apply_op1(Apply(self))
    }
}

/// `first` to the power of `second`, for two tensors of one shape. The derivative in `second` is
/// taken as zero where `first` is not positive.
pub(super) fn power(first: &Tensor, second: &Tensor) -> Result<Tensor> {
    first
        .contiguous()?
        .apply_op2(&second.contiguous()?, Power(Part::Value))
}

struct Apply(Function);

impl CustomOp1 for Apply {
    fn name(&self) -> &'static str {
        "function of each number"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        with_real!(storage, values(storage, layout, self.0))
    }

    fn bwd(&self, numbers: &Tensor, _: &Tensor, gradient: &Tensor) -> Result<Option<Tensor>> {
        let gradient = gradient.contiguous()?;
        numbers
            .apply_op2_no_bwd(&gradient, &Differentiate(self.0))
            .map(Some)
    }
}

/// The gradient times the derivative at each number.
struct Differentiate(Function);

impl CustomOp2 for Differentiate {
    fn name(&self) -> &'static str {
        "derivative of a function of each number"
    }

    fn cpu_fwd(
        &self,
        s1: &CpuStorage,
        l1: &Layout,
        s2: &CpuStorage,
        l2: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        with_real!(s1, gradients((s1, l1), (s2, l2), self.0))
    }
}

fn values<T: Elementary>(
    storage: &CpuStorage,
    layout: &Layout,
    function: Function,
) -> Result<(CpuStorage, Shape)> {
    let source = slice::<T>(storage, layout)?;
    let mut target = vec![T::zero(); source.len()];
    target
        .par_chunks_mut(SHARE)
        .zip(source.par_chunks(SHARE))
        .for_each(|(target, source)| evaluate(function, source, target));
    Ok((T::to_cpu_storage_owned(target), layout.shape().clone()))
}

fn gradients<T: Elementary>(
    (source, source_layout): (&CpuStorage, &Layout),
    (gradient, gradient_layout): (&CpuStorage, &Layout),
    function: Function,
) -> Result<(CpuStorage, Shape)> {
    let source = slice::<T>(source, source_layout)?;
    let gradient = slice::<T>(gradient, gradient_layout)?;
    let mut target = vec![T::zero(); source.len()];
    let parts = target.par_chunks_mut(SHARE).zip(source.par_chunks(SHARE));
    parts
        .zip(gradient.par_chunks(SHARE))
        .for_each(|((target, source), gradient)| {
            differentiate(function, source, target);
            for (target, &gradient) in target.iter_mut().zip(gradient) {
                // What no gradient reaches may have no derivative.
                *target = if gradient == T::zero() {
                    T::zero()
                } else {
                    *target * gradient
                };
            }
        });
    Ok((
        T::to_cpu_storage_owned(target),
        source_layout.shape().clone(),
    ))
}

#[inline(always)]
fn each<T: Copy>(source: &[T], target: &mut [T], function: impl Fn(T) -> T) {
    vectorised(
        #[inline(always)]
        || {
            for (target, &number) in target.iter_mut().zip(source) {
                *target = function(number);
            }
        },
    );
}

/// Constants in the precision of the numbers.
fn real<T: Elementary>(number: f64) -> T {
    T::from_f64(number)
}

fn single<T: Elementary>(number: f32) -> T {
    T::from_f64(f64::from(number))
}

#[inline(always)]
fn unit<T: Elementary>(x: T) -> T {
    clamp(x, T::zero(), T::one())
}

#[inline(always)]
fn clamp<T: Elementary>(x: T, low: T, high: T) -> T {
    let raised = if x < low { low } else { x };
    if raised > high {
        high
    } else {
        raised
    }
}

/// 1 where a number is between two limits, else 0.
#[inline(always)]
fn inside<T: Elementary>(x: T, low: T, high: T) -> T {
    if x > low && x < high {
        T::one()
    } else {
        T::zero()
    }
}

#[inline(always)]
fn sigmoid<T: Elementary>(x: T) -> T {
    T::one() / (T::one() + (T::zero() - x).exp())
}

fn evaluate<T: Elementary>(function: Function, source: &[T], target: &mut [T]) {
    let (zero, one) = (T::zero(), T::one());
    let activation = match function {
        Function::Activation(activation) => activation,
        Function::PowerOf(exponent) => {
            let exponent = single::<T>(exponent);
            return each(source, target, |x| x.power(exponent));
        }
        Function::ExponentOf(base) => {
            let base = single::<T>(base);
            return each(source, target, |x| base.power(x));
        }
    };
    match activation {
        Activation::Relu => each(source, target, |x| if x < zero { zero } else { x }),
        Activation::Clip { low, high } => {
            let (low, high) = (single(low), single(high));
            each(source, target, |x| clamp(x, low, high));
        }
        Activation::LeakyRelu { slope } => {
            let slope = single::<T>(slope);
            each(source, target, |x| if x > zero { x } else { slope * x });
        }
        Activation::Elu { alpha } => {
            let alpha = single::<T>(alpha);
            each(source, target, |x| {
                let below = alpha * (x.exp() - one);
                if x > zero {
                    x
                } else {
                    below
                }
            });
        }
        Activation::Sigmoid => each(source, target, sigmoid),
        Activation::HardSigmoid { slope, offset } => {
            let (slope, offset) = (single::<T>(slope), single::<T>(offset));
            each(source, target, |x| unit(slope * x + offset));
        }
        Activation::HardSwish => {
            let (six, half) = (real::<T>(6.0), real::<T>(0.5));
            each(source, target, |x| x * unit(x / six + half));
        }
        Activation::Tanh => each(source, target, T::tanh),
        Activation::Gelu => {
            let (root, half) = (real::<T>(0.5f64.sqrt()), real::<T>(0.5));
            each(source, target, |x| x * (one + (x * root).erf()) * half);
        }
        Activation::Exponential => each(source, target, T::exp),
        Activation::Logarithm => each(source, target, T::ln),
        Activation::ErrorFunction => each(source, target, T::erf),
        Activation::SquareRoot => each(source, target, T::sqrt),
        Activation::Magnitude => each(source, target, |x| if x < zero { zero - x } else { x }),
    }
}

/// Derivatives; at a kink one of those of the two sides, or zero.
fn differentiate<T: Elementary>(function: Function, source: &[T], target: &mut [T]) {
    let (zero, one) = (T::zero(), T::one());
    let activation = match function {
        Function::Activation(activation) => activation,
        Function::PowerOf(exponent) => {
            let exponent = single::<T>(exponent);
            return each(source, target, |x| exponent * x.power(exponent - one));
        }
        Function::ExponentOf(base) => {
            let base = single::<T>(base);
            return each(source, target, |x| base.power(x) * base.ln());
        }
    };
    match activation {
        Activation::Relu => each(source, target, |x| if x > zero { one } else { zero }),
        Activation::Clip { low, high } => {
            let (low, high) = (single(low), single(high));
            each(source, target, |x| inside(x, low, high));
        }
        Activation::LeakyRelu { slope } => {
            let slope = single::<T>(slope);
            each(source, target, |x| if x > zero { one } else { slope });
        }
        Activation::Elu { alpha } => {
            let alpha = single::<T>(alpha);
            each(source, target, |x| {
                let below = alpha * x.exp();
                if x > zero {
                    one
                } else {
                    below
                }
            });
        }
        Activation::Sigmoid => each(source, target, |x| {
            let y = sigmoid(x);
            y * (one - y)
        }),
        Activation::HardSigmoid { slope, offset } => {
            let (slope, offset) = (single::<T>(slope), single::<T>(offset));
            each(source, target, |x| {
                slope * inside(slope * x + offset, zero, one)
            });
        }
        Activation::HardSwish => {
            let (six, half) = (real::<T>(6.0), real::<T>(0.5));
            each(source, target, |x| {
                let y = x / six + half;
                unit(y) + x / six * inside(y, zero, one)
            });
        }
        Activation::Tanh => each(source, target, |x| {
            let y = x.tanh();
            one - y * y
        }),
        Activation::Gelu => {
            let (root, half) = (real::<T>(0.5f64.sqrt()), real::<T>(0.5));
            let density = real::<T>((0.5 * std::f64::consts::FRAC_1_PI).sqrt());
            each(source, target, |x| {
                let bell = (zero - half * x * x).exp();
                (one + (x * root).erf()) * half + x * density * bell
            });
        }
        Activation::Exponential => each(source, target, T::exp),
        Activation::Logarithm => each(source, target, |x| one / x),
        Activation::ErrorFunction => {
            let factor = real::<T>(std::f64::consts::FRAC_2_SQRT_PI);
            each(source, target, |x| factor * (zero - x * x).exp());
        }
        Activation::SquareRoot => {
            let half = real::<T>(0.5);
            each(source, target, |x| half / x.sqrt());
        }
        Activation::Magnitude => each(source, target, |x| if x < zero { zero - one } else { one }),
    }
}

/// What is computed of a power.
#[derive(Clone, Copy)]
enum Part {
    Value,
    /// The derivative in the base.
    InBase,
    /// The derivative in the exponent.
    InExponent,
}

struct Power(Part);

impl CustomOp2 for Power {
    fn name(&self) -> &'static str {
        "power"
    }

    fn cpu_fwd(
        &self,
        s1: &CpuStorage,
        l1: &Layout,
        s2: &CpuStorage,
        l2: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        with_real!(s1, powers((s1, l1), (s2, l2), self.0))
    }

    fn bwd(
        &self,
        first: &Tensor,
        second: &Tensor,
        _: &Tensor,
        gradient: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let part = |part| first.apply_op2_no_bwd(second, &Power(part))? * gradient;
        Ok((Some(part(Part::InBase)?), Some(part(Part::InExponent)?)))
    }
}

fn powers<T: Elementary>(
    (first, first_layout): (&CpuStorage, &Layout),
    (second, second_layout): (&CpuStorage, &Layout),
    part: Part,
) -> Result<(CpuStorage, Shape)> {
    let pairs = slice::<T>(first, first_layout)?
        .iter()
        .zip(slice::<T>(second, second_layout)?);
    let compute = |(&base, &exponent): (&T, &T)| match part {
        Part::Value => base.power(exponent),
        Part::InBase => exponent * base.power(exponent - T::one()),
        Part::InExponent if base > T::zero() => base.power(exponent) * base.ln(),
        Part::InExponent => T::zero(),
    };
    let values = pairs.map(compute).collect();
    Ok((
        T::to_cpu_storage_owned(values),
        first_layout.shape().clone(),
    ))
}
