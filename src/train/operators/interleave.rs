//! From images one after the other to batch-interleaved images, and back.

use candle_core::{bail, CpuStorage, CustomOp1, Layout, Result, Shape, Tensor};
use rayon::prelude::*;

use super::real::Real;
use super::storage::slice;
use super::storage::with_real;
use crate::train::operators::lanes::LANES;

/// `[batch, …]` to `[blocks, …, LANES]`, with `blocks = ceil(batch / LANES)`; lanes without an
/// image are zero.
///
/// # Errors
/// If the tensor has no axes.
pub fn interleave_batch(images: &Tensor) -> Result<Tensor> {
    images.contiguous()?.apply_op1(InterleaveBatch)
}

/// `[blocks, …, LANES]` to the first `batch` images, `[batch, …]`.
///
/// # Errors
/// If there are fewer images.
pub fn deinterleave_batch(features: &Tensor, batch: usize) -> Result<Tensor> {
    features
        .contiguous()?
        .apply_op1(DeinterleaveBatch { batch })
}

struct InterleaveBatch;

impl CustomOp1 for InterleaveBatch {
    fn name(&self) -> &'static str {
        "interleave batch"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        with_real!(storage, interleave(storage, layout))
    }

    fn bwd(&self, images: &Tensor, _: &Tensor, gradient: &Tensor) -> Result<Option<Tensor>> {
        let batch = images.dim(0)?;
        gradient
            .contiguous()?
            .apply_op1_no_bwd(&DeinterleaveBatch { batch })
            .map(Some)
    }
}

struct DeinterleaveBatch {
    batch: usize,
}

impl CustomOp1 for DeinterleaveBatch {
    fn name(&self) -> &'static str {
        "deinterleave batch"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        with_real!(storage, separate(storage, layout, self.batch))
    }

    fn bwd(&self, _: &Tensor, _: &Tensor, gradient: &Tensor) -> Result<Option<Tensor>> {
        gradient
            .contiguous()?
            .apply_op1_no_bwd(&InterleaveBatch)
            .map(Some)
    }
}

fn interleave<T: Real>(storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
    let source = slice::<T>(storage, layout)?;
    let Some((&batch, rest)) = layout.dims().split_first() else {
        bail!("a single number is not a batch of images");
    };
    let features: usize = rest.iter().product();
    let blocks = batch.div_ceil(LANES);
    let mut target = vec![T::zero(); blocks * features * LANES];
    if features > 0 {
        let blocks = target
            .par_chunks_mut(features * LANES)
            .zip(source.par_chunks(features * LANES));
        blocks.for_each(|(target, images)| {
            for (lane, image) in images.chunks(features).enumerate() {
                for (target, &value) in target.iter_mut().skip(lane).step_by(LANES).zip(image) {
                    *target = value;
                }
            }
        });
    }
    let dimensions: Vec<usize> = [blocks]
        .iter()
        .chain(rest)
        .chain(&[LANES])
        .copied()
        .collect();
    Ok((T::to_cpu_storage_owned(target), Shape::from(dimensions)))
}

fn separate<T: Real>(
    storage: &CpuStorage,
    layout: &Layout,
    batch: usize,
) -> Result<(CpuStorage, Shape)> {
    let source = slice::<T>(storage, layout)?;
    let (blocks, rest) = match layout.dims() {
        [blocks, rest @ .., LANES] => (*blocks, rest),
        other => bail!("{other:?} is not [blocks, …, {LANES}]"),
    };
    if batch.div_ceil(LANES) != blocks {
        bail!("{batch} images are not in {blocks} blocks of {LANES}");
    }
    let features: usize = rest.iter().product();
    let mut target = vec![T::zero(); batch * features];
    if features > 0 {
        let blocks = target
            .par_chunks_mut(features * LANES)
            .zip(source.par_chunks(features * LANES));
        blocks.for_each(|(images, source)| {
            for (lane, image) in images.chunks_mut(features).enumerate() {
                for (target, &value) in image
                    .iter_mut()
                    .zip(source.iter().skip(lane).step_by(LANES))
                {
                    *target = value;
                }
            }
        });
    }
    let dimensions: Vec<usize> = [batch].iter().chain(rest).copied().collect();
    Ok((T::to_cpu_storage_owned(target), Shape::from(dimensions)))
}
