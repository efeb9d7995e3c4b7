//! Gradients past what has none.

use candle_core::{Result, Tensor};

/// The value of `value`, with its own gradient and that of `latent` (Bengio, Léonard and Courville
/// 2013).
pub(super) fn straight_through(value: Tensor, latent: &Tensor) -> Result<Tensor> {
    value + (latent - latent.detach())?
}
