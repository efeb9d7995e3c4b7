//! Training in a random subspace: few coordinates, and weights that follow from them.

use candle_core::{Device, Result, Tensor};
use serde::{Deserialize, Serialize};

use crate::code::{Factors, Subspace, TensorShape, MAX_TERMS};

/// How large a subspace the weights of each matrix and kernel lie in (Li et al. 2018; for bounds,
/// Lotfi et al. 2022).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SubspaceSize {
    /// Coordinates for each weight, above 0 and at most 1.
    pub fraction: f64,
    /// Which map.
    #[serde(flatten)]
    pub map: SubspaceMap,
    /// The seed of the map; it is part of the file.
    #[serde(default)]
    pub seed: u64,
}

/// How weights follow from coordinates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SubspaceMap {
    /// Each weight is a signed sum of so many coordinates: from 1, where coordinates are shared
    /// (Chen et al. 2015), to 64, where the map is all but a dense random matrix.
    Terms(u32),
    /// A Kronecker product of two factors with orthonormal columns, at most so many columns each: 1
    /// to 64.
    Kronecker(u32),
}

impl SubspaceSize {
    /// The map and the number of coordinates of a tensor; none for biases and scales, or if the map
    /// does not exist.
    pub(super) fn of(self, shape: &TensorShape) -> Option<(Subspace, usize)> {
        let rows = *shape
            .dimensions
            .first()
            .filter(|_| shape.dimensions.len() > 1)?;
        match self.map {
            SubspaceMap::Terms(terms) => {
                let dimension =
                    ((self.fraction * shape.len() as f64).ceil() as usize).clamp(1, shape.len());
                Subspace::new(self.seed, terms)
                    .ok()
                    .map(|subspace| (subspace, dimension))
            }
            SubspaceMap::Kronecker(most) => {
                let most = most.min(MAX_TERMS) as usize;
                let part = |length: usize| {
                    ((self.fraction.sqrt() * length as f64).round() as usize)
                        .clamp(1, length.min(most).max(1))
                };
                let (inner, columns) = (part(rows), part(shape.len() / rows.max(1)));
                Subspace::kronecker(self.seed, inner as u32)
                    .ok()
                    .map(|subspace| (subspace, inner * columns))
            }
        }
    }
}

/// The linear map from a tensor's coordinates to its weights.
pub(super) struct Coordinates {
    subspace: Subspace,
    dimension: usize,
    map: Tensors,
    dimensions: Vec<usize>,
}

/// The map on candle.
enum Tensors {
    /// `[weights * terms]` places of coordinates, and signs `[weights, terms]`.
    Hashed { places: Tensor, signs: Tensor },
    /// `A` and `B`, whose columns are orthonormal: `[rows, p]` and `[columns, q]`.
    Kronecker { left: Tensor, right: Tensor },
}

impl Coordinates {
    pub(super) fn new(
        subspace: Subspace,
        dimension: usize,
        shape: &TensorShape,
        device: &Device,
    ) -> Result<Self> {
        let map = match subspace.factors(shape, dimension) {
            Some(Factors { left, right }) => Tensors::Kronecker {
                left: from_columns(&left, device)?,
                right: from_columns(&right, device)?,
            },
            None => {
                let (places, signs): (Vec<u32>, Vec<f32>) = (0..shape.len() as u64)
                    .flat_map(|weight| subspace.terms_of(weight, dimension as u64))
                    .map(|(coordinate, negative)| {
                        (coordinate as u32, if negative { -1.0 } else { 1.0 })
                    })
                    .unzip();
                let count = places.len();
                Tensors::Hashed {
                    places: Tensor::from_vec(places, count, device)?,
                    signs: Tensor::from_vec(signs, (shape.len(), count / shape.len()), device)?,
                }
            }
        };
        Ok(Self {
            subspace,
            dimension,
            map,
            dimensions: shape.dimensions.clone(),
        })
    }

    /// The map.
    pub(super) fn subspace(&self) -> Subspace {
        self.subspace
    }

    /// The weights, differentiable in the coordinates `[dimension]`.
    pub(super) fn weights(&self, coordinates: &Tensor) -> Result<Tensor> {
        match &self.map {
            Tensors::Hashed { places, signs } => {
                let terms = coordinates
                    .index_select(places, 0)?
                    .reshape(signs.shape())?;
                (terms * signs)?.sum(1)?.reshape(&self.dimensions[..])
            }
            Tensors::Kronecker { left, right } => {
                let matrix = coordinates.reshape((left.dim(1)?, right.dim(1)?))?;
                left.matmul(&matrix)?
                    .matmul(&right.t()?)?
                    .reshape(&self.dimensions[..])
            }
        }
    }

    /// Coordinates whose weights are near to these: of a Kronecker product the nearest; else for
    /// each the mean of the weights that it is part of, with their signs.
    pub(super) fn nearest(&self, weights: &[f32]) -> Result<Vec<f32>> {
        match &self.map {
            Tensors::Hashed { places, signs } => {
                let places: Vec<u32> = places.to_vec1()?;
                let signs: Vec<f32> = signs.flatten_all()?.to_vec1()?;
                let terms = places.len() / weights.len().max(1);
                let mut sums = vec![(0.0f64, 0u32); self.dimension];
                for (term, (&coordinate, sign)) in places.iter().zip(signs).enumerate() {
                    let (sum, count) = &mut sums[coordinate as usize];
                    *sum += f64::from(sign * weights[term / terms]);
                    *count += 1;
                }
                Ok(sums
                    .into_iter()
                    .map(|(sum, count)| (sum / f64::from(count.max(1))) as f32)
                    .collect())
            }
            Tensors::Kronecker { left, right } => {
                let matrix =
                    Tensor::from_slice(weights, (left.dim(0)?, right.dim(0)?), left.device())?;
                left.t()?
                    .matmul(&matrix)?
                    .matmul(right)?
                    .flatten_all()?
                    .to_vec1()
            }
        }
    }
}

/// `[rows, columns]`, in single precision.
fn from_columns(columns: &[Vec<f64>], device: &Device) -> Result<Tensor> {
    let rows = columns.first().map_or(0, Vec::len);
    let flat: Vec<f32> = columns
        .iter()
        .flatten()
        .map(|&value| value as f32)
        .collect();
    Tensor::from_vec(flat, (columns.len(), rows), device)?
        .t()?
        .contiguous()
}
