//! The gradient of a convolution's bias: sums over everything but channels.

use candle_core::{bail, CpuStorage, CustomOp1, Layout, Result, Shape};
use rayon::prelude::*;

use crate::train::operators::lanes::LANES;
use crate::train::operators::real::Real;
use crate::train::operators::storage::{slice, with_real};

/// `[blocks, channels, …, LANES]` to the sum over everything but channels.
pub(super) struct ChannelSums;

impl CustomOp1 for ChannelSums {
    fn name(&self) -> &'static str {
        "sums of channels"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        with_real!(storage, channel_sums(storage, layout))
    }
}

fn channel_sums<T: Real>(storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
    let source = slice::<T>(storage, layout)?;
    let &[blocks, channels, ..] = layout.dims() else {
        bail!("{:?} has no channels", layout.dims());
    };
    let plane = source.len() / (blocks * channels);
    let sum = |channel: usize| {
        let mut sums = [T::zero(); LANES];
        for block in 0..blocks {
            let (values, _) =
                source[(block * channels + channel) * plane..][..plane].as_chunks::<LANES>();
            for values in values {
                for (sum, &value) in sums.iter_mut().zip(values) {
                    *sum += value;
                }
            }
        }
        sums.into_iter().fold(T::zero(), |total, sum| total + sum)
    };
    let sums: Vec<T> = (0..channels).into_par_iter().map(sum).collect();
    Ok((T::to_cpu_storage_owned(sums), Shape::from(channels)))
}
