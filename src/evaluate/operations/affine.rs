//! A scale and a shift for each index of an axis.

use crate::evaluate::lanes::Lanes;
use crate::vectorised::vectorised;

/// `scale * x + shift`, rounded after each operation.
#[derive(Debug)]
pub(in crate::evaluate) struct Affine {
    pub(super) scale: Option<Vec<f32>>,
    pub(super) shift: Option<Vec<f32>>,
    /// The axis' length.
    pub(super) length: usize,
    /// Numbers of one index of the axis that stand side by side.
    pub(super) inner: usize,
}

impl Affine {
    pub(super) fn change(&self, values: &mut [Lanes]) {
        vectorised(
            #[inline(always)]
            || {
                for values in values.chunks_exact_mut(self.length * self.inner) {
                    let columns = values.chunks_exact_mut(self.inner).enumerate();
                    for (index, values) in columns {
                        if let Some(scale) = &self.scale {
                            for value in values.iter_mut().flatten() {
                                *value *= scale[index];
                            }
                        }
                        if let Some(shift) = &self.shift {
                            for value in values.iter_mut().flatten() {
                                *value += shift[index];
                            }
                        }
                    }
                }
            },
        );
    }
}
