//! What can be trained.

use candle_core::{Result, Tensor};

use super::running_moments::RunningMoments;
use crate::code::{CodeError, Codebook, CodedTensor, Model, Structure, TensorShape};

/// A network on candle: logits that are differentiable in weights given from outside.
pub trait Trainable: std::fmt::Debug + Sync {
    /// The layers or operators, whose tensors the weights are.
    fn structure(&self) -> Structure;

    /// The tensors of numbers that are trained: the structure's, unless the weights are computed
    /// from others.
    fn tensors(&self) -> Vec<TensorShape> {
        self.structure().tensors()
    }

    /// For each of these which codebook it shares, counted from 0 in the order of their first use;
    /// usually each has its own.
    fn codebooks(&self) -> Vec<usize> {
        let count = self.tensors().len();
        if self.is_homogeneous() {
            vec![0; count]
        } else {
            (0..count).collect()
        }
    }

    /// The model in which these tensors take values of codebooks.
    ///
    /// # Errors
    /// If they do not fit.
    fn model(
        &self,
        codebooks: Vec<Codebook>,
        tensors: Vec<CodedTensor>,
    ) -> std::result::Result<Model, CodeError> {
        Model::new(self.structure(), codebooks, tensors)
    }

    /// Whether scaling any tensor by a positive number changes no decision; usually not.
    fn is_homogeneous(&self) -> bool {
        false
    }

    /// In how many shards a batch is trained, side by side: more than one only where nothing
    /// depends on the batch as a whole. Sums are rounded in the order of the shards, so that the
    /// number is a part of the result; usually 1.
    fn shards(&self) -> usize {
        1
    }

    /// What the first layers, those without weights, make of images
    /// `[batch, channels, height, width]`; none, if all layers depend on weights.
    ///
    /// # Errors
    /// If candle fails.
    fn features_without_weights(&self, _images: &Tensor) -> Result<Option<Tensor>> {
        Ok(None)
    }

    /// Logits, `[batch, classes]`, of what [`Trainable::features_without_weights`] makes of images,
    /// or of the images: if there are `running` moments, batch normalisations normalise over the
    /// batch, whose moments are taken into them.
    ///
    /// # Errors
    /// If `weights` do not have the network's shapes.
    fn forward_in_training(
        &self,
        weights: &[Tensor],
        features: &Tensor,
        running: Option<&mut RunningMoments>,
    ) -> Result<Tensor>;
}
