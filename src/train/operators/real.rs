//! The two kinds of real numbers that operators compute with, as vectors of a processor's own
//! width.

use candle_core::WithDType;
use pulp::Simd;

/// `f32` for training, `f64` for tests of gradients.
pub(in super::super) trait Real: WithDType {
    /// As many numbers as one register of the instruction set `S` holds.
    type Vector<S: Simd>: Copy;

    /// The whole vectors of a slice.
    fn vectors<S: Simd>(slice: &[Self]) -> &[Self::Vector<S>];

    /// The whole vectors of a slice.
    fn vectors_mut<S: Simd>(slice: &mut [Self]) -> &mut [Self::Vector<S>];

    /// The number in every lane.
    fn splat<S: Simd>(simd: S, value: Self) -> Self::Vector<S>;

    /// `first * second + third`, rounded once or twice, whichever is faster.
    fn multiply_add<S: Simd>(
        simd: S,
        first: Self::Vector<S>,
        second: Self::Vector<S>,
        third: Self::Vector<S>,
    ) -> Self::Vector<S>;

    /// The sum over lanes.
    fn total<S: Simd>(simd: S, vector: Self::Vector<S>) -> Self;
}

macro_rules! real {
    (
        $real:ty, $vector:ident, $vectors:ident, $vectors_mut:ident, $splat:ident,
        $multiply_add:ident, $total:ident
    ) => {
        impl Real for $real {
            type Vector<S: Simd> = S::$vector;

            #[inline(always)]
            fn vectors<S: Simd>(slice: &[Self]) -> &[S::$vector] {
                S::$vectors(slice).0
            }

            #[inline(always)]
            fn vectors_mut<S: Simd>(slice: &mut [Self]) -> &mut [S::$vector] {
                S::$vectors_mut(slice).0
            }

            #[inline(always)]
            fn splat<S: Simd>(simd: S, value: Self) -> S::$vector {
                simd.$splat(value)
            }

            #[inline(always)]
            fn multiply_add<S: Simd>(
                simd: S,
                first: S::$vector,
                second: S::$vector,
                third: S::$vector,
            ) -> S::$vector {
                simd.$multiply_add(first, second, third)
            }

            #[inline(always)]
            fn total<S: Simd>(simd: S, vector: S::$vector) -> Self {
                simd.$total(vector)
            }
        }
    };
}

real!(
    f32,
    f32s,
    as_simd_f32s,
    as_mut_simd_f32s,
    splat_f32s,
    mul_add_e_f32s,
    reduce_sum_f32s
);
real!(
    f64,
    f64s,
    as_simd_f64s,
    as_mut_simd_f64s,
    splat_f64s,
    mul_add_e_f64s,
    reduce_sum_f64s
);
