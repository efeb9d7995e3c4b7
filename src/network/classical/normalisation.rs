//! When a layer normalisation is, for the decision, the subtraction of a mean.

use crate::code::{Convolution, Layer};

/// Whether what stands behind a layer normalisation commutes with positive scaling, up to its own
/// normalisations: then dividing by the example's deviation multiplies all logits by one positive
/// number, whatever is added to the variance of later ones, and no decision changes if it is left
/// out. `(x - m) / s` becomes `x - m`, which is linear.
pub(super) fn only_scales(behind: &[Layer]) -> bool {
    behind.iter().all(|layer| match layer {
        Layer::Convolution(Convolution { bias, .. }) | Layer::Dense { bias, .. } => !bias,
        Layer::Oriented { .. }
        | Layer::MaxPool { .. }
        | Layer::AveragePool { .. }
        | Layer::GlobalAverage
        | Layer::Relu
        | Layer::Normalise => true,
        _ => false,
    })
}
