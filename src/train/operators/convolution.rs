//! Convolutions and dense layers over images side by side.

use candle_core::{
    bail, CpuStorage, CustomOp1, CustomOp2, CustomOp3, Layout, Result, Shape, Tensor,
};
use pulp::Arch;
use rayon::prelude::*;

use super::real::Real;
use super::storage::slice;
use super::storage::with_real;
use super::tile::{pack, tile_outputs, Correlate, WeightGradient};
use super::window::Window;
use crate::train::operators::LANES;

/// Numbers of the source that a strip of places reads: together they fit into a second-level cache.
const STRIP_NUMBERS: usize = 8192;

/// Gradients of kernels with at most this many numbers over all blocks are summed from one part a
/// block.
const PARTIAL_NUMBERS: usize = 1 << 20;

/// A two-dimensional convolution (cross-correlation), for the deep-learning sense of the word.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Convolution {
    window: Window,
    groups: usize,
}

/// `y[o, r, c] = b[o] + sum_(i, a, d) w[o, i, a, d] x[i, r s + a - p, c s + d - p]`, with zeros for
/// the padding.
///
/// `features` are images side by side, `[blocks, in, height, width, LANES]`; `kernel` is
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

/// `y[o] = b[o] + sum_i w[o, i] x[i]`: `features` side by side, `[blocks, …, LANES]`, `matrix`
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

/// All sizes of a convolution, known to fit each other.
#[derive(Debug, Clone, Copy)]
struct Sizes {
    window: Window,
    groups: usize,
    blocks: usize,
    /// Channels of a group, before and after.
    inputs: usize,
    outputs: usize,
    height: usize,
    width: usize,
    rows: usize,
    columns: usize,
}

impl Sizes {
    fn new(convolution: Convolution, features: &[usize], kernel: &[usize]) -> Result<Self> {
        let Convolution { window, groups } = convolution;
        let (
            &[blocks, channels, height, width, LANES],
            &[outputs, inputs, kernel_rows, kernel_columns],
        ) = (features, kernel)
        else {
            bail!("a convolution of {features:?} with {kernel:?}: expected [blocks, in, height, width, {LANES}] and [out, in, rows, columns]");
        };
        let (rows, columns) = window.count(height, width)?;
        let fits = groups > 0
            && inputs * groups == channels
            && outputs % groups == 0
            && kernel_rows == window.rows.size
            && kernel_columns == window.columns.size;
        if !fits {
            bail!("a convolution of {features:?} with {kernel:?} in {groups} groups does not fit {window:?}");
        }
        Ok(Self {
            window,
            groups,
            blocks,
            inputs,
            outputs: outputs / groups,
            height,
            width,
            rows,
            columns,
        })
    }

    /// Whether the convolution is a dense layer on a single place.
    fn is_dense(&self) -> bool {
        self.groups == 1
            && self.taps() == self.inputs
            && self.places() == 1
            && self.height * self.width == 1
    }

    fn area(&self) -> usize {
        self.window.rows.size * self.window.columns.size
    }

    /// Products in a sum.
    fn taps(&self) -> usize {
        self.inputs * self.area()
    }

    /// Places of a channel after the convolution.
    fn places(&self) -> usize {
        self.rows * self.columns
    }

    fn weights(&self) -> usize {
        self.groups * self.outputs * self.taps()
    }

    fn padded(&self) -> (usize, usize) {
        let Window { rows, columns } = self.window;
        (
            rows.before + self.height + rows.after,
            columns.before + self.width + columns.after,
        )
    }

    /// Where the windows begin in a padded channel.
    fn starts(&self) -> Vec<usize> {
        let (rows, columns) = (self.window.rows.stride, self.window.columns.stride);
        let width = self.padded().1;
        places(self.rows, self.columns, |row, column| {
            row * rows * width + column * columns
        })
    }

    /// Where the numbers under a window lie, from its beginning in a group's first channel.
    fn offsets(&self) -> Vec<usize> {
        let (height, width) = self.padded();
        let area = self.area();
        let columns = self.window.columns.size;
        (0..self.taps())
            .map(|tap| (tap / area * height + tap % area / columns) * width + tap % area % columns)
            .collect()
    }
}

fn places(rows: usize, columns: usize, place: impl Fn(usize, usize) -> usize) -> Vec<usize> {
    (0..rows * columns)
        .map(|index| place(index / columns, index % columns))
        .collect()
}

/// A tensor `[planes, height, width, LANES]` with zeros around each plane.
fn pad<T: Real>(
    source: &[T],
    height: usize,
    width: usize,
    rows: [usize; 2],
    columns: [usize; 2],
) -> Vec<T> {
    let padded_width = columns[0] + width + columns[1];
    let padded = (rows[0] + height + rows[1]) * padded_width * LANES;
    let planes = source.len() / (height * width * LANES).max(1);
    let mut target = vec![T::zero(); planes * padded];
    target
        .par_chunks_mut(padded)
        .zip(source.par_chunks(height * width * LANES))
        .for_each(|(target, source)| {
            for (row, source) in source.chunks(width * LANES).enumerate() {
                let start = ((rows[0] + row) * padded_width + columns[0]) * LANES;
                target[start..start + source.len()].copy_from_slice(source);
            }
        });
    target
}

/// One of the sums that make up a convolution, or the gradient of its input.
struct Pass<T> {
    starts: Vec<usize>,
    places: Vec<usize>,
    offsets: Vec<usize>,
    /// Packed, one group after the other.
    weights: Vec<T>,
}

/// Fills a target `[blocks, groups, outputs, row, LANES]` from a source
/// `[blocks, groups, …, LANES]`.
fn correlate<T: Real>(
    source: &[T],
    target: &mut [T],
    passes: &[Pass<T>],
    bias: Option<&[T]>,
    [blocks, groups, outputs, row]: [usize; 4],
    strip: usize,
) {
    let tile = tile_outputs(outputs);
    // Enough tasks for all threads; which ones changes no sum.
    let tasks = rayon::current_num_threads().div_ceil(blocks * groups);
    let share = outputs.div_ceil(tile).div_ceil(tasks) * tile;
    let source_group = source.len() / (blocks * groups);
    let groups_of_target = target.par_chunks_mut(outputs * row * LANES);
    groups_of_target
        .zip(source.par_chunks(source_group))
        .enumerate()
        .for_each(|(index, (target, source))| {
            let group = index % groups;
            target
                .par_chunks_mut(share * row * LANES)
                .enumerate()
                .for_each(|(part, target)| {
                    let first = part * share;
                    for pass in passes {
                        let taps = pass.offsets.len();
                        let begin = (group * outputs.next_multiple_of(tile) + first) * taps;
                        Arch::new().dispatch(Correlate {
                            source,
                            outputs: target.len() / (row * LANES),
                            target: &mut *target,
                            tile,
                            row,
                            starts: &pass.starts,
                            places: &pass.places,
                            taps: &pass.offsets,
                            weights: &pass.weights[begin..],
                            bias: bias.map(|bias| &bias[group * outputs + first..]),
                            strip,
                        });
                    }
                });
        });
}

/// [`correlate`] of single places: `[blocks, inputs, LANES]` to `[blocks, outputs, LANES]`.
fn correlate_blocks<T: Real>(
    source: &[T],
    target: &mut [T],
    weights: &[T],
    bias: Option<&[T]>,
    [blocks, inputs, outputs]: [usize; 3],
) {
    let offsets: Vec<usize> = (0..inputs).collect();
    let share = blocks.div_ceil(rayon::current_num_threads());
    let starts: Vec<usize> = (0..share).map(|block| block * inputs).collect();
    let places: Vec<usize> = (0..share).map(|block| block * outputs).collect();
    let targets = target.par_chunks_mut(share * outputs * LANES);
    targets
        .zip(source.par_chunks(share * inputs * LANES))
        .for_each(|(target, source)| {
            let blocks = target.len() / (outputs * LANES);
            Arch::new().dispatch(Correlate {
                source,
                target,
                outputs,
                tile: tile_outputs(outputs),
                row: 1,
                starts: &starts[..blocks],
                places: &places[..blocks],
                taps: &offsets,
                weights,
                bias,
                strip: share,
            });
        });
}

fn forward<T: Real>(
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

fn strip(channels: usize) -> usize {
    (STRIP_NUMBERS / channels).max(24)
}

fn padded_source<'a, T: Real>(source: &'a [T], sizes: &Sizes) -> std::borrow::Cow<'a, [T]> {
    let Window { rows, columns } = sizes.window;
    if [rows.before, rows.after, columns.before, columns.after] == [0; 4] {
        return source.into();
    }
    pad(
        source,
        sizes.height,
        sizes.width,
        [rows.before, rows.after],
        [columns.before, columns.after],
    )
    .into()
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

fn input_gradient(
    convolution: Convolution,
    features: &Tensor,
    kernel: &Tensor,
    gradient: &Tensor,
) -> Result<Option<Tensor>> {
    if !features.track_op() {
        return Ok(None);
    }
    let sizes = Sizes::new(convolution, features.dims(), kernel.dims())?;
    gradient
        .apply_op2_no_bwd(kernel, &InputGradient(sizes))
        .map(Some)
}

fn kernel_gradient(
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

/// From the gradient of a convolution's output and its kernel to the gradient of its input.
struct InputGradient(Sizes);

impl CustomOp2 for InputGradient {
    fn name(&self) -> &'static str {
        "gradient of a convolution's input"
    }

    fn cpu_fwd(
        &self,
        s1: &CpuStorage,
        l1: &Layout,
        s2: &CpuStorage,
        l2: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        with_real!(s1, input_gradient_of(&self.0, (s1, l1), (s2, l2)))
    }
}

fn input_gradient_of<T: Real>(
    sizes: &Sizes,
    (gradient, gradient_layout): (&CpuStorage, &Layout),
    (kernel, kernel_layout): (&CpuStorage, &Layout),
) -> Result<(CpuStorage, Shape)> {
    let gradient = slice::<T>(gradient, gradient_layout)?;
    let kernel = slice::<T>(kernel, kernel_layout)?;
    let Sizes {
        blocks,
        groups,
        inputs,
        outputs,
        height,
        width,
        ..
    } = *sizes;
    let mut target = vec![T::zero(); blocks * groups * inputs * height * width * LANES];
    let shape = Shape::from((blocks, groups * inputs, height, width, LANES));
    if sizes.is_dense() {
        let weights = pack(inputs, outputs, |input, output| {
            kernel[output * inputs + input]
        });
        correlate_blocks(
            gradient,
            &mut target,
            &weights,
            None,
            [blocks, outputs, inputs],
        );
        return Ok((T::to_cpu_storage_owned(target), shape));
    }
    let rows = Phases::new(sizes.window.rows, height, sizes.rows);
    let columns = Phases::new(sizes.window.columns, width, sizes.columns);
    let padded = pad(
        gradient,
        sizes.rows,
        sizes.columns,
        rows.padding,
        columns.padding,
    );
    let mut passes = Vec::new();
    for row_phase in &rows.phases {
        for column_phase in &columns.phases {
            passes.push(sizes.phase(kernel, row_phase, column_phase, &rows, &columns));
        }
    }
    correlate(
        &padded,
        &mut target,
        &passes,
        None,
        [blocks, groups, inputs, height * width],
        strip(outputs),
    );
    Ok((T::to_cpu_storage_owned(target), shape))
}

/// Along one axis, the inputs `phase, phase + stride, …`, which meet the same numbers of the
/// kernel.
struct Phase {
    /// The first of them.
    first: usize,
    /// How many there are.
    count: usize,
    /// Places in the kernel that meet them, with the place of the output at which they meet the
    /// first: in the padded gradient, whose next place belongs to the next of them.
    taps: Vec<(usize, usize)>,
}

/// All phases along one axis, and the zeros that the gradient needs before and after.
struct Phases {
    phases: Vec<Phase>,
    padding: [usize; 2],
    stride: usize,
    padded: usize,
}

impl Phases {
    /// For an axis with `length` inputs and `count` outputs: input `i` meets the kernel's place `k`
    /// at the output `o` for which `o stride + k = i + before`.
    fn new(span: super::window::Span, length: usize, count: usize) -> Self {
        let stride = span.stride;
        // The first output that would meet the first input, and the last that would meet the last.
        let before = span.size.saturating_sub(1 + span.before).div_ceil(stride);
        let after = ((length - 1 + span.before) / stride + 1).saturating_sub(count);
        let phases = (0..stride.min(length)).map(|first| {
            let meets = |place: &usize| {
                (first + span.before + span.size * stride - place).is_multiple_of(stride)
            };
            let output = |place| (before * stride + first + span.before - place) / stride;
            Phase {
                first,
                count: (length - first).div_ceil(stride),
                taps: (0..span.size)
                    .filter(meets)
                    .map(|place| (place, output(place)))
                    .collect(),
            }
        });
        Self {
            phases: phases.collect(),
            padding: [before, after],
            stride,
            padded: before + count + after,
        }
    }
}

impl Sizes {
    /// The sum that gives the gradient of one phase of the input.
    fn phase<T: Real>(
        &self,
        kernel: &[T],
        row_phase: &Phase,
        column_phase: &Phase,
        rows: &Phases,
        columns: &Phases,
    ) -> Pass<T> {
        let Sizes {
            groups,
            inputs,
            outputs,
            width,
            ..
        } = *self;
        let plane = rows.padded * columns.padded;
        let mut offsets = Vec::new();
        let mut sources = Vec::new();
        for output in 0..outputs {
            for &(row, row_offset) in &row_phase.taps {
                for &(column, column_offset) in &column_phase.taps {
                    offsets.push(output * plane + row_offset * columns.padded + column_offset);
                    sources.push((output, row * self.window.columns.size + column));
                }
            }
        }
        let group_weights = |group| {
            pack(inputs, offsets.len(), |input, tap| {
                let (output, place) = sources[tap];
                kernel[((group * outputs + output) * inputs + input) * self.area() + place]
            })
        };
        let weights = (0..groups).flat_map(group_weights).collect();
        let (first_row, first_column) = (row_phase.first, column_phase.first);
        Pass {
            starts: places(row_phase.count, column_phase.count, |row, column| {
                row * columns.padded + column
            }),
            places: places(row_phase.count, column_phase.count, |row, column| {
                (first_row + row * rows.stride) * width + first_column + column * columns.stride
            }),
            offsets,
            weights,
        }
    }
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

/// `[blocks, channels, …, LANES]` to the sum over everything but channels.
struct ChannelSums;

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
