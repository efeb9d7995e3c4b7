//! A chain of layers that fit each other.

use super::error::ArchitectureError;
use super::layer::{checked_features, Layer, MAX_FEATURES};
use super::misfit::LayerError;
use crate::code::error::CodeError;
use crate::shape::ImageSize;

/// An architecture has at most this many layers.
pub const MAX_LAYERS: usize = 1024;

/// Branches may be nested this deep: a decoder keeps one feature map for each.
pub const MAX_DEPTH: usize = 8;

/// A chain of layers that fit each other, from an input size to at least two outputs, the logits;
/// branches that leave it come back to it.
///
/// Its code word is a fixed prior over layers, so that usual networks have short ones: layers form
/// a Markov chain, in which the kind of the next depends on the kind of the last, and on what
/// followed that kind before. Every architecture has a code word, if a longer one.
///
#[doc = include_str!("../../../docs/layers.md")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Architecture {
    input: ImageSize,
    layers: Vec<Layer>,
    sizes: Vec<ImageSize>,
    branches: Vec<Branch>,
}

/// An open branch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Branch {
    remembered: ImageSize,
    exchanged: bool,
}

impl Architecture {
    /// Checks that each layer fits the layers before it.
    ///
    /// # Errors
    /// [`ArchitectureError`] names the first layer that does not fit; or the input is empty, there
    /// are too many layers, a branch is left open, or there are fewer than two outputs.
    pub fn new(input: ImageSize, layers: Vec<Layer>) -> Result<Self, CodeError> {
        let mut architecture = Self::unfinished(input)?;
        for layer in layers {
            architecture.push(layer)?;
        }
        architecture.finished()
    }

    /// No layers yet.
    pub(in crate::code) fn unfinished(input: ImageSize) -> Result<Self, CodeError> {
        match checked_features(input) {
            None | Some(0) => Err(ArchitectureError::Input {
                input,
                limit: MAX_FEATURES,
            }
            .into()),
            Some(_) => Ok(Self {
                input,
                layers: Vec::new(),
                sizes: Vec::new(),
                branches: Vec::new(),
            }),
        }
    }

    /// Appends a layer that fits.
    pub(in crate::code) fn push(&mut self, layer: Layer) -> Result<(), CodeError> {
        if self.layers.len() == MAX_LAYERS {
            return Err(ArchitectureError::TooManyLayers { limit: MAX_LAYERS }.into());
        }
        let size = self
            .after(&layer)
            .map_err(|source| ArchitectureError::Layer {
                index: self.layers.len() + 1,
                layer,
                source,
            })?;
        self.layers.push(layer);
        self.sizes.push(size);
        Ok(())
    }

    /// Size after one more layer, or why it does not fit; opens and closes branches.
    fn after(&mut self, layer: &Layer) -> Result<ImageSize, LayerError> {
        let before = self.output();
        match layer {
            Layer::Branch if self.branches.len() == MAX_DEPTH => {
                return Err(LayerError::Depth { limit: MAX_DEPTH });
            }
            Layer::Branch => self.branches.push(Branch {
                remembered: before,
                exchanged: false,
            }),
            Layer::Exchange => match self.branches.last_mut() {
                None => return Err(LayerError::NoOpenBranch),
                Some(Branch {
                    exchanged: true, ..
                }) => return Err(LayerError::ThirdSide),
                Some(branch) => {
                    let other = std::mem::replace(&mut branch.remembered, before);
                    branch.exchanged = true;
                    return Ok(other);
                }
            },
            Layer::Join => match self.branches.pop() {
                None => return Err(LayerError::NoOpenBranch),
                Some(Branch { remembered, .. }) if remembered != before => {
                    return Err(LayerError::Sum { remembered, before });
                }
                Some(_) => {}
            },
            Layer::Deskew if !self.layers.is_empty() => return Err(LayerError::NotTheImage),
            _ => {}
        }
        layer.output(before)
    }

    /// Whether a branch is open after the last layer.
    pub(in crate::code) fn has_open_branch(&self) -> bool {
        !self.branches.is_empty()
    }

    /// The whole chain is a classifier.
    pub(in crate::code) fn finished(self) -> Result<Self, CodeError> {
        if self.has_open_branch() {
            return Err(ArchitectureError::OpenBranch.into());
        }
        if self.classes() < 2 {
            let outputs = self.classes();
            return Err(ArchitectureError::TooFewOutputs { outputs }.into());
        }
        Ok(self)
    }

    /// Whether images are deskewed before all else.
    pub fn is_deskewed(&self) -> bool {
        self.layers.first() == Some(&Layer::Deskew)
    }

    /// Size after the last layer.
    pub fn output(&self) -> ImageSize {
        *self.sizes.last().unwrap_or(&self.input)
    }

    /// Size of the images that the network reads.
    pub fn input(&self) -> ImageSize {
        self.input
    }

    /// The layers, from input to output.
    pub fn layers(&self) -> &[Layer] {
        &self.layers
    }

    /// Number of logits.
    pub fn classes(&self) -> usize {
        self.output().features()
    }

    /// Each layer with the sizes before and after it.
    pub fn steps(&self) -> impl Iterator<Item = (&Layer, ImageSize, ImageSize)> {
        let before = std::iter::once(&self.input).chain(&self.sizes);
        self.layers
            .iter()
            .zip(before)
            .zip(&self.sizes)
            .map(|((layer, before), after)| (layer, *before, *after))
    }
}
