//! Loops compiled for the processor at hand.

use pulp::{Arch, Simd, WithSimd};

/// Runs `body`, which should be `#[inline(always)]`, compiled for the widest vectors that the
/// processor has.
///
/// (`pulp::Arch::dispatch` of a closure that can be called more than once goes through a function
/// of its own, which the compiler may leave without these vectors.)
#[inline(always)]
pub(crate) fn vectorised<R>(body: impl FnMut() -> R) -> R {
    struct Body<F>(F);

    impl<R, F: FnMut() -> R> WithSimd for Body<F> {
        type Output = R;

        #[inline(always)]
        fn with_simd<S: Simd>(mut self, _: S) -> R {
            (self.0)()
        }
    }

    Arch::new().dispatch(Body(body))
}
