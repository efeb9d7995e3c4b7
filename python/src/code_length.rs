//! The length of a network's file as a function of its weights, with its gradient.

use std::f64::consts::LN_2;

use nonvacuous::code::{Architecture, Codebook, CodedTensor, Model};
use nonvacuous::compress::{nearest_level, LevelCosts};
use nonvacuous::shape::ImageSize;
use numpy::{IntoPyArray, PyArray1, PyReadonlyArray1};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::problem::Kind;

/// The length of a network's file as a function of its weights.
#[pyclass(frozen, module = "nonvacuous._nonvacuous")]
pub(crate) struct CodeLength {
    architecture: Architecture,
    digits: u32,
}

/// Length in bits, by how much the file is longer than its weights' own costs, and the derivative
/// at each weight.
type Length<'py> = (f64, f64, Vec<Bound<'py, PyArray1<f32>>>);

#[pymethods]
impl CodeLength {
    /// Of a network of these layers, whose levels have so many binary digits after the first.
    #[new]
    fn new(layers: &str, input: [usize; 3], digits: u32) -> PyResult<Self> {
        let [channels, height, width] = input;
        let input = ImageSize {
            channels,
            height,
            width,
        };
        let architecture = Architecture::parse(layers, input);
        Ok(Self {
            architecture: architecture.map_err(|error| Kind::Model.of(&error))?,
            digits,
        })
    }

    /// Name and dimensions of each tensor.
    fn tensors(&self) -> Vec<(String, Vec<usize>)> {
        let shapes = self.architecture.tensors().into_iter();
        shapes.map(|shape| (shape.name, shape.dimensions)).collect()
    }

    /// A level as it is coded.
    fn rounded(&self, level: f32) -> f32 {
        Codebook::round(level, self.digits)
    }

    /// Of these weights and levels, one array a tensor; the first level is 0.
    ///
    /// The length of the file of the nearest levels, and to it for each weight what its value costs
    /// more than its level. On quantised weights that is nothing; elsewhere the file is not made if
    /// it is said by how much it is longer than its weights' own costs.
    #[pyo3(signature = (weights, levels, longer=None))]
    fn at<'py>(
        &self,
        py: Python<'py>,
        weights: Vec<PyReadonlyArray1<'py, f32>>,
        levels: Vec<PyReadonlyArray1<'py, f32>>,
        longer: Option<f64>,
    ) -> PyResult<Length<'py>> {
        let pairs = pairs(&weights, &levels)?;
        let (length, found) = py.detach(|| {
            let found = Tensor::all(&pairs);
            let own: f64 = found.iter().map(|tensor| tensor.of_levels).sum();
            let beyond: f64 = found.iter().map(|tensor| tensor.beyond_levels).sum();
            let longer = match longer {
                Some(longer) if beyond != 0.0 => Ok(longer),
                _ => self.file(&found).map(|file| (8 * file.len()) as f64 - own),
            };
            (longer.map(|longer| (own + longer + beyond, longer)), found)
        });
        let (bits, longer) = length?;
        let derivatives = found.into_iter();
        let derivatives = derivatives.map(|tensor| tensor.derivatives.into_pyarray(py));
        Ok((bits, longer, derivatives.collect()))
    }

    /// The bytes of the file of the levels nearest to these weights.
    fn encode<'py>(
        &self,
        py: Python<'py>,
        weights: Vec<PyReadonlyArray1<'py, f32>>,
        levels: Vec<PyReadonlyArray1<'py, f32>>,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let file = self.file(&Tensor::all(&pairs(&weights, &levels)?))?;
        Ok(PyBytes::new(py, &file))
    }
}

/// The weights and levels of each tensor.
fn pairs<'a>(
    weights: &'a [PyReadonlyArray1<'_, f32>],
    levels: &'a [PyReadonlyArray1<'_, f32>],
) -> PyResult<Vec<(&'a [f32], &'a [f32])>> {
    let pairs = weights.iter().zip(levels);
    pairs
        .map(|(weights, levels)| Ok((weights.as_slice()?, levels.as_slice()?)))
        .collect()
}

impl CodeLength {
    fn file(&self, tensors: &[Tensor]) -> PyResult<Vec<u8>> {
        let codebooks = tensors
            .iter()
            .map(|tensor| Codebook::nearest(self.digits, &tensor.values))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|error| Kind::Model.of(&error))?;
        let coded = tensors.iter().enumerate().map(|(place, tensor)| {
            let symbols = codebooks[place].symbols(&tensor.values);
            CodedTensor::new(place, symbols)
        });
        let coded = coded.collect();
        let model = Model::new(self.architecture.clone(), codebooks, coded);
        let file = model.and_then(|model| model.encode());
        file.map_err(|error| Kind::Model.of(&error))
    }
}

/// What is known of a tensor's weights.
struct Tensor {
    /// The level nearest to each weight.
    values: Vec<f32>,
    /// The derivative of the length in bits.
    derivatives: Vec<f32>,
    /// What the levels cost, in bits.
    of_levels: f64,
    /// What the weights cost more than their levels, in bits.
    beyond_levels: f64,
}

impl Tensor {
    fn all(pairs: &[(&[f32], &[f32])]) -> Vec<Self> {
        let tensors = pairs.iter();
        tensors
            .map(|(weights, levels)| Self::of(weights, levels))
            .collect()
    }

    fn of(weights: &[f32], levels: &[f32]) -> Self {
        let nearest = |&weight: &f32| nearest_level(levels, weight);
        let symbols: Vec<u32> = weights.iter().map(nearest).collect();
        let costs = LevelCosts::new(levels, &symbols);
        let values: Vec<f32> = symbols
            .iter()
            .map(|&symbol| levels[symbol as usize])
            .collect();
        let cost = |&weight: &f32| f64::from(costs.at(weight)) / LN_2;
        let of_levels: f64 = values.iter().map(cost).sum();
        let pairs = weights.iter().zip(&values);
        let beyond = pairs.map(|(weight, level)| {
            if weight == level {
                0.0
            } else {
                cost(weight) - cost(level)
            }
        });
        Self {
            of_levels,
            beyond_levels: beyond.sum(),
            derivatives: weights
                .iter()
                .map(|&weight| costs.derivative(weight) / LN_2 as f32)
                .collect(),
            values,
        }
    }
}
