//! The tensors of weights that an architecture has.

use super::chain::Architecture;
use super::layer::{Convolution, Layer};

/// Name and dimensions of one tensor of weights.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TensorShape {
    /// Such as `conv1.weight`; kinds of layers (`conv`, `bn`, `fc`) are numbered from 1.
    pub name: String,
    /// `[out, in / groups, kernel, kernel]` of a convolution, `[out, in]` of a dense layer, `[out]`
    /// of a bias, `[channels]` of each half of a batch normalisation.
    pub dimensions: Vec<usize>,
}

impl TensorShape {
    /// Number of weights.
    pub fn len(&self) -> usize {
        self.dimensions.iter().product()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl Architecture {
    /// The tensors of weights, in the order in which layers use them: kernel, matrix or scale, then
    /// bias.
    pub fn tensors(&self) -> Vec<TensorShape> {
        let (mut convolutions, mut normalisations, mut denses) = (0, 0, 0);
        let mut tensors = Vec::new();
        for (layer, before, _) in self.steps() {
            let (name, weight, bias) = match *layer {
                Layer::Convolution(convolution) => {
                    convolutions += 1;
                    let Convolution {
                        channels,
                        kernel,
                        groups,
                        bias,
                        ..
                    } = convolution;
                    let weight = vec![channels, before.channels / groups, kernel, kernel];
                    (format!("conv{convolutions}"), weight, bias)
                }
                Layer::BatchNormalise => {
                    normalisations += 1;
                    (format!("bn{normalisations}"), vec![before.channels], true)
                }
                Layer::Dense { units, bias } => {
                    denses += 1;
                    (format!("fc{denses}"), vec![units, before.features()], bias)
                }
                _ => continue,
            };
            let outputs = weight.first().copied();
            tensors.push(TensorShape {
                name: format!("{name}.weight"),
                dimensions: weight,
            });
            if bias {
                tensors.push(TensorShape {
                    name: format!("{name}.bias"),
                    dimensions: outputs.into_iter().collect(),
                });
            }
        }
        tensors
    }

    /// For each layer the index of its first tensor among [`Architecture::tensors`], if it has any.
    pub fn first_tensors(&self) -> Vec<Option<usize>> {
        let mut next = 0;
        let mut first = |layer: &Layer| {
            let count = layer.tensors();
            next += count;
            (count > 0).then(|| next - count)
        };
        self.layers().iter().map(&mut first).collect()
    }

    /// Number of weights and biases, or `None` if it does not fit 64 bits.
    pub fn weights(&self) -> Option<u64> {
        count_weights(&self.tensors())
    }
}

/// The sum of the tensors' numbers of weights, or `None` if it does not fit 64 bits.
pub(in crate::code) fn count_weights(tensors: &[TensorShape]) -> Option<u64> {
    tensors.iter().try_fold(0u64, |sum, tensor| {
        let count = tensor
            .dimensions
            .iter()
            .try_fold(1u64, |product, &dimension| {
                product.checked_mul(dimension as u64)
            })?;
        sum.checked_add(count)
    })
}
