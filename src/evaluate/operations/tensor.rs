//! The weights that operations are made with.

/// A tensor's weights, with how many of them at most are not zero, if that is known.
pub(in crate::evaluate) struct Tensor<I> {
    pub(super) weights: I,
    pub(super) nonzeros: Option<usize>,
}

/// Tensors one after the other, each made when its turn comes: those of a large network, all at
/// once, would take more memory than all that is made of them.
pub(in crate::evaluate) struct Tensors<I>(I);

impl<I, T> Tensors<I>
where
    I: Iterator<Item = (Option<usize>, T)>,
    T: IntoIterator<Item = f32>,
{
    /// Each with how many weights at most are not zero, if that is known.
    pub(in crate::evaluate) fn new(tensors: I) -> Self {
        Self(tensors)
    }

    /// The next tensor; an empty one if there is none.
    pub(super) fn next(&mut self) -> Tensor<impl Iterator<Item = f32> + use<I, T>> {
        let (nonzeros, weights) = self.0.next().unzip();
        Tensor {
            weights: weights.into_iter().flatten(),
            nonzeros: nonzeros.flatten(),
        }
    }

    /// What sums begin with: the numbers of the next tensor, 0 for -0.
    pub(super) fn bias(&mut self, outputs: usize) -> Vec<f32> {
        let mut bias = self.vector(outputs);
        bias.iter_mut().for_each(|bias| *bias += 0.0);
        bias
    }

    /// The numbers of the next tensor.
    pub(super) fn vector(&mut self, length: usize) -> Vec<f32> {
        let mut vector = Vec::with_capacity(length);
        vector.extend(self.next().weights.take(length));
        vector.resize(length, 0.0);
        vector
    }
}
