//! Normalisation and softmax of the rows of a matrix.

use candle_core::{CpuStorage, CustomOp1, CustomOp2, Layout, Result, Shape, Tensor, D};
use rayon::prelude::*;

use super::elementary::Elementary;
use crate::train::operators::{slice, with_real};
use crate::vectorised::vectorised;

/// What becomes of the numbers of the last axis.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum RowFunction {
    /// `(x - m) / sqrt(v + epsilon)`, with their mean and variance.
    Normalise { epsilon: f64 },
    /// `exp(x)`, divided by the sum of these.
    Softmax,
}

impl RowFunction {
    /// Of each row.
    pub(super) fn of(self, numbers: &Tensor) -> Result<Tensor> {
        let length = numbers.dim(D::Minus1)?;
        numbers.contiguous()?.apply_op1(Apply {
            function: self,
            length,
        })
    }
}

#[derive(Clone, Copy)]
struct Apply {
    function: RowFunction,
    length: usize,
}

impl CustomOp1 for Apply {
    fn name(&self) -> &'static str {
        "function of rows"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        with_real!(storage, values(storage, layout, *self))
    }

    fn bwd(&self, numbers: &Tensor, _: &Tensor, gradient: &Tensor) -> Result<Option<Tensor>> {
        let gradient = gradient.contiguous()?;
        numbers
            .apply_op2_no_bwd(&gradient, &Differentiate(*self))
            .map(Some)
    }
}

struct Differentiate(Apply);

impl CustomOp2 for Differentiate {
    fn name(&self) -> &'static str {
        "gradient of a function of rows"
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
    apply: Apply,
) -> Result<(CpuStorage, Shape)> {
    let source = slice::<T>(storage, layout)?;
    let mut target = vec![T::zero(); source.len()];
    target
        .par_chunks_mut(apply.length)
        .zip(source.par_chunks(apply.length))
        .for_each(|(target, row)| {
            vectorised(
                #[inline(always)]
                || {
                    evaluate(apply.function, row, target);
                },
            );
        });
    Ok((T::to_cpu_storage_owned(target), layout.shape().clone()))
}

/// The function of a row; for a normalisation, one over the deviation is returned.
#[inline(always)]
fn evaluate<T: Elementary>(function: RowFunction, row: &[T], target: &mut [T]) -> T {
    let mut sum = T::zero();
    match function {
        RowFunction::Normalise { epsilon } => {
            let count = T::from_f64(row.len() as f64);
            for &number in row {
                sum += number;
            }
            let mean = sum / count;
            let mut squares = T::zero();
            for (target, &number) in target.iter_mut().zip(row) {
                *target = number - mean;
                squares += *target * *target;
            }
            let inverse = T::one() / (squares / count + T::from_f64(epsilon)).sqrt();
            for target in target.iter_mut() {
                *target *= inverse;
            }
            inverse
        }
        RowFunction::Softmax => {
            let mut largest = row[0];
            for &number in row {
                if number > largest {
                    largest = number;
                }
            }
            for (target, &number) in target.iter_mut().zip(row) {
                *target = (number - largest).exp();
                sum += *target;
            }
            for target in target.iter_mut() {
                *target /= sum;
            }
            T::one()
        }
    }
}

fn gradients<T: Elementary>(
    (source, source_layout): (&CpuStorage, &Layout),
    (gradient, gradient_layout): (&CpuStorage, &Layout),
    apply: Apply,
) -> Result<(CpuStorage, Shape)> {
    let source = slice::<T>(source, source_layout)?;
    let gradient = slice::<T>(gradient, gradient_layout)?;
    let mut target = vec![T::zero(); source.len()];
    let rows = target
        .par_chunks_mut(apply.length)
        .zip(source.par_chunks(apply.length))
        .zip(gradient.par_chunks(apply.length));
    rows.for_each(|((target, row), gradient)| {
        vectorised(
            #[inline(always)]
            || {
                let inverse = evaluate(apply.function, row, target);
                row_gradient(apply.function, inverse, gradient, target);
            },
        );
    });
    Ok((
        T::to_cpu_storage_owned(target),
        source_layout.shape().clone(),
    ))
}

/// From the results of a row to the gradients of its numbers: `(g - mean(g) - y mean(g y)) / s` of
/// a normalisation with deviation `s`, `y (g - sum(g y))` of a softmax.
#[inline(always)]
fn row_gradient<T: Elementary>(
    function: RowFunction,
    inverse: T,
    gradient: &[T],
    target: &mut [T],
) {
    let (mut sum, mut products) = (T::zero(), T::zero());
    for (&gradient, &result) in gradient.iter().zip(target.iter()) {
        sum += gradient;
        products += gradient * result;
    }
    let pairs = target.iter_mut().zip(gradient);
    match function {
        RowFunction::Normalise { .. } => {
            let count = T::from_f64(gradient.len() as f64);
            let (mean, product) = (sum / count, products / count);
            for (result, &gradient) in pairs {
                *result = (gradient - mean - *result * product) * inverse;
            }
        }
        RowFunction::Softmax => {
            for (result, &gradient) in pairs {
                *result *= gradient - products;
            }
        }
    }
}
