//! The gradient of a convolution's kernel.

use candle_core::{CpuStorage, CustomOp2, Layout, Result, Shape, Tensor};
use pulp::Arch;
use rayon::prelude::*;

use super::correlate::padded_source;
use super::sizes::{Convolution, Sizes};
use crate::train::operators::lanes::LANES;
use crate::train::operators::real::Real;
use crate::train::operators::storage::{slice, with_real};
use crate::train::operators::tile::{tile_outputs, WeightGradient};

/// Gradients of kernels with at most this many numbers over all blocks are summed from one part a
/// block.
const PARTIAL_NUMBERS: usize = 1 << 20;

/// The gradient of `kernel`, unless nothing depends on it.
pub(super) fn kernel_gradient(
    convolution: Convolution,
    features: &Tensor,
    kernel: &Tensor,
    gradient: &Tensor,
) -> Result<Option<Tensor>> {
    if !kernel.track_op() {
        return Ok(None);
    }
    let sizes = Sizes::new(convolution, features.dims(), kernel.dims())?;
    features
        .apply_op2_no_bwd(gradient, &KernelGradient(sizes))
        .map(Some)
}

/// From a convolution's input and the gradient of its output to the gradient of its kernel.
struct KernelGradient(Sizes);

impl CustomOp2 for KernelGradient {
    fn name(&self) -> &'static str {
        "gradient of a convolution's kernel"
    }

    fn cpu_fwd(
        &self,
        s1: &CpuStorage,
        l1: &Layout,
        s2: &CpuStorage,
        l2: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        with_real!(s1, kernel_gradient_of(&self.0, (s1, l1), (s2, l2)))
    }
}

fn kernel_gradient_of<T: Real>(
    sizes: &Sizes,
    (features, features_layout): (&CpuStorage, &Layout),
    (gradient, gradient_layout): (&CpuStorage, &Layout),
) -> Result<(CpuStorage, Shape)> {
    let source = slice::<T>(features, features_layout)?;
    let gradient = slice::<T>(gradient, gradient_layout)?;
    let Sizes {
        window,
        groups,
        blocks,
        inputs,
        outputs,
        ..
    } = *sizes;
    let mut target = vec![T::zero(); sizes.weights()];
    let shape = Shape::from((
        groups * outputs,
        inputs,
        window.rows.size,
        window.columns.size,
    ));
    if sizes.is_dense() {
        let starts: Vec<usize> = (0..blocks).map(|block| block * inputs).collect();
        let places: Vec<usize> = (0..blocks).map(|block| block * outputs).collect();
        let offsets: Vec<usize> = (0..inputs).collect();
        let share = outputs
            .div_ceil(4 * rayon::current_num_threads())
            .next_multiple_of(tile_outputs(outputs));
        target
            .par_chunks_mut(share * inputs)
            .enumerate()
            .for_each(|(part, target)| {
                Arch::new().dispatch(WeightGradient {
                    source,
                    gradient: &gradient[part * share * LANES..],
                    outputs: target.len() / inputs,
                    target,
                    row: 1,
                    starts: &starts,
                    places: &places,
                    taps: &offsets,
                });
            });
        return Ok((T::to_cpu_storage_owned(target), shape));
    }
    let padded = padded_source(source, sizes);
    let (starts, offsets) = (sizes.starts(), sizes.offsets());
    let places: Vec<usize> = (0..sizes.places()).collect();
    let (row, taps) = (sizes.places(), sizes.taps());
    let source_group = padded.len() / (blocks * groups);
    // One group's outputs from `first` on, summed over one block.
    let add = |block: usize, group: usize, first: usize, target: &mut [T]| {
        let place = block * groups + group;
        Arch::new().dispatch(WeightGradient {
            source: &padded[place * source_group..][..source_group],
            gradient: &gradient[(place * outputs + first) * row * LANES..],
            outputs: target.len() / taps,
            target,
            row,
            starts: &starts,
            places: &places,
            taps: &offsets,
        });
    };
    if blocks * sizes.weights() <= PARTIAL_NUMBERS {
        let mut parts = vec![T::zero(); blocks * sizes.weights()];
        parts
            .par_chunks_mut(outputs * taps)
            .enumerate()
            .for_each(|(index, part)| {
                add(index / groups, index % groups, 0, part);
            });
        for part in parts.chunks(sizes.weights()) {
            for (target, &part) in target.iter_mut().zip(part) {
                *target += part;
            }
        }
    } else {
        target
            .par_chunks_mut(outputs * taps)
            .enumerate()
            .for_each(|(group, target)| {
                let tile = tile_outputs(outputs);
                target
                    .par_chunks_mut(tile * taps)
                    .enumerate()
                    .for_each(|(part, target)| {
                        for block in 0..blocks {
                            add(block, group, part * tile, target);
                        }
                    });
            });
    }
    Ok((T::to_cpu_storage_owned(target), shape))
}
