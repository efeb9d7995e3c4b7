//! Quantisers that training can pass through.

use candle_core::{bail, CpuStorage, CustomOp2, Layout, Result, Shape, Tensor};

use super::real::Real;
use super::storage::slice;
use super::storage::with_real;

/// `quantised`, with its gradient handed on to itself and, unchanged, to `latent`: the
/// straight-through estimator (Bengio, Léonard and Courville 2013). Both have the same shape.
///
/// # Errors
/// If shapes or types differ.
pub fn straight_through(quantised: &Tensor, latent: &Tensor) -> Result<Tensor> {
    if quantised.shape() != latent.shape() {
        bail!(
            "{:?} stands for {:?}, of another shape",
            quantised.shape(),
            latent.shape()
        );
    }
    quantised.contiguous()?.apply_op2(latent, StraightThrough)
}

struct StraightThrough;

impl CustomOp2 for StraightThrough {
    fn name(&self) -> &'static str {
        "straight-through quantiser"
    }

    fn cpu_fwd(
        &self,
        s1: &CpuStorage,
        l1: &Layout,
        _: &CpuStorage,
        _: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        with_real!(s1, copy(s1, l1))
    }

    fn bwd(
        &self,
        _: &Tensor,
        _: &Tensor,
        _: &Tensor,
        gradient: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        Ok((Some(gradient.clone()), Some(gradient.clone())))
    }
}

fn copy<T: Real>(storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
    Ok((
        T::to_cpu_storage(slice::<T>(storage, layout)?),
        layout.shape().clone(),
    ))
}
