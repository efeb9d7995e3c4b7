//! A network as numbers: an architecture and the weights of each of its tensors.

use super::import::error::ImportError;
use super::kmeans::optimal_kmeans;
use crate::code::{
    Architecture, CodeError, Codebook, CodedTensor, Model, Structure, TensorShape, MAX_CODEWORDS,
};
use crate::evaluate::Evaluator;

/// A network with weights that fit it, before it becomes a [`Model`]: of a chain of layers, or of a
/// [`Graph`](crate::code::Graph).
#[derive(Debug, Clone, PartialEq)]
pub struct TrainedNetwork<S = Architecture> {
    pub(super) architecture: S,
    pub(super) weights: Vec<Vec<f32>>,
}

/// Codebooks of neighbouring tensors are merged where that saves bits; it is tried up to this many
/// weights.
const MERGED_WEIGHTS: usize = 1 << 12;

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
        let shapes = self.structure().tensors();
        let mut groups: Vec<Vec<f32>> = Vec::new();
        let mut codebook_of: Vec<Option<usize>> = Vec::new();
        let may_be_raw = self.structure().graph().is_some();
        for (place, weights) in self.weights.iter().enumerate() {
            let name = || {
                shapes
                    .get(place)
                    .map_or_else(String::new, |shape| shape.name.clone())
            };
            let values = match distinct(weights) {
                Ok(values) => values,
                Err(Distinct::TooMany) if may_be_raw => {
                    codebook_of.push(None);
                    continue;
                }
                Err(Distinct::TooMany) => {
                    return Err(ImportError::Values {
                        tensor: name(),
                        limit: MAX_CODEWORDS,
                    });
                }
                Err(Distinct::NotANumber(value)) => {
                    return Err(ImportError::NotFinite {
                        tensor: name(),
                        value,
                    });
                }
            };
            if let Some(last) = groups.last_mut() {
                let mut merged = last.clone();
                merged.extend(&values);
                merged.sort_by(f32::total_cmp);
                merged.dedup();
                let is_subset = merged.len() == last.len();
                let is_small = weights.len() <= MERGED_WEIGHTS && merged.len() <= MAX_CODEWORDS;
                if is_subset
                    || (is_small
                        && self.is_cheaper_merged(&codebook_of, groups.len(), place, &values)?)
                {
                    if let Some(last) = groups.last_mut() {
                        *last = merged;
                    }
                    codebook_of.push(Some(groups.len() - 1));
                    continue;
                }
            }
            groups.push(values);
            codebook_of.push(Some(groups.len() - 1));
        }
        Ok(self.with_codebooks(&groups, &codebook_of)?)
    }

    /// Whether the tensor at `place` had better share the codebook of the one before it.
    fn is_cheaper_merged(
        &self,
        codebook_of: &[Option<usize>],
        codebooks: usize,
        place: usize,
        values: &[f32],
    ) -> Result<bool, CodeError> {
        let of_last = codebook_of.iter().zip(&self.weights);
        let of_last = of_last.filter(|(codebook, _)| **codebook == codebooks.checked_sub(1));
        let together: Vec<&[f32]> = of_last.map(|(_, weights)| weights.as_slice()).collect();
        if together.iter().map(|weights| weights.len()).sum::<usize>() > MERGED_WEIGHTS {
            return Ok(false);
        }
        let last: Vec<f32> = together.concat();
        let this = self.weights.get(place).map_or(&[][..], Vec::as_slice);
        let separate = plain_bits(&last)? + plain_bits(this)?;
        let merged = plain_bits(&[&last, this].concat())?;
        Ok(!values.is_empty() && merged < separate)
    }

    fn with_codebooks(
        &self,
        groups: &[Vec<f32>],
        codebook_of: &[Option<usize>],
    ) -> Result<Model, CodeError> {
        let codebooks = groups
            .iter()
            .map(|values| Codebook::exact(values.clone()))
            .collect::<Result<Vec<_>, _>>()?;
        let none = Codebook::EMPTY;
        let tensors = self
            .weights
            .iter()
            .zip(codebook_of)
            .map(|(weights, &codebook)| {
                let Some(codebook) = codebook else {
                    return CodedTensor::raw(weights.clone());
                };
                let symbols = codebooks.get(codebook).unwrap_or(&none).symbols(weights);
                CodedTensor::new(codebook, symbols)
            });
        let tensors = tensors.collect();
        Model::new(self.structure(), codebooks, tensors)
    }
}

/// An estimate of the bits of weights with a codebook of their own: the codebook's and the
/// empirical entropy of all symbols, with half a logarithm for each.
fn plain_bits(weights: &[f32]) -> Result<f64, CodeError> {
    let Ok(values) = distinct(weights) else {
        return Ok(f64::INFINITY);
    };
    let total = weights.len() as f64;
    let zeros = weights.iter().filter(|&&weight| weight == 0.0).count() as f64;
    let mut bits = Codebook::exact(values.clone())?.code_length()?;
    let counts = values
        .iter()
        .map(|value| weights.iter().filter(|&weight| weight == value).count() as f64);
    for count in counts.chain([zeros]).filter(|&count| count > 0.0) {
        bits += count * (total / count).log2() + 0.5 * total.log2();
    }
    Ok(bits)
}

/// Why the values of a tensor cannot be listed.
enum Distinct {
    TooMany,
    NotANumber(f32),
}

/// The values that are not zero, ascending.
fn distinct(weights: &[f32]) -> Result<Vec<f32>, Distinct> {
    let mut values: Vec<f32> = Vec::new();
    for &weight in weights {
        if !weight.is_finite() {
            return Err(Distinct::NotANumber(weight));
        }
        if weight == 0.0 {
            continue;
        }
        let place = values.partition_point(|&value| value < weight);
        if values.get(place) != Some(&weight) {
            if values.len() == MAX_CODEWORDS {
                return Err(Distinct::TooMany);
            }
            values.insert(place, weight);
        }
    }
    Ok(values)
}
