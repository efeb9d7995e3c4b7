//! Matrix products of two values.

use pulp::{Arch, Simd, WithSimd};

use super::walk::Walk;
use crate::evaluate::lanes::{Lanes, LANES};

/// Products of the last two axes. Each sum starts from 0 and runs over the inner axis in order.
#[derive(Debug)]
pub(in crate::evaluate) struct MatrixProduct {
    rows: usize,
    inner: usize,
    columns: usize,
    products: usize,
    /// For each product which matrix of the first value, and of the second.
    firsts: Walk,
    seconds: Walk,
}

impl MatrixProduct {
    /// Of values with axes of these lengths, and the result's.
    pub(super) fn new(first: &[usize], second: &[usize], after: &[usize]) -> Self {
        let [outer @ .., rows, columns] = after else {
            unreachable!("a graph holds no product of what are not matrices");
        };
        let outers = |lengths: &[usize]| lengths[..lengths.len() - 2].to_vec();
        Self {
            rows: *rows,
            inner: first[first.len() - 1],
            columns: *columns,
            products: outer.iter().product(),
            firsts: Walk::broadcast(outer, &outers(first)),
            seconds: Walk::broadcast(outer, &outers(second)),
        }
    }

    pub(super) fn run(&self, first: &[Lanes], second: &[Lanes]) -> Vec<Lanes> {
        let mut products = vec![[0.0; LANES]; self.products * self.rows * self.columns];
        let targets = products.chunks_exact_mut(self.rows * self.columns);
        for (product, target) in targets.enumerate() {
            let (first_matrix, second_matrix) =
                (self.firsts.place(product), self.seconds.place(product));
            Arch::new().dispatch(Product {
                sizes: self,
                first: &first[first_matrix * self.rows * self.inner..],
                second: &second[second_matrix * self.inner * self.columns..],
                target,
            });
        }
        products
    }
}

struct Product<'a> {
    sizes: &'a MatrixProduct,
    first: &'a [Lanes],
    second: &'a [Lanes],
    target: &'a mut [Lanes],
}

/// Rows of sums that stay in registers, and vectors of each.
const TILE: usize = 4;

impl WithSimd for Product<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, simd: S) {
        let Self {
            sizes,
            first,
            second,
            target,
        } = self;
        let (first, _) = S::as_simd_f32s(first.as_flattened());
        let (second, _) = S::as_simd_f32s(second.as_flattened());
        let (target, _) = S::as_mut_simd_f32s(target.as_flattened_mut());
        let vectors = LANES / S::F32_LANES;
        let width = sizes.columns * vectors;
        let whole = width - width % TILE;
        for row in 0..sizes.rows.div_ceil(TILE) {
            let row = row * TILE;
            let tile = Tile {
                simd,
                sizes,
                first,
                second,
                row,
            };
            for column in (0..whole).step_by(TILE) {
                tile.run::<TILE>(column, target);
            }
            for column in whole..width {
                tile.run::<1>(column, target);
            }
        }
    }
}

struct Tile<'a, S: Simd> {
    simd: S,
    sizes: &'a MatrixProduct,
    first: &'a [S::f32s],
    second: &'a [S::f32s],
    row: usize,
}

impl<S: Simd> Tile<'_, S> {
    #[inline(always)]
    fn run<const WIDTH: usize>(&self, column: usize, target: &mut [S::f32s]) {
        if self.row + TILE <= self.sizes.rows {
            self.rows::<TILE, WIDTH>(self.row, column, target);
        } else {
            for row in self.row..self.sizes.rows {
                self.rows::<1, WIDTH>(row, column, target);
            }
        }
    }

    /// The sums of `HEIGHT` rows and `WIDTH` vectors.
    #[inline(always)]
    fn rows<const HEIGHT: usize, const WIDTH: usize>(
        &self,
        row: usize,
        column: usize,
        target: &mut [S::f32s],
    ) {
        let Self { simd, sizes, .. } = *self;
        let vectors = LANES / S::F32_LANES;
        let width = sizes.columns * vectors;
        let part = column % vectors;
        let mut sums = [[simd.splat_f32s(0.0); WIDTH]; HEIGHT];
        for place in 0..sizes.inner {
            let seconds = &self.second[place * width + column..][..WIDTH];
            for (height, sums) in sums.iter_mut().enumerate() {
                let first = ((row + height) * sizes.inner + place) * vectors;
                for (vector, (sum, &second)) in sums.iter_mut().zip(seconds).enumerate() {
                    let first = self.first[first + (part + vector) % vectors];
                    *sum = simd.add_f32s(*sum, simd.mul_f32s(first, second));
                }
            }
        }
        for (height, sums) in sums.iter().enumerate() {
            target[(row + height) * width + column..][..WIDTH].copy_from_slice(sums);
        }
    }
}
