//! Convolutions and dense layers over batch-interleaved images.

mod channel_sums;
mod correlate;
mod forward;
mod input_gradient;
mod kernel_gradient;
mod sizes;

use candle_core::{bail, CpuStorage, CustomOp2, CustomOp3, Layout, Result, Shape, Tensor};

use self::channel_sums::ChannelSums;
use self::forward::forward;
use self::input_gradient::input_gradient;
use self::kernel_gradient::kernel_gradient;
use self::sizes::Convolution;
use super::storage::with_real;
use super::window::Window;
use crate::train::operators::lanes::LANES;

/// `y[o, r, c] = b[o] + sum_(i, a, d) w[o, i, a, d] x[i, r s + a - p, c s + d - p]`, with zeros for
/// the padding.
///
/// `features` are batch-interleaved images, `[blocks, in, height, width, LANES]`; `kernel` is
/// `[out, in / groups, rows, columns]`, `bias` `[out]`. The gradient of `features` is not computed
/// where nothing depends on it.
///
/// # Errors
/// If shapes or types do not fit.
pub fn convolve(
    features: &Tensor,
    kernel: &Tensor,
    bias: Option<&Tensor>,
    window: Window,
    groups: usize,
) -> Result<Tensor> {
    let operator = Convolution { window, groups };
    let (features, kernel) = (features.contiguous()?, kernel.contiguous()?);
    match bias {
        Some(bias) => features.apply_op3(&kernel, &bias.contiguous()?, operator),
        None => features.apply_op2(&kernel, operator),
    }
}

/// `y[o] = b[o] + sum_i w[o, i] x[i]`: batch-interleaved `features`, `[blocks, …, LANES]`, `matrix`
/// `[out, in]` with as many inputs as an image has features, and `bias` `[out]`, give
/// `[blocks, out, LANES]`.
///
/// # Errors
/// If shapes or types do not fit.
pub fn dense(features: &Tensor, matrix: &Tensor, bias: Option<&Tensor>) -> Result<Tensor> {
    // The blocks of a batch stand in a row: a convolution of one image whose columns are the blocks
    // would read each weight once for several blocks, so `Convolution` recognises a kernel as large
    // as the image.
    let blocks = features.dim(0)?;
    let inputs = features.elem_count() / (blocks * LANES).max(1);
    let (outputs, columns) = matrix.dims2()?;
    if columns != inputs {
        bail!("a matrix of {outputs} x {columns} does not fit {inputs} features");
    }
    let flat = features.reshape((blocks, inputs, 1, 1, LANES))?;
    let kernel = matrix.reshape((outputs, inputs, 1, 1))?;
    convolve(&flat, &kernel, bias, Window::square(1, 1, 0), 1)?.reshape((blocks, outputs, LANES))
}

impl CustomOp2 for Convolution {
    fn name(&self) -> &'static str {
        "convolution"
    }

    fn cpu_fwd(
        &self,
        s1: &CpuStorage,
        l1: &Layout,
        s2: &CpuStorage,
        l2: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        with_real!(s1, forward(*self, (s1, l1), (s2, l2), None))
    }

    fn bwd(
        &self,
        features: &Tensor,
        kernel: &Tensor,
        _: &Tensor,
        gradient: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let gradient = gradient.contiguous()?;
        Ok((
            input_gradient(*self, features, kernel, &gradient)?,
            kernel_gradient(*self, features, kernel, &gradient)?,
        ))
    }
}

impl CustomOp3 for Convolution {
    fn name(&self) -> &'static str {
        "convolution with bias"
    }

    fn cpu_fwd(
        &self,
        s1: &CpuStorage,
        l1: &Layout,
        s2: &CpuStorage,
        l2: &Layout,
        s3: &CpuStorage,
        l3: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        with_real!(s1, forward(*self, (s1, l1), (s2, l2), Some((s3, l3))))
    }

    fn bwd(
        &self,
        features: &Tensor,
        kernel: &Tensor,
        bias: &Tensor,
        _: &Tensor,
        gradient: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let gradient = gradient.contiguous()?;
        let bias = if bias.track_op() {
            Some(gradient.apply_op1_no_bwd(&ChannelSums)?)
        } else {
            None
        };
        let features_gradient = input_gradient(*self, features, kernel, &gradient)?;
        Ok((
            features_gradient,
            kernel_gradient(*self, features, kernel, &gradient)?,
            bias,
        ))
    }
}
