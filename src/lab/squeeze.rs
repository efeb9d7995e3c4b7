//! From trained weights to code words: pruning, shared values, and several files to choose from.

use crate::code::{Architecture, CodeError, Codebook, CodedTensor, Model, TensorShape};
use crate::network::kmeans;
use crate::train::stacked::Variables;

/// Numbers of codewords that are tried.
pub const CODEWORDS: [usize; 5] = [2, 3, 4, 8, 16];

/// Binary digits of a codeword after the first, that are tried.
const DIGITS: [u32; 2] = [1, 3];

/// Keeps the largest weights, the part `kept` of all, relative to the deviation of their tensor;
/// biases, whose deviation is zero, are kept.
pub fn prune(weights: &[Vec<f32>], deviations: &[f64], kept: f64) -> Variables {
    let score = |weight: f32, deviation: f64| f64::from(weight).abs() / deviation;
    let matrices = || {
        weights
            .iter()
            .zip(deviations)
            .filter(|(_, &deviation)| deviation > 0.0)
    };
    let mut scores: Vec<f64> = matrices()
        .flat_map(|(tensor, &deviation)| tensor.iter().map(move |&weight| score(weight, deviation)))
        .collect();
    let dropped = ((1.0 - kept) * scores.len() as f64).round() as usize;
    let threshold = match dropped.checked_sub(1).filter(|&place| place < scores.len()) {
        None => f64::NEG_INFINITY,
        Some(place) => *scores.select_nth_unstable_by(place, f64::total_cmp).1,
    };
    let marks = |(tensor, &deviation): (&Vec<f32>, &f64)| {
        tensor
            .iter()
            .map(|&weight| deviation == 0.0 || score(weight, deviation) > threshold)
            .collect()
    };
    Variables::Masked {
        weights: weights.to_vec(),
        kept: weights.iter().zip(deviations).map(marks).collect(),
    }
}

/// The weights that are not zero share values, the centres of k-means over the whole network: one
/// for each of [`CODEWORDS`].
#[must_use]
pub fn shared(weights: &[Vec<f32>]) -> Vec<Variables> {
    let kept: Vec<f32> = weights
        .iter()
        .flatten()
        .copied()
        .filter(|&weight| weight != 0.0)
        .collect();
    let with = |codewords: usize| {
        let centres = kmeans(&kept, codewords);
        let symbol = |&weight: &f32| {
            if weight == 0.0 {
                0
            } else {
                nearest(&centres, weight)
            }
        };
        let tensor = |weights: &Vec<f32>| CodedTensor::new(0, weights.iter().map(symbol).collect());
        Variables::Shared {
            tensors: weights.iter().map(tensor).collect(),
            codebooks: vec![centres],
        }
    };
    CODEWORDS.map(with).into()
}

/// One more than the place of the nearest centre; 0 if there is none.
fn nearest(centres: &[f32], weight: f32) -> u8 {
    let distances = centres
        .iter()
        .map(|centre| (centre - weight).abs())
        .zip(1..);
    distances
        .min_by(|first, second| first.0.total_cmp(&second.0))
        .map_or(0, |(_, symbol)| symbol)
}

/// A model and its file.
#[derive(Debug)]
pub struct Coded {
    model: Model,
    file: Vec<u8>,
}

impl Coded {
    /// What was coded.
    #[must_use]
    pub fn model(&self) -> &Model {
        &self.model
    }

    /// The length of the file.
    #[must_use]
    pub fn bits(&self) -> u64 {
        8 * self.file.len() as u64
    }

    /// What the receiver makes of the file.
    ///
    /// # Errors
    /// If it does not decode, which would be a fault of the encoder.
    pub fn decoded(&self) -> Result<Model, CodeError> {
        Model::decode(&self.file)
    }
}

/// Code words of networks that decide for one class whatever they see, one a class: all weights are
/// zero but an output's bias. None, if the outputs have no biases.
///
/// # Errors
/// None in practice: such a model fits its architecture.
pub fn constants(architecture: &Architecture) -> Result<Vec<Coded>, CodeError> {
    let shapes = architecture.tensors();
    let Some(outputs) = shapes
        .last()
        .filter(|shape| shape.dimensions.len() == 1)
        .map(TensorShape::len)
    else {
        return Ok(Vec::new());
    };
    let with = |class: usize| {
        let mut symbols: Vec<Vec<u8>> = shapes.iter().map(|shape| vec![0; shape.len()]).collect();
        if let Some(symbol) = symbols.last_mut().and_then(|last| last.get_mut(class)) {
            *symbol = 1;
        }
        let tensors = symbols
            .into_iter()
            .map(|symbols| CodedTensor::new(0, symbols))
            .collect();
        let model = Model::new(
            architecture.clone(),
            vec![Codebook::new(0, vec![1.0])?],
            tensors,
        )?;
        let file = model.encode()?;
        Ok(Coded { model, file })
    };
    (0..outputs).map(with).collect()
}

/// Code words for weights, with codewords rounded to few and to more binary digits.
///
/// # Errors
/// If the weights do not fit the architecture.
pub fn coded(architecture: &Architecture, variables: &Variables) -> Result<Vec<Coded>, CodeError> {
    let weights = variables.weights();
    let with = |digits: u32| {
        // A value too small or too large for a codeword becomes zero or the largest.
        let round = |&weight: &f32| {
            let rounded = Codebook::round(weight, digits);
            if rounded.is_normal() {
                rounded
            } else {
                0.0
            }
        };
        let rounded: Vec<Vec<f32>> = weights
            .iter()
            .map(|tensor| tensor.iter().map(round).collect())
            .collect();
        let all: Vec<f32> = rounded.iter().flatten().copied().collect();
        let codebook = Codebook::nearest(digits, &all)?;
        let tensor = |weights: &Vec<f32>| CodedTensor::new(0, codebook.symbols(weights));
        let tensors = rounded.iter().map(tensor).collect();
        let model = Model::new(architecture.clone(), vec![codebook], tensors)?;
        let file = model.encode()?;
        Ok(Coded { model, file })
    };
    DIGITS.into_iter().map(with).collect()
}
