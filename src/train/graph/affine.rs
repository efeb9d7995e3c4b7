//! Scales and shifts along an axis.

use candle_core::{CpuStorage, CustomOp1, CustomOp2, Layout, Result, Shape, Tensor};

use crate::train::operators::{slice, with_real, Real};
use crate::vectorised::vectorised;

/// `scale * x`, with a number of its own for each index of an axis.
pub(super) fn scaled(numbers: &Tensor, scale: &Tensor, axis: usize) -> Result<Tensor> {
    along(Operation::Scale, numbers, scale, axis)
}

/// `x + shift`, with a number of its own for each index of an axis.
pub(super) fn shifted(numbers: &Tensor, shift: &Tensor, axis: usize) -> Result<Tensor> {
    along(Operation::Shift, numbers, shift, axis)
}

fn along(operation: Operation, numbers: &Tensor, own: &Tensor, axis: usize) -> Result<Tensor> {
    numbers
        .contiguous()?
        .apply_op2(&own.contiguous()?, Along { operation, axis })
}

/// How an axis lies in memory: its length, and how many numbers stand side by side for each index.
#[derive(Clone, Copy)]
struct Axis {
    length: usize,
    inner: usize,
}

impl Axis {
    fn of(shape: &Shape, axis: usize) -> Self {
        Self {
            length: shape.dims()[axis],
            inner: shape.dims()[axis + 1..].iter().product(),
        }
    }

    /// Numbers for each index of the axes before.
    fn size(self) -> usize {
        self.length * self.inner
    }
}

/// What becomes of a number.
#[derive(Clone, Copy)]
enum Operation {
    Scale,
    Shift,
}

/// An operation with a number of its own for each index of an axis.
struct Along {
    operation: Operation,
    axis: usize,
}

impl CustomOp2 for Along {
    fn name(&self) -> &'static str {
        match self.operation {
            Operation::Scale => "scale along an axis",
            Operation::Shift => "shift along an axis",
        }
    }

    fn cpu_fwd(
        &self,
        s1: &CpuStorage,
        l1: &Layout,
        s2: &CpuStorage,
        l2: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        let axis = Axis::of(l1.shape(), self.axis);
        match self.operation {
            Operation::Scale => with_real!(s1, scale_each((s1, l1), (s2, l2), axis)),
            Operation::Shift => with_real!(s1, shift_each((s1, l1), (s2, l2), axis)),
        }
    }

    fn bwd(
        &self,
        numbers: &Tensor,
        own: &Tensor,
        _: &Tensor,
        gradient: &Tensor,
    ) -> Result<(Option<Tensor>, Option<Tensor>)> {
        let gradient = gradient.contiguous()?;
        let sums = Sums { axis: self.axis };
        Ok(match self.operation {
            Operation::Scale => {
                let products = (&gradient * numbers)?;
                (
                    Some(gradient.apply_op2_no_bwd(own, self)?),
                    Some(products.apply_op1_no_bwd(&sums)?),
                )
            }
            Operation::Shift => {
                let of_shift = gradient.apply_op1_no_bwd(&sums)?;
                (Some(gradient), Some(of_shift))
            }
        })
    }
}

/// For each index of an axis the sum over all other axes.
struct Sums {
    axis: usize,
}

impl CustomOp1 for Sums {
    fn name(&self) -> &'static str {
        "sums over all axes but one"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        let axis = Axis::of(layout.shape(), self.axis);
        with_real!(storage, sums(storage, layout, axis))
    }
}

/// Calls `each` with the numbers of one index of the axis after the other, and its number; or with
/// whole rows and all numbers, if the axis is the last.
fn combined<T: Real>(
    (numbers, layout): (&CpuStorage, &Layout),
    (others, others_layout): (&CpuStorage, &Layout),
    axis: Axis,
    each: impl Fn(T, T) -> T,
) -> Result<(CpuStorage, Shape)> {
    let numbers = slice::<T>(numbers, layout)?;
    let others = slice::<T>(others, others_layout)?;
    let mut target = vec![T::zero(); numbers.len()];
    let rows = target
        .chunks_exact_mut(axis.size())
        .zip(numbers.chunks_exact(axis.size()));
    for (target, numbers) in rows {
        vectorised(
            #[inline(always)]
            || {
                if axis.inner == 1 {
                    let pairs = target.iter_mut().zip(numbers).zip(others);
                    for ((target, &number), &other) in pairs {
                        *target = each(number, other);
                    }
                    return;
                }
                let indices = target
                    .chunks_exact_mut(axis.inner)
                    .zip(numbers.chunks_exact(axis.inner));
                for ((target, numbers), &other) in indices.zip(others) {
                    for (target, &number) in target.iter_mut().zip(numbers) {
                        *target = each(number, other);
                    }
                }
            },
        );
    }
    Ok((T::to_cpu_storage_owned(target), layout.shape().clone()))
}

fn scale_each<T: Real>(
    numbers: (&CpuStorage, &Layout),
    scale: (&CpuStorage, &Layout),
    axis: Axis,
) -> Result<(CpuStorage, Shape)> {
    combined::<T>(numbers, scale, axis, |number, scale| number * scale)
}

fn shift_each<T: Real>(
    numbers: (&CpuStorage, &Layout),
    shift: (&CpuStorage, &Layout),
    axis: Axis,
) -> Result<(CpuStorage, Shape)> {
    combined::<T>(numbers, shift, axis, |number, shift| number + shift)
}

fn sums<T: Real>(storage: &CpuStorage, layout: &Layout, axis: Axis) -> Result<(CpuStorage, Shape)> {
    /// Sums side by side, so that they are vectors.
    const LANES: usize = 16;
    let numbers = slice::<T>(storage, layout)?;
    let mut sums = vec![T::zero(); axis.length];
    for row in numbers.chunks_exact(axis.size()) {
        vectorised(
            #[inline(always)]
            || {
                if axis.inner == 1 {
                    for (sum, &number) in sums.iter_mut().zip(row) {
                        *sum += number;
                    }
                    return;
                }
                for (sum, numbers) in sums.iter_mut().zip(row.chunks_exact(axis.inner)) {
                    let (whole, rest) = numbers.as_chunks::<LANES>();
                    let mut lanes = [T::zero(); LANES];
                    for numbers in whole {
                        for (lane, &number) in lanes.iter_mut().zip(numbers) {
                            *lane += number;
                        }
                    }
                    for &number in lanes.iter().chain(rest) {
                        *sum += number;
                    }
                }
            },
        );
    }
    Ok((T::to_cpu_storage_owned(sums), Shape::from(axis.length)))
}
