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
                        let scale = self.scale.as_ref().map(|scale| scale[index]);
                        let shift = self.shift.as_ref().map(|shift| shift[index]);
                        let values = values.iter_mut().flatten();
                        match (scale, shift) {
                            (Some(scale), Some(shift)) => {
                                values.for_each(|value| *value = scale * *value + shift);
                            }
                            (Some(scale), None) => values.for_each(|value| *value *= scale),
                            (None, Some(shift)) => values.for_each(|value| *value += shift),
                            (None, None) => {}
                        }
                    }
                }
            },
        );
    }
}
