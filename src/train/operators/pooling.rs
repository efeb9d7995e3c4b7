//! Pooling of batch-interleaved images.

use candle_core::{bail, CpuStorage, CustomOp1, CustomOp3, Layout, Result, Shape, Tensor};
use rayon::prelude::*;

use super::real::Real;
use super::storage::slice;
use super::storage::with_real;
use super::window::{Span, Window};
use crate::train::operators::lanes::LANES;
use crate::vectorised::vectorised;

/// The largest number in each window, of features `[blocks, channels, height, width, LANES]`;
/// padding is left out.
///
/// The gradient goes to the first of equally large numbers, row by row. (candle 0.11.1's own
/// `max_pool2d` divides the gradient by the window's area.)
///
/// # Errors
/// If the window does not fit, or one holds nothing but padding.
pub fn max_pool(features: &Tensor, window: Window) -> Result<Tensor> {
    features.contiguous()?.apply_op1(MaxPool(window))
}

/// The mean of the numbers in each window, of features `[blocks, channels, height, width, LANES]`;
/// padding is left out of sum and count.
///
/// # Errors
/// If the window does not fit, or one holds nothing but padding.
pub fn average_pool(features: &Tensor, window: Window) -> Result<Tensor> {
    features.contiguous()?.apply_op1(AveragePool(window))
}

/// The mean of each channel, `[blocks, channels, 1, 1, LANES]`.
///
/// # Errors
/// If the features are not `[blocks, channels, height, width, LANES]`.
pub fn global_average(features: &Tensor) -> Result<Tensor> {
    let (_, _, height, width, _) = features.dims5()?;
    let whole = |size| Span {
        size,
        stride: 1,
        before: 0,
        after: 0,
    };
    average_pool(
        features,
        Window {
            rows: whole(height),
            columns: whole(width),
        },
    )
}

struct MaxPool(Window);

struct AveragePool(Window);

impl CustomOp1 for MaxPool {
    fn name(&self) -> &'static str {
        "max pooling"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        with_real!(storage, max_forward(storage, layout, self.0))
    }

    fn bwd(&self, features: &Tensor, result: &Tensor, gradient: &Tensor) -> Result<Option<Tensor>> {
        let gradient = gradient.contiguous()?;
        features
            .apply_op3_no_bwd(result, &gradient, &MaxPoolGradient(self.0))
            .map(Some)
    }
}

impl CustomOp1 for AveragePool {
    fn name(&self) -> &'static str {
        "average pooling"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        with_real!(storage, average_forward(storage, layout, self.0))
    }

    fn bwd(&self, features: &Tensor, _: &Tensor, gradient: &Tensor) -> Result<Option<Tensor>> {
        let (_, _, height, width, _) = features.dims5()?;
        gradient
            .contiguous()?
            .apply_op1_no_bwd(&AveragePoolGradient {
                window: self.0,
                height,
                width,
            })
            .map(Some)
    }
}

/// From the input and output of max pooling and the gradient of its output to that of its input.
struct MaxPoolGradient(Window);

impl CustomOp3 for MaxPoolGradient {
    fn name(&self) -> &'static str {
        "gradient of max pooling"
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
        with_real!(s1, max_backward((s1, l1), (s2, l2), (s3, l3), self.0))
    }
}

/// From the gradient of average pooling's output to that of its input.
struct AveragePoolGradient {
    window: Window,
    height: usize,
    width: usize,
}

impl CustomOp1 for AveragePoolGradient {
    fn name(&self) -> &'static str {
        "gradient of average pooling"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        with_real!(storage, average_backward(storage, layout, self))
    }
}

/// The windows of one channel.
#[derive(Clone, Copy)]
struct Windows {
    window: Window,
    height: usize,
    width: usize,
    rows: usize,
    columns: usize,
}

impl Windows {
    fn new(window: Window, height: usize, width: usize) -> Result<Self> {
        let (rows, columns) = window.count(height, width)?;
        let empty = |span: Span, count, length| {
            (0..count).any(|place| span.inside(place, length).is_empty())
        };
        if empty(window.rows, rows, height) || empty(window.columns, columns, width) {
            bail!("{window:?} on {height} x {width} has windows of nothing but padding");
        }
        Ok(Self {
            window,
            height,
            width,
            rows,
            columns,
        })
    }

    /// Each window in turn: its place, and the places of the numbers in it.
    #[inline(always)]
    fn for_each(
        &self,
        mut visit: impl FnMut(usize, std::ops::Range<usize>, std::ops::Range<usize>),
    ) {
        for row in 0..self.rows {
            let rows = self.window.rows.inside(row, self.height);
            for column in 0..self.columns {
                let columns = self.window.columns.inside(column, self.width);
                visit(row * self.columns + column, rows.clone(), columns);
            }
        }
    }
}

fn features_of(layout: &Layout) -> Result<[usize; 4]> {
    match layout.dims() {
        &[blocks, channels, height, width, LANES] => Ok([blocks, channels, height, width]),
        other => bail!("{other:?} is not [blocks, channels, height, width, {LANES}]"),
    }
}

fn max_forward<T: Real>(
    storage: &CpuStorage,
    layout: &Layout,
    window: Window,
) -> Result<(CpuStorage, Shape)> {
    let [blocks, channels, height, width] = features_of(layout)?;
    let windows = Windows::new(window, height, width)?;
    let Windows { rows, columns, .. } = windows;
    let source = slice::<T>(storage, layout)?;
    let mut target = vec![T::zero(); blocks * channels * rows * columns * LANES];
    let planes = target
        .par_chunks_mut(rows * columns * LANES)
        .zip(source.par_chunks(height * width * LANES));
    planes.for_each(|(target, source)| {
        let (target, _) = target.as_chunks_mut::<LANES>();
        let (source, _) = source.as_chunks::<LANES>();
        vectorised(
            #[inline(always)]
            || {
                windows.for_each(
                    #[inline(always)]
                    |place, rows, columns| {
                        let mut largest = source[rows.start * width + columns.start];
                        for row in rows {
                            for values in &source[row * width..][columns.clone()] {
                                for (largest, &value) in largest.iter_mut().zip(values) {
                                    // What is not a number stays, so that a diverged training is
                                    // noticed.
                                    *largest = if value <= *largest { *largest } else { value };
                                }
                            }
                        }
                        target[place] = largest;
                    },
                );
            },
        );
    });
    Ok((
        T::to_cpu_storage_owned(target),
        Shape::from((blocks, channels, rows, columns, LANES)),
    ))
}

fn max_backward<T: Real>(
    (features, features_layout): (&CpuStorage, &Layout),
    (result, result_layout): (&CpuStorage, &Layout),
    (gradient, gradient_layout): (&CpuStorage, &Layout),
    window: Window,
) -> Result<(CpuStorage, Shape)> {
    let [_, _, height, width] = features_of(features_layout)?;
    let windows = Windows::new(window, height, width)?;
    let pooled = windows.rows * windows.columns * LANES;
    let source = slice::<T>(features, features_layout)?;
    let result = slice::<T>(result, result_layout)?;
    let gradient = slice::<T>(gradient, gradient_layout)?;
    let mut target = vec![T::zero(); source.len()];
    let sources = target
        .par_chunks_mut(height * width * LANES)
        .zip(source.par_chunks(height * width * LANES));
    let results = result.par_chunks(pooled).zip(gradient.par_chunks(pooled));
    sources
        .zip(results)
        .for_each(|((target, source), (result, gradient))| {
            let (target, _) = target.as_chunks_mut::<LANES>();
            let (source, _) = source.as_chunks::<LANES>();
            let (result, _) = result.as_chunks::<LANES>();
            let (gradient, _) = gradient.as_chunks::<LANES>();
            vectorised(
                #[inline(always)]
                || {
                    windows.for_each(
                        #[inline(always)]
                        |place, rows, columns| {
                            let largest = &result[place];
                            // What is left to hand on: zero once the largest number is found.
                            let mut left = gradient[place];
                            for row in rows {
                                for place in row * width + columns.start..row * width + columns.end
                                {
                                    let (values, slopes) = (&source[place], &mut target[place]);
                                    for lane in 0..LANES {
                                        let here = values[lane] >= largest[lane];
                                        slopes[lane] += if here { left[lane] } else { T::zero() };
                                        left[lane] = if here { T::zero() } else { left[lane] };
                                    }
                                }
                            }
                        },
                    );
                },
            );
        });
    Ok((
        T::to_cpu_storage_owned(target),
        features_layout.shape().clone(),
    ))
}

fn average_forward<T: Real>(
    storage: &CpuStorage,
    layout: &Layout,
    window: Window,
) -> Result<(CpuStorage, Shape)> {
    let [blocks, channels, height, width] = features_of(layout)?;
    let windows = Windows::new(window, height, width)?;
    let Windows { rows, columns, .. } = windows;
    let source = slice::<T>(storage, layout)?;
    let mut target = vec![T::zero(); blocks * channels * rows * columns * LANES];
    let planes = target
        .par_chunks_mut(rows * columns * LANES)
        .zip(source.par_chunks(height * width * LANES));
    planes.for_each(|(target, source)| {
        let (target, _) = target.as_chunks_mut::<LANES>();
        let (source, _) = source.as_chunks::<LANES>();
        vectorised(
            #[inline(always)]
            || {
                windows.for_each(
                    #[inline(always)]
                    |place, rows, columns| {
                        let share = T::from_f64(1.0 / (rows.len() * columns.len()) as f64);
                        let mut sum = [T::zero(); LANES];
                        for row in rows {
                            for values in &source[row * width..][columns.clone()] {
                                for (sum, &value) in sum.iter_mut().zip(values) {
                                    *sum += value;
                                }
                            }
                        }
                        for (target, sum) in target[place].iter_mut().zip(sum) {
                            *target = sum * share;
                        }
                    },
                );
            },
        );
    });
    Ok((
        T::to_cpu_storage_owned(target),
        Shape::from((blocks, channels, rows, columns, LANES)),
    ))
}

fn average_backward<T: Real>(
    storage: &CpuStorage,
    layout: &Layout,
    operator: &AveragePoolGradient,
) -> Result<(CpuStorage, Shape)> {
    let [blocks, channels, rows, columns] = features_of(layout)?;
    let AveragePoolGradient {
        window,
        height,
        width,
    } = *operator;
    let windows = Windows::new(window, height, width)?;
    let gradient = slice::<T>(storage, layout)?;
    let mut target = vec![T::zero(); blocks * channels * height * width * LANES];
    let planes = target
        .par_chunks_mut(height * width * LANES)
        .zip(gradient.par_chunks(rows * columns * LANES));
    planes.for_each(|(target, gradient)| {
        let (target, _) = target.as_chunks_mut::<LANES>();
        let (gradient, _) = gradient.as_chunks::<LANES>();
        vectorised(
            #[inline(always)]
            || {
                windows.for_each(
                    #[inline(always)]
                    |place, rows, columns| {
                        let share = T::from_f64(1.0 / (rows.len() * columns.len()) as f64);
                        for row in rows {
                            for slopes in &mut target[row * width..][columns.clone()] {
                                for (slope, &gradient) in slopes.iter_mut().zip(&gradient[place]) {
                                    *slope += gradient * share;
                                }
                            }
                        }
                    },
                );
            },
        );
    });
    Ok((
        T::to_cpu_storage_owned(target),
        Shape::from((blocks, channels, height, width, LANES)),
    ))
}
