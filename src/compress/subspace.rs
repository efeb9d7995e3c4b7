//! Training in a random subspace: few coordinates, and weights that follow from them.

use candle_core::{Device, Result, Tensor};
use serde::{Deserialize, Serialize};

use crate::code::{Subspace, TensorShape};

/// How large a subspace the weights of each matrix and kernel lie in (Li et al. 2018; for bounds, Lotfi et al. 2022).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubspaceSize {
    /// Coordinates for each weight, above 0 and at most 1.
    pub fraction: f64,
    /// Coordinates that each weight is a signed sum of: from 1, where coordinates are shared (Chen et al. 2015), to 64, where the map is all but
    /// a dense random matrix.
    pub terms: u32,
    /// The seed of the map; it is part of the file.
    #[serde(default)]
    pub seed: u64,
}

impl SubspaceSize {
    /// The map and the number of coordinates of a tensor; none for biases and scales, or if the map does not exist.
    pub(super) fn of(self, shape: &TensorShape) -> Option<(Subspace, usize)> {
        if shape.dimensions.len() < 2 {
            return None;
        }
        let dimension = ((self.fraction * shape.len() as f64).ceil() as usize).clamp(1, shape.len());
        Subspace::new(self.seed, self.terms).ok().map(|subspace| (subspace, dimension))
    }
}

/// The linear map from a tensor's coordinates to its weights.
pub(super) struct Coordinates {
    subspace: Subspace,
    dimension: usize,
    /// `[weights * terms]`, and the signs `[weights, terms]`.
    places: Tensor,
    signs: Tensor,
    dimensions: Vec<usize>,
}

impl Coordinates {
    pub(super) fn new(subspace: Subspace, dimension: usize, shape: &TensorShape, device: &Device) -> Result<Self> {
        let (places, signs): (Vec<u32>, Vec<f32>) = (0..shape.len() as u64)
            .flat_map(|weight| subspace.terms_of(weight, dimension as u64))
            .map(|(coordinate, negative)| (coordinate as u32, if negative { -1.0 } else { 1.0 }))
            .unzip();
        let count = places.len();
        let places = Tensor::from_vec(places, count, device)?;
        let signs = Tensor::from_vec(signs, (shape.len(), count / shape.len()), device)?;
        Ok(Self { subspace, dimension, places, signs, dimensions: shape.dimensions.clone() })
    }

    /// The map.
    pub(super) fn subspace(&self) -> Subspace {
        self.subspace
    }

    /// The weights, differentiable in the coordinates `[dimension]`.
    pub(super) fn weights(&self, coordinates: &Tensor) -> Result<Tensor> {
        let terms = coordinates.index_select(&self.places, 0)?.reshape(self.signs.shape())?;
        (terms * &self.signs)?.sum(1)?.reshape(&self.dimensions[..])
    }

    /// Coordinates whose weights are near to these: for each the mean of the weights that it is part of, with their signs.
    pub(super) fn nearest(&self, weights: &[f32]) -> Vec<f32> {
        let mut sums = vec![(0.0f64, 0u32); self.dimension];
        for (weight, &value) in weights.iter().enumerate() {
            for (coordinate, negative) in self.subspace.terms_of(weight as u64, self.dimension as u64) {
                let (sum, count) = &mut sums[coordinate as usize];
                *sum += f64::from(if negative { -value } else { value });
                *count += 1;
            }
        }
        sums.into_iter().map(|(sum, count)| (sum / f64::from(count.max(1))) as f32).collect()
    }
}
