//! The gradient of a convolution's input.

use candle_core::{CpuStorage, CustomOp2, Layout, Result, Shape, Tensor};

use super::correlate::{correlate, correlate_blocks, pad, strip, Pass};
use super::sizes::{places, Convolution, Sizes};
use crate::train::operators::lanes::LANES;
use crate::train::operators::real::Real;
use crate::train::operators::storage::{slice, with_real};
use crate::train::operators::tile::pack;
use crate::train::operators::window::Span;

/// The gradient of `features`, unless nothing depends on it.
pub(super) fn input_gradient(
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
    /// Positions in the kernel that meet them, with the position of the output at which they meet
    /// the first: in the padded gradient, whose next position belongs to the next of them.
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
    /// For an axis with `length` inputs and `count` outputs: input `i` meets the kernel's position
    /// `k` at the output `o` for which `o stride + k = i + before`.
    fn new(span: Span, length: usize, count: usize) -> Self {
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
