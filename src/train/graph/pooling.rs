//! Pooling with any window, and its gradient.

use candle_core::{bail, CpuStorage, CustomOp1, CustomOp2, Layout, Result, Shape, Tensor};
use rayon::prelude::*;

use crate::code::{Pooling, Window};
use crate::train::operators::{slice, with_real, Real};

/// Pools maps `[batch, channels, rows, columns]` to maps of `after`, rows and columns.
pub(super) fn pool(
    maps: &Tensor,
    pooling: Pooling,
    window: Window,
    after: [usize; 2],
) -> Result<Tensor> {
    let (_, _, rows, columns) = maps.dims4()?;
    maps.contiguous()?.apply_op1(Pool {
        pooling,
        window,
        before: [rows, columns],
        after,
    })
}

#[derive(Clone, Copy)]
struct Pool {
    pooling: Pooling,
    window: Window,
    /// Rows and columns.
    before: [usize; 2],
    after: [usize; 2],
}

impl Pool {
    fn numbers_before(&self) -> usize {
        self.before[0] * self.before[1]
    }

    fn numbers_after(&self) -> usize {
        self.after[0] * self.after[1]
    }

    /// The places along rows or columns (`side` 0 or 1) that position `place` of the window sees.
    fn seen(&self, side: usize, place: usize) -> impl Iterator<Item = usize> + Clone {
        let Window {
            size,
            stride,
            padding,
            dilation,
        } = self.window;
        let length = self.before[side];
        (0..size[side]).filter_map(move |entry| {
            let padded = place * stride[side] + entry * dilation[side];
            padded
                .checked_sub(padding[side][0])
                .filter(|&place| place < length)
        })
    }

    /// Calls `each` with every position of the window and the places of the map that it sees.
    fn positions(&self, mut each: impl FnMut(usize, &[usize])) {
        let mut places = Vec::new();
        for row in 0..self.after[0] {
            for column in 0..self.after[1] {
                places.clear();
                for place in self.seen(0, row) {
                    let columns = self.seen(1, column);
                    places.extend(columns.map(|column| place * self.before[1] + column));
                }
                each(row * self.after[1] + column, &places);
            }
        }
    }

    /// What a sum over so many places is divided by.
    fn divisor(&self, places: usize) -> f64 {
        match self.pooling {
            Pooling::PaddedMean => (self.window.size[0] * self.window.size[1]) as f64,
            _ => places as f64,
        }
    }

    fn shape(&self, layout: &Layout) -> Result<Shape> {
        let (batch, channels, ..) = layout.shape().dims4()?;
        Ok(Shape::from((batch, channels, self.after[0], self.after[1])))
    }
}

impl CustomOp1 for Pool {
    fn name(&self) -> &'static str {
        "pooling of maps"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> Result<(CpuStorage, Shape)> {
        with_real!(storage, forward(storage, layout, self))
    }

    fn bwd(&self, maps: &Tensor, _: &Tensor, gradient: &Tensor) -> Result<Option<Tensor>> {
        let gradient = gradient.contiguous()?;
        maps.apply_op2_no_bwd(&gradient, &PoolGradient(*self))
            .map(Some)
    }
}

struct PoolGradient(Pool);

impl CustomOp2 for PoolGradient {
    fn name(&self) -> &'static str {
        "gradient of pooling of maps"
    }

    fn cpu_fwd(
        &self,
        s1: &CpuStorage,
        l1: &Layout,
        s2: &CpuStorage,
        l2: &Layout,
    ) -> Result<(CpuStorage, Shape)> {
        with_real!(s1, backward((s1, l1), (s2, l2), &self.0))
    }
}

fn forward<T: Real>(
    storage: &CpuStorage,
    layout: &Layout,
    pool: &Pool,
) -> Result<(CpuStorage, Shape)> {
    let source = slice::<T>(storage, layout)?;
    let shape = pool.shape(layout)?;
    let mut target = vec![T::zero(); shape.elem_count()];
    target
        .par_chunks_mut(pool.numbers_after())
        .zip(source.par_chunks(pool.numbers_before()))
        .for_each(|(target, map)| {
            pool.positions(|position, places| {
                target[position] = match (pool.pooling, places) {
                    (_, []) => T::zero(),
                    (Pooling::Largest, places) => map[largest(map, places)],
                    _ => {
                        let mut sum = T::zero();
                        for &place in places {
                            sum += map[place];
                        }
                        sum / T::from_f64(pool.divisor(places.len()))
                    }
                };
            });
        });
    Ok((T::to_cpu_storage_owned(target), shape))
}

/// The first of the places with the largest number.
fn largest<T: Real>(map: &[T], places: &[usize]) -> usize {
    let mut best = places[0];
    for &place in places {
        if map[place] > map[best] {
            best = place;
        }
    }
    best
}

fn backward<T: Real>(
    (maps, layout): (&CpuStorage, &Layout),
    (gradient, gradient_layout): (&CpuStorage, &Layout),
    pool: &Pool,
) -> Result<(CpuStorage, Shape)> {
    let maps = slice::<T>(maps, layout)?;
    let gradient = slice::<T>(gradient, gradient_layout)?;
    if gradient.len() * pool.numbers_before() != maps.len() * pool.numbers_after() {
        bail!("a gradient of another pooling");
    }
    let mut target = vec![T::zero(); maps.len()];
    target
        .par_chunks_mut(pool.numbers_before())
        .zip(maps.par_chunks(pool.numbers_before()))
        .zip(gradient.par_chunks(pool.numbers_after()))
        .for_each(|((target, map), gradient)| {
            pool.positions(|position, places| match (pool.pooling, places) {
                (_, []) => {}
                (Pooling::Largest, places) => target[largest(map, places)] += gradient[position],
                _ => {
                    let share = gradient[position] / T::from_f64(pool.divisor(places.len()));
                    for &place in places {
                        target[place] += share;
                    }
                }
            });
        });
    Ok((T::to_cpu_storage_owned(target), layout.shape().clone()))
}
