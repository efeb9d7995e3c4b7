//! The convolution itself.

use candle_core::{bail, CpuStorage, Layout, Result, Shape};

use super::correlate::{correlate, correlate_blocks, padded_source, strip, Pass};
use super::sizes::{Convolution, Sizes};
use crate::train::operators::lanes::LANES;
use crate::train::operators::real::Real;
use crate::train::operators::storage::slice;
use crate::train::operators::tile::pack;

pub(super) fn forward<T: Real>(
    convolution: Convolution,
    (features, features_layout): (&CpuStorage, &Layout),
    (kernel, kernel_layout): (&CpuStorage, &Layout),
    bias: Option<(&CpuStorage, &Layout)>,
) -> Result<(CpuStorage, Shape)> {
    let sizes = Sizes::new(convolution, features_layout.dims(), kernel_layout.dims())?;
    let source = slice::<T>(features, features_layout)?;
    let kernel = slice::<T>(kernel, kernel_layout)?;
    let bias = bias
        .map(|(storage, layout)| slice::<T>(storage, layout))
        .transpose()?;
    let Sizes {
        blocks,
        groups,
        inputs,
        outputs,
        rows,
        columns,
        ..
    } = sizes;
    if let Some(bias) = bias.filter(|bias| bias.len() != groups * outputs) {
        bail!("{} biases for {} channels", bias.len(), groups * outputs);
    }
    let taps = sizes.taps();
    let mut target = vec![T::zero(); blocks * groups * outputs * sizes.places() * LANES];
    let shape = Shape::from((blocks, groups * outputs, rows, columns, LANES));
    if sizes.is_dense() {
        let weights = pack(outputs, taps, |output, tap| kernel[output * taps + tap]);
        correlate_blocks(
            source,
            &mut target,
            &weights,
            bias,
            [blocks, inputs, outputs],
        );
        return Ok((T::to_cpu_storage_owned(target), shape));
    }
    let group_weights = |group| {
        pack(outputs, taps, |output, tap| {
            kernel[(group * outputs + output) * taps + tap]
        })
    };
    let pass = Pass {
        starts: sizes.starts(),
        places: (0..sizes.places()).collect(),
        offsets: sizes.offsets(),
        weights: (0..groups).flat_map(group_weights).collect(),
    };
    let padded = padded_source(source, &sizes);
    let dimensions = [blocks, groups, outputs, sizes.places()];
    correlate(
        padded.as_ref(),
        &mut target,
        &[pass],
        bias,
        dimensions,
        strip(inputs),
    );
    Ok((T::to_cpu_storage_owned(target), shape))
}
