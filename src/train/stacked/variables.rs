//! What training may change in a network of a stack.

use crate::code::{CodedTensor, TensorShape};
use crate::train::stacked::error::StackedError;

/// The weights of a network, and which of them are free.
#[derive(Debug, Clone, PartialEq)]
pub enum Variables {
    /// Every weight; one list a tensor.
    Weights(Vec<Vec<f32>>),
    /// Weights that are not kept stay zero, as after pruning.
    Masked {
        /// One list a tensor; what is not kept counts as zero.
        weights: Vec<Vec<f32>>,
        /// Which weights are kept, in the same places.
        kept: Vec<Vec<bool>>,
    },
    /// Weights that share a symbol share a value, and training moves the values (Han, Mao and Dally
    /// 2016): the gradient of a codeword is the sum of those of its weights. Symbol 0 is zero.
    Shared {
        /// Codewords of symbols 1, 2, …
        codebooks: Vec<Vec<f32>>,
        /// For each tensor its codebook and its symbols.
        tensors: Vec<CodedTensor>,
    },
}

impl Variables {
    /// The weights that the network computes with, one list a tensor.
    pub fn weights(&self) -> Vec<Vec<f32>> {
        match self {
            Self::Weights(weights) => weights.clone(),
            Self::Masked { weights, kept } => {
                let masked = |(weights, kept): (&Vec<f32>, &Vec<bool>)| {
                    weights
                        .iter()
                        .zip(kept)
                        .map(|(&weight, &kept)| if kept { weight } else { 0.0 })
                        .collect()
                };
                weights.iter().zip(kept).map(masked).collect()
            }
            Self::Shared { codebooks, tensors } => {
                let decoded = |tensor: &CodedTensor| {
                    let codebook = tensor.codebook();
                    let codebook = codebook
                        .and_then(|codebook| codebooks.get(codebook))
                        .map_or(&[][..], |codebook| codebook);
                    tensor
                        .symbols()
                        .iter()
                        .map(|&symbol| level(codebook, symbol))
                        .collect()
                };
                tensors.iter().map(decoded).collect()
            }
        }
    }

    /// Whether everything has the right shape.
    pub(super) fn check(&self, shapes: &[TensorShape]) -> Result<(), StackedError> {
        let wrong = |reason: String| Err(StackedError::Variables(reason));
        let lengths: Vec<usize> = match self {
            Self::Weights(weights) => weights.iter().map(Vec::len).collect(),
            Self::Masked { weights, kept } => {
                let pairs = weights.iter().zip(kept);
                if weights.len() != kept.len()
                    || pairs
                        .clone()
                        .any(|(weights, kept)| weights.len() != kept.len())
                {
                    return wrong("there is not one mark for each weight".to_string());
                }
                weights.iter().map(Vec::len).collect()
            }
            Self::Shared { codebooks, tensors } => {
                for tensor in tensors {
                    let (codebook, symbols) = (tensor.codebook(), tensor.symbols());
                    let codewords = codebook.and_then(|codebook| codebooks.get(codebook));
                    let Some(codewords) = codewords else {
                        return wrong("a tensor's codebook is missing".to_string());
                    };
                    if let Some(symbol) = symbols
                        .iter()
                        .find(|&&symbol| usize::from(symbol) > codewords.len())
                    {
                        return wrong(format!(
                            "symbol {symbol}, but {} codewords",
                            codewords.len()
                        ));
                    }
                }
                tensors
                    .iter()
                    .map(|tensor| tensor.symbols().len())
                    .collect()
            }
        };
        let expected: Vec<usize> = shapes.iter().map(TensorShape::len).collect();
        if lengths != expected {
            return wrong(format!(
                "tensors of {lengths:?} weights; the network has {expected:?}"
            ));
        }
        Ok(())
    }

    /// What the optimiser changes.
    pub(super) fn values_mut(&mut self) -> &mut Vec<Vec<f32>> {
        match self {
            Self::Weights(values)
            | Self::Masked {
                weights: values, ..
            }
            | Self::Shared {
                codebooks: values, ..
            } => values,
        }
    }

    /// Whether weight decay applies to a variable: matrices decay, biases and codewords do not.
    pub(super) fn decays(&self, shapes: &[TensorShape], place: usize) -> bool {
        !matches!(self, Self::Shared { .. })
            && shapes
                .get(place)
                .is_some_and(|shape| shape.dimensions.len() > 1)
    }

    /// From the gradients of the weights to those of the variables.
    pub(super) fn gradients<'a>(
        &self,
        gradients: &'a [Vec<f32>],
    ) -> std::borrow::Cow<'a, [Vec<f32>]> {
        match self {
            Self::Weights(_) | Self::Masked { .. } => gradients.into(),
            Self::Shared { codebooks, tensors } => {
                let mut sums: Vec<Vec<f32>> = codebooks
                    .iter()
                    .map(|codebook| vec![0.0; codebook.len()])
                    .collect();
                for (tensor, gradients) in tensors.iter().zip(gradients) {
                    let Some(sums) = tensor.codebook().and_then(|book| sums.get_mut(book)) else {
                        continue;
                    };
                    for (&symbol, gradient) in tensor.symbols().iter().zip(gradients) {
                        if symbol > 0 {
                            sums[usize::from(symbol) - 1] += gradient;
                        }
                    }
                }
                sums.into()
            }
        }
    }

    /// Moves the variables to `values`, and `weights` with them.
    pub(super) fn set(&mut self, values: &[Vec<f32>], weights: &mut [Vec<f32>]) {
        self.values_mut().clone_from_slice(values);
        match self {
            Self::Weights(_) => weights.clone_from_slice(values),
            Self::Masked { weights: own, kept } => {
                for ((own, weights), kept) in own.iter_mut().zip(weights).zip(kept) {
                    for ((own, weight), &kept) in own.iter_mut().zip(weights).zip(kept.iter()) {
                        *own = if kept { *own } else { 0.0 };
                        *weight = *own;
                    }
                }
            }
            Self::Shared { codebooks, tensors } => {
                for (tensor, weights) in tensors.iter().zip(weights) {
                    let Some(codebook) = tensor.codebook().and_then(|book| codebooks.get(book))
                    else {
                        continue;
                    };
                    for (weight, &symbol) in weights.iter_mut().zip(tensor.symbols()) {
                        *weight = level(codebook, symbol);
                    }
                }
            }
        }
    }
}

fn level(codebook: &[f32], symbol: u8) -> f32 {
    usize::from(symbol)
        .checked_sub(1)
        .and_then(|place| codebook.get(place))
        .copied()
        .unwrap_or(0.0)
}
