//! Rectifiers.

use candle_core::{CpuStorage, CustomOp1, CustomOp2, Layout, Result, Shape, Tensor};
use rayon::prelude::*;

use super::real::Real;
use super::storage::slice;
use super::storage::with_real;
use crate::vectorised::vectorised;

/// Numbers that one task handles.
const SHARE: usize = 1 << 14;

/// `max(x, 0)`, of a tensor of any shape. The gradient at zero is zero; what is not a number stays
/// so.
///
/// # Errors
/// If the tensor is not of real numbers.
pub fn relu(features: &Tensor) -> Result<Tensor> {
    features.contiguous()?.apply_op1(Clamp {
        ceiling: f64::INFINITY,
    })
}

/// `min(max(x, 0), 6)` (Krizhevsky 2010), of a tensor of any shape. The gradient at 0 and at 6 is
/// zero.
///
/// # Errors
/// If the tensor is not of real numbers.
pub fn relu6(features: &Tensor) -> Result<Tensor> {
    features.contiguous()?.apply_op1(Clamp { ceiling: 6.0 })
}

#[derive(Clone, Copy)]
struct Clamp {
    ceiling: f64,
}

impl CustomOp1 for Clamp {
    fn name(&self) -> &'static str {
        "rectifier"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        with_real!(storage, clamp(storage, layout, self.ceiling))
    }

    fn bwd(&self, _: &Tensor, result: &Tensor, gradient: &Tensor) -> Result<Option<Tensor>> {
        let gradient = gradient.contiguous()?;
        result
            .apply_op2_no_bwd(&gradient, &ClampGradient(*self))
            .map(Some)
    }
}

/// From a rectifier's output and its gradient to that of its input.
struct ClampGradient(Clamp);

impl CustomOp2 for ClampGradient {
    fn name(&self) -> &'static str {
        "gradient of a rectifier"
    }

    fn cpu_fwd(
        &self,
        s1: &CpuStorage,
        l1: &Layout,
        s2: &CpuStorage,
        l2: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        with_real!(s1, clamp_gradient((s1, l1), (s2, l2), self.0.ceiling))
    }
}

fn clamp<T: Real>(
    storage: &CpuStorage,
    layout: &Layout,
    ceiling: f64,
) -> Result<(CpuStorage, Shape)> {
    let source = slice::<T>(storage, layout)?;
    let (floor, ceiling) = (T::zero(), T::from_f64(ceiling));
    let mut target = vec![T::zero(); source.len()];
    target
        .par_chunks_mut(SHARE)
        .zip(source.par_chunks(SHARE))
        .for_each(|(target, source)| {
            vectorised(
                #[inline(always)]
                || {
                    for (target, &value) in target.iter_mut().zip(source) {
                        let raised = if value < floor { floor } else { value };
                        *target = if raised > ceiling { ceiling } else { raised };
                    }
                },
            );
        });
    Ok((T::to_cpu_storage_owned(target), layout.shape().clone()))
}

fn clamp_gradient<T: Real>(
    (result, result_layout): (&CpuStorage, &Layout),
    (gradient, gradient_layout): (&CpuStorage, &Layout),
    ceiling: f64,
) -> Result<(CpuStorage, Shape)> {
    let result = slice::<T>(result, result_layout)?;
    let gradient = slice::<T>(gradient, gradient_layout)?;
    let (floor, ceiling) = (T::zero(), T::from_f64(ceiling));
    let mut target = vec![T::zero(); gradient.len()];
    let parts = target
        .par_chunks_mut(SHARE)
        .zip(result.par_chunks(SHARE))
        .zip(gradient.par_chunks(SHARE));
    parts.for_each(|((target, result), gradient)| {
        vectorised(
            #[inline(always)]
            || {
                for ((target, &result), &gradient) in target.iter_mut().zip(result).zip(gradient) {
                    *target = if result <= floor || result >= ceiling {
                        floor
                    } else {
                        gradient
                    };
                }
            },
        );
    });
    Ok((
        T::to_cpu_storage_owned(target),
        gradient_layout.shape().clone(),
    ))
}
