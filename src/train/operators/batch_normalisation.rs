//! A scale and a shift for each channel, and normalisation over a batch, of batch-interleaved
//! images.

use candle_core::{
    bail, CpuStorage, CustomOp1, CustomOp2, CustomOp3, DType, Layout, Result, Shape, Tensor,
};
use rayon::prelude::*;

use super::real::Real;
use super::storage::slice;
use super::storage::with_real;
use crate::train::operators::lanes::LANES;
use crate::vectorised::vectorised;

/// `y = w[c] x + b[c]`, of features `[blocks, channels, height, width, LANES]`, with `w` and `b`
/// `[channels]`.
///
/// # Errors
/// If shapes or types do not fit.
pub fn scale_and_shift(features: &Tensor, scale: &Tensor, shift: &Tensor) -> Result<Tensor> {
    apply(features, scale, shift, None)
}

/// Mean and variance of each channel over a batch.
#[derive(Debug, Clone, PartialEq)]
pub struct BatchMoments {
    /// One a channel.
    pub mean: Vec<f64>,
    /// One a channel; the mean square of the deviations from the mean.
    pub variance: Vec<f64>,
}

/// `y = w[c] (x - m[c]) / sqrt(v[c] + epsilon) + b[c]` with the moments `m` and `v` of each channel
/// over the first `batch` images of features `[blocks, channels, height, width, LANES]`: batch
/// normalisation (Ioffe and Szegedy 2015) in training. The gradient passes through the moments,
/// which are returned beside `y`.
///
/// # Errors
/// If shapes or types do not fit.
pub fn batch_normalise(
    features: &Tensor,
    scale: &Tensor,
    shift: &Tensor,
    batch: usize,
    epsilon: f64,
) -> Result<(Tensor, BatchMoments)> {
    let features = features.contiguous()?;
    let moments: Vec<f64> = features
        .detach()
        .apply_op1_no_bwd(&Moments { batch })?
        .to_vec1()?;
    let (mean, variance) = moments.split_at(moments.len() / 2);
    let (mean, variance) = (mean.to_vec(), variance.to_vec());
    let reciprocal = variance
        .iter()
        .map(|variance| 1.0 / (variance + epsilon).sqrt())
        .collect();
    let normalised = apply(
        &features,
        scale,
        shift,
        Some(Batch {
            mean: mean.clone(),
            reciprocal,
            images: batch,
        }),
    )?;
    Ok((normalised, BatchMoments { mean, variance }))
}

fn apply(
    features: &Tensor,
    scale: &Tensor,
    shift: &Tensor,
    batch: Option<Batch>,
) -> Result<Tensor> {
    features.contiguous()?.apply_op3(
        &scale.contiguous()?,
        &shift.contiguous()?,
        Normalise { batch },
    )
}

/// What features are normalised with, if they are.
#[derive(Debug, Clone)]
struct Batch {
    mean: Vec<f64>,
    reciprocal: Vec<f64>,
    images: usize,
}

#[derive(Debug, Clone)]
struct Normalise {
    batch: Option<Batch>,
}

impl Normalise {
    /// Mean and reciprocal deviation of a channel.
    fn moments<T: Real>(&self, channel: usize) -> [T; 2] {
        let moments = self
            .batch
            .as_ref()
            .and_then(|batch| Some([*batch.mean.get(channel)?, *batch.reciprocal.get(channel)?]));
        moments.unwrap_or([0.0, 1.0]).map(T::from_f64)
    }
}

/// Blocks, channels, and numbers of a channel in a block.
fn sizes(layout: &Layout) -> Result<[usize; 3]> {
    match layout.dims() {
        &[blocks, channels, height, width, LANES] => Ok([blocks, channels, height * width * LANES]),
        other => bail!("{other:?} is not [blocks, channels, height, width, {LANES}]"),
    }
}

impl CustomOp3 for Normalise {
    fn name(&self) -> &'static str {
        "batch normalisation"
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
        with_real!(s1, forward(self, (s1, l1), (s2, l2), (s3, l3)))
    }

    fn bwd(
        &self,
        features: &Tensor,
        scale: &Tensor,
        _: &Tensor,
        _: &Tensor,
        gradient: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let gradient = gradient.contiguous()?;
        let channels = scale.elem_count();
        let sums = features.apply_op2_no_bwd(&gradient, &Sums(self.clone()))?;
        let [products, slopes] = [0, channels].map(|first| sums.narrow(0, first, channels));
        let (products, slopes) = (products?, slopes?);
        let input = if features.track_op() {
            let operator = InputGradient {
                normalise: self.clone(),
                sums: sums.to_dtype(DType::F64)?.to_vec1()?,
            };
            Some(features.apply_op3_no_bwd(&gradient, scale, &operator)?)
        } else {
            None
        };
        Ok((input, Some(products), Some(slopes)))
    }
}

fn forward<T: Real>(
    operator: &Normalise,
    (features, layout): (&CpuStorage, &Layout),
    (scale, scale_layout): (&CpuStorage, &Layout),
    (shift, shift_layout): (&CpuStorage, &Layout),
) -> Result<(CpuStorage, Shape)> {
    let [_, channels, plane] = sizes(layout)?;
    let source = slice::<T>(features, layout)?;
    let scale = slice::<T>(scale, scale_layout)?;
    let shift = slice::<T>(shift, shift_layout)?;
    if scale.len() != channels || shift.len() != channels {
        bail!(
            "{} scales and {} shifts for {channels} channels",
            scale.len(),
            shift.len()
        );
    }
    let mut target = vec![T::zero(); source.len()];
    let planes = target
        .par_chunks_mut(plane.max(1))
        .zip(source.par_chunks(plane.max(1)))
        .enumerate();
    planes.for_each(|(index, (target, source))| {
        let channel = index % channels;
        let [mean, reciprocal] = operator.moments::<T>(channel);
        let (factor, shift) = (scale[channel] * reciprocal, shift[channel]);
        vectorised(
            #[inline(always)]
            || {
                for (target, &value) in target.iter_mut().zip(source) {
                    *target = (value - mean) * factor + shift;
                }
            },
        );
    });
    Ok((T::to_cpu_storage_owned(target), layout.shape().clone()))
}

/// Sums over all planes of a channel, in one order whatever the number of threads: first within
/// each lane of a block, then over blocks, in double precision.
fn channel_sums<T: Real, const N: usize>(
    [blocks, channels, _]: [usize; 3],
    add: impl Fn(usize, usize) -> [[T; LANES]; N] + Sync,
) -> Vec<[f64; N]> {
    (0..channels)
        .into_par_iter()
        .map(|channel| {
            let mut sums = [0.0; N];
            for block in 0..blocks {
                let lanes = vectorised(
                    #[inline(always)]
                    || add(block, channel),
                );
                for (sum, lanes) in sums.iter_mut().zip(lanes) {
                    *sum += lanes.iter().map(|lane| lane.to_f64()).sum::<f64>();
                }
            }
            sums
        })
        .collect()
}

/// Features to the means of all channels, then their variances, in double precision.
struct Moments {
    batch: usize,
}

impl CustomOp1 for Moments {
    fn name(&self) -> &'static str {
        "moments of a batch"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        with_real!(storage, moments(storage, layout, self.batch))
    }
}

/// Images in a block, of which the first `batch` count.
fn images_in(block: usize, batch: usize) -> usize {
    batch.saturating_sub(block * LANES).min(LANES)
}

fn moments<T: Real>(
    storage: &CpuStorage,
    layout: &Layout,
    batch: usize,
) -> Result<(CpuStorage, Shape)> {
    let sizes = sizes(layout)?;
    let [blocks, channels, plane] = sizes;
    if batch == 0 || batch.div_ceil(LANES) != blocks {
        bail!("{batch} images are not in {blocks} blocks of {LANES}");
    }
    let source = slice::<T>(storage, layout)?;
    let count = (batch * plane / LANES).max(1) as f64;
    let places = |block: usize, channel: usize| {
        source[(block * channels + channel) * plane..][..plane]
            .as_chunks::<LANES>()
            .0
    };
    let keep = |mut sums: [T; LANES], block: usize| {
        sums[images_in(block, batch)..].fill(T::zero());
        sums
    };
    let sums = channel_sums::<T, 1>(
        sizes,
        #[inline(always)]
        |block, channel| {
            let mut sums = [T::zero(); LANES];
            for values in places(block, channel) {
                for lane in 0..LANES {
                    sums[lane] += values[lane];
                }
            }
            [keep(sums, block)]
        },
    );
    let means: Vec<f64> = sums.iter().map(|[sum]| sum / count).collect();
    let squares = channel_sums::<T, 1>(
        sizes,
        #[inline(always)]
        |block, channel| {
            let mean = T::from_f64(means[channel]);
            let mut sums = [T::zero(); LANES];
            for values in places(block, channel) {
                for lane in 0..LANES {
                    let centred = values[lane] - mean;
                    sums[lane] += centred * centred;
                }
            }
            [keep(sums, block)]
        },
    );
    let moments: Vec<f64> = means
        .iter()
        .copied()
        .chain(squares.iter().map(|[sum]| sum / count))
        .collect();
    Ok((CpuStorage::F64(moments), Shape::from(2 * channels)))
}

/// Features and the gradient of the output to the gradients of all scales, then of all shifts.
struct Sums(Normalise);

impl CustomOp2 for Sums {
    fn name(&self) -> &'static str {
        "gradients of scales and shifts"
    }

    fn cpu_fwd(
        &self,
        s1: &CpuStorage,
        l1: &Layout,
        s2: &CpuStorage,
        l2: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        with_real!(s1, scale_gradients(&self.0, (s1, l1), (s2, l2)))
    }
}

fn scale_gradients<T: Real>(
    operator: &Normalise,
    (features, layout): (&CpuStorage, &Layout),
    (gradient, gradient_layout): (&CpuStorage, &Layout),
) -> Result<(CpuStorage, Shape)> {
    let sizes = sizes(layout)?;
    let [_, channels, plane] = sizes;
    let source = slice::<T>(features, layout)?;
    let gradient = slice::<T>(gradient, gradient_layout)?;
    let sums = channel_sums::<T, 2>(
        sizes,
        #[inline(always)]
        |block, channel| {
            let first = (block * channels + channel) * plane;
            let (values, _) = source[first..][..plane].as_chunks::<LANES>();
            let (gradients, _) = gradient[first..][..plane].as_chunks::<LANES>();
            let [mean, reciprocal] = operator.moments::<T>(channel);
            let (mut products, mut slopes) = ([T::zero(); LANES], [T::zero(); LANES]);
            for (values, gradients) in values.iter().zip(gradients) {
                for lane in 0..LANES {
                    products[lane] += gradients[lane] * ((values[lane] - mean) * reciprocal);
                    slopes[lane] += gradients[lane];
                }
            }
            [products, slopes]
        },
    );
    let all = sums
        .iter()
        .map(|sums| sums[0])
        .chain(sums.iter().map(|sums| sums[1]));
    Ok((
        T::to_cpu_storage_owned(all.map(T::from_f64).collect()),
        Shape::from(2 * channels),
    ))
}

/// Features, the gradient of the output and the scales to the gradient of the features:
/// `w r (g - mean(g) - x' mean(g x'))` with `x' = (x - m) r`, or just `w g` where nothing is
/// normalised.
struct InputGradient {
    normalise: Normalise,
    /// What [`Sums`] returns.
    sums: Vec<f64>,
}

impl CustomOp3 for InputGradient {
    fn name(&self) -> &'static str {
        "gradient of batch normalisation"
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
        with_real!(s1, input_gradient(self, (s1, l1), (s2, l2), (s3, l3)))
    }
}

fn input_gradient<T: Real>(
    operator: &InputGradient,
    (features, layout): (&CpuStorage, &Layout),
    (gradient, gradient_layout): (&CpuStorage, &Layout),
    (scale, scale_layout): (&CpuStorage, &Layout),
) -> Result<(CpuStorage, Shape)> {
    let [_, channels, plane] = sizes(layout)?;
    let source = slice::<T>(features, layout)?;
    let gradient = slice::<T>(gradient, gradient_layout)?;
    let scale = slice::<T>(scale, scale_layout)?;
    let InputGradient { normalise, sums } = operator;
    let mut target = vec![T::zero(); source.len()];
    let planes = target
        .par_chunks_mut(plane.max(1))
        .zip(source.par_chunks(plane.max(1)))
        .enumerate();
    planes.zip(gradient.par_chunks(plane.max(1))).for_each(
        |((index, (target, source)), gradient)| {
            let (block, channel) = (index / channels, index % channels);
            let [mean, reciprocal] = normalise.moments::<T>(channel);
            let factor = scale[channel] * reciprocal;
            let (share, images) = match &normalise.batch {
                Some(batch) => (
                    LANES as f64 / (batch.images * plane) as f64,
                    images_in(block, batch.images),
                ),
                None => (0.0, LANES),
            };
            let product = T::from_f64(share * sums[channel]);
            let slope = T::from_f64(share * sums[channels + channel]);
            let (target, _) = target.as_chunks_mut::<LANES>();
            let (source, _) = source.as_chunks::<LANES>();
            let (gradient, _) = gradient.as_chunks::<LANES>();
            vectorised(
                #[inline(always)]
                || {
                    for ((target, values), gradients) in target.iter_mut().zip(source).zip(gradient)
                    {
                        for lane in 0..LANES {
                            let normal = (values[lane] - mean) * reciprocal;
                            target[lane] = factor * (gradients[lane] - slope - normal * product);
                        }
                        // Nothing depends on lanes without an image.
                        target[images..].fill(T::zero());
                    }
                },
            );
        },
    );
    Ok((T::to_cpu_storage_owned(target), layout.shape().clone()))
}
