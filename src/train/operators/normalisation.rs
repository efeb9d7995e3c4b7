//! Layer normalisation of batch-interleaved images.

use candle_core::{CpuStorage, CustomOp1, CustomOp2, Layout, Result, Shape, Tensor};
use rayon::prelude::*;

use super::real::Real;
use super::storage::slice;
use super::storage::with_real;
use crate::train::operators::lanes::LANES;
use crate::vectorised::vectorised;

/// `(x - m) / sqrt(v + epsilon)` with `m` and `v` the mean and variance of all features of an
/// image: layer normalisation (Ba, Kiros and Hinton 2016) without parameters, of features
/// `[blocks, …, LANES]`.
///
/// # Errors
/// If the features are not of real numbers.
pub fn normalise(features: &Tensor, epsilon: f64) -> Result<Tensor> {
    features.contiguous()?.apply_op1(Normalise { epsilon })
}

#[derive(Clone, Copy)]
struct Normalise {
    epsilon: f64,
}

impl CustomOp1 for Normalise {
    fn name(&self) -> &'static str {
        "layer normalisation"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        with_real!(storage, forward(storage, layout, self.epsilon))
    }

    fn bwd(&self, features: &Tensor, _: &Tensor, gradient: &Tensor) -> Result<Option<Tensor>> {
        features
            .apply_op2_no_bwd(&gradient.contiguous()?, &NormaliseGradient(*self))
            .map(Some)
    }
}

/// From the input of a normalisation and the gradient of its output to that of its input.
struct NormaliseGradient(Normalise);

impl CustomOp2 for NormaliseGradient {
    fn name(&self) -> &'static str {
        "gradient of layer normalisation"
    }

    fn cpu_fwd(
        &self,
        s1: &CpuStorage,
        l1: &Layout,
        s2: &CpuStorage,
        l2: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        with_real!(s1, backward((s1, l1), (s2, l2), self.0.epsilon))
    }
}

/// Mean and reciprocal deviation of each image in a block.
#[inline(always)]
fn moments<T: Real>(features: &[[T; LANES]], epsilon: f64) -> [[T; LANES]; 2] {
    let share = T::from_f64(1.0 / features.len() as f64);
    let mut mean = [T::zero(); LANES];
    for values in features {
        for (sum, &value) in mean.iter_mut().zip(values) {
            *sum += value;
        }
    }
    for sum in &mut mean {
        *sum *= share;
    }
    let mut variance = [T::zero(); LANES];
    for values in features {
        for lane in 0..LANES {
            let centred = values[lane] - mean[lane];
            variance[lane] += centred * centred;
        }
    }
    let reciprocal =
        variance.map(|sum| T::from_f64(1.0 / ((sum * share).to_f64() + epsilon).sqrt()));
    [mean, reciprocal]
}

fn forward<T: Real>(
    storage: &CpuStorage,
    layout: &Layout,
    epsilon: f64,
) -> Result<(CpuStorage, Shape)> {
    let source = slice::<T>(storage, layout)?;
    let block: usize = layout.dims().iter().skip(1).product();
    let mut target = vec![T::zero(); source.len()];
    let blocks = target.par_chunks_mut(block).zip(source.par_chunks(block));
    blocks.for_each(|(target, source)| normalise_block(target, source, epsilon));
    Ok((T::to_cpu_storage_owned(target), layout.shape().clone()))
}

/// The layer of one block, `[features, LANES]`.
pub(in super::super) fn normalise_block<T: Real>(target: &mut [T], source: &[T], epsilon: f64) {
    let (target, _) = target.as_chunks_mut::<LANES>();
    let (source, _) = source.as_chunks::<LANES>();
    vectorised(
        #[inline(always)]
        || {
            let [mean, reciprocal] = moments(source, epsilon);
            for (target, values) in target.iter_mut().zip(source) {
                for lane in 0..LANES {
                    target[lane] = (values[lane] - mean[lane]) * reciprocal[lane];
                }
            }
        },
    );
}

fn backward<T: Real>(
    (features, layout): (&CpuStorage, &Layout),
    (gradient, gradient_layout): (&CpuStorage, &Layout),
    epsilon: f64,
) -> Result<(CpuStorage, Shape)> {
    let source = slice::<T>(features, layout)?;
    let gradient = slice::<T>(gradient, gradient_layout)?;
    let block: usize = layout.dims().iter().skip(1).product();
    let mut target = vec![T::zero(); source.len()];
    let blocks = target
        .par_chunks_mut(block)
        .zip(source.par_chunks(block))
        .zip(gradient.par_chunks(block));
    blocks.for_each(|((target, source), gradient)| {
        normalise_block_gradient(target, source, gradient, epsilon)
    });
    Ok((T::to_cpu_storage_owned(target), layout.shape().clone()))
}

/// `(g - mean(g) - y mean(g y)) / sqrt(v + epsilon)`, with `y` the output and `g` its gradient, of
/// one block.
pub(in super::super) fn normalise_block_gradient<T: Real>(
    target: &mut [T],
    source: &[T],
    gradient: &[T],
    epsilon: f64,
) {
    let (target, _) = target.as_chunks_mut::<LANES>();
    let (source, _) = source.as_chunks::<LANES>();
    let (gradient, _) = gradient.as_chunks::<LANES>();
    vectorised(
        #[inline(always)]
        || {
            let [mean, reciprocal] = moments(source, epsilon);
            let share = T::from_f64(1.0 / source.len() as f64);
            let (mut slope, mut product) = ([T::zero(); LANES], [T::zero(); LANES]);
            for (values, gradient) in source.iter().zip(gradient) {
                for lane in 0..LANES {
                    slope[lane] += gradient[lane];
                    product[lane] +=
                        gradient[lane] * (values[lane] - mean[lane]) * reciprocal[lane];
                }
            }
            for lane in 0..LANES {
                slope[lane] *= share;
                product[lane] *= share;
            }
            for ((target, values), gradient) in target.iter_mut().zip(source).zip(gradient) {
                for lane in 0..LANES {
                    let output = (values[lane] - mean[lane]) * reciprocal[lane];
                    target[lane] =
                        (gradient[lane] - slope[lane] - output * product[lane]) * reciprocal[lane];
                }
            }
        },
    );
}
