//! A network as numbers: an architecture and the weights of each of its tensors.

use super::coding::{coded, distinct};
use super::import::error::ImportError;
use super::kmeans::optimal_kmeans;
#[cfg(doc)]
use crate::code::MAX_CODEWORDS;
use crate::code::{Architecture, Model, Structure, TensorShape};
use crate::evaluate::Evaluator;

/// A network with weights that fit it, before it becomes a [`Model`]: of a chain of layers, or of a
/// [`Graph`](crate::code::Graph).
#[derive(Debug, Clone, PartialEq)]
pub struct TrainedNetwork<S = Architecture> {
    pub(super) architecture: S,
    pub(super) weights: Vec<Vec<f32>>,
}

impl<S: Clone + Into<Structure>> TrainedNetwork<S> {
    /// A network of these layers or nodes with these weights: one list a tensor, as long and in the
    /// order of [`Structure::tensors`].
    ///
    /// # Errors
    /// [`ImportError::Length`] names the first tensor that is missing, or has another number of
    /// weights.
    ///
    /// ```
    /// use nonvacuous::code::Architecture;
    /// use nonvacuous::network::TrainedNetwork;
    /// use nonvacuous::shape::ImageSize;
    /// let input = ImageSize { channels: 1, height: 2, width: 2 };
    /// let architecture = Architecture::parse("dense:2", input)?;
    /// // The second class is that of images whose last pixel is white.
    /// let weights = vec![vec![0.5, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0]];
    /// let file = TrainedNetwork::new(architecture.clone(), weights)?.model()?.encode()?;
    /// assert!(file.len() < 20);
    /// assert!(TrainedNetwork::new(architecture, vec![vec![1.0; 7]]).is_err());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(architecture: S, weights: Vec<Vec<f32>>) -> Result<Self, ImportError> {
        let structure: Structure = architecture.clone().into();
        let shapes = structure.tensors();
        for tensor in 0..shapes.len().max(weights.len()) {
            let shape = shapes.get(tensor);
            let expected = shape.map_or(0, TensorShape::len);
            let found = weights.get(tensor).map_or(0, Vec::len);
            if found != expected || shape.is_none() {
                let name = shape.map(|shape| shape.name.clone());
                return Err(ImportError::Length {
                    tensor: name.unwrap_or_else(|| format!("tensor {tensor}")),
                    found,
                    expected,
                });
            }
        }
        Ok(Self {
            architecture,
            weights,
        })
    }

    /// The layers or nodes.
    #[must_use]
    pub fn architecture(&self) -> &S {
        &self.architecture
    }

    /// The weights, one list a tensor, as long and in the order of [`Structure::tensors`].
    #[must_use]
    pub fn weights(&self) -> &[Vec<f32>] {
        &self.weights
    }

    /// The function of the network, before it is coded. A bound is about that of the
    /// [model](Self::model), which may differ.
    #[must_use]
    pub fn evaluator(&self) -> Evaluator {
        let weights = self.weights.iter().map(|tensor| tensor.iter().copied());
        Evaluator::of_structure(&self.structure(), weights)
    }

    /// The layers or nodes and the weights.
    #[must_use]
    pub fn into_parts(self) -> (S, Vec<Vec<f32>>) {
        (self.architecture, self.weights)
    }

    fn structure(&self) -> Structure {
        self.architecture.clone().into()
    }

    /// Whether a model of it can have exactly these weights, none of them raw: no tensor takes more
    /// than [`MAX_CODEWORDS`] values that are not zero.
    #[must_use]
    pub fn takes_few_values(&self) -> bool {
        self.weights.iter().all(|weights| distinct(weights).is_ok())
    }

    /// Each tensor's weights that are not zero take at most `codewords` values: the best ones, by
    /// the sum of squared differences. Tensors with fewer values stay as they are.
    pub fn quantise(&mut self, codewords: usize) {
        for weights in &mut self.weights {
            if distinct(weights).is_ok_and(|values| values.len() <= codewords) {
                continue;
            }
            let kept: Vec<f32> = weights
                .iter()
                .copied()
                .filter(|&weight| weight != 0.0)
                .collect();
            let centres = optimal_kmeans(&kept, codewords);
            for weight in weights.iter_mut().filter(|weight| **weight != 0.0) {
                let after = centres.partition_point(|centre| centre < weight);
                let candidates =
                    centres.get(after.saturating_sub(1)..(after + 1).min(centres.len()));
                let distance = |centre: &&f32| (**centre - *weight).abs();
                let nearest = candidates
                    .unwrap_or_default()
                    .iter()
                    .min_by(|first, second| distance(first).total_cmp(&distance(second)));
                *weight = nearest.copied().unwrap_or(*weight);
            }
        }
    }

    /// The model that computes with exactly these weights.
    ///
    /// Tensors of a graph that take more than [`MAX_CODEWORDS`] values are raw.
    ///
    /// # Errors
    /// [`ImportError::Values`] if a tensor of a chain takes more than [`MAX_CODEWORDS`] values that
    /// are not zero; [`ImportError::Code`] if one is not a normal number or a tensor does not fit
    /// the architecture.
    pub fn model(&self) -> Result<Model, ImportError> {
        let lists: Vec<&[f32]> = self.weights.iter().map(Vec::as_slice).collect();
        let may_be_raw = self.structure().graph().is_some();
        let (codebooks, tensors) = coded(&lists, may_be_raw).map_err(|misfit| {
            let shapes = self.structure().tensors();
            let shape = shapes.into_iter().nth(misfit.list);
            misfit.named(shape.map_or_else(String::new, |shape| shape.name))
        })?;
        Ok(Model::new(self.structure(), codebooks, tensors)?)
    }
}
