//! A network in a model file.

use std::sync::Arc;

use nonvacuous::code::{self, Base};
use nonvacuous::digest::sha256;
use nonvacuous::evaluate::Evaluator;
use numpy::{IntoPyArray, PyArray1};
use pyo3::prelude::*;
use pyo3::types::PyBytes;

use crate::examples::{unlabelled, Numbers};
use crate::interruption::interruptible;
use crate::problem::Kind;

/// Between two looks at whether Ctrl-C was pressed.
const IMAGES_AT_ONCE: usize = 128;

/// A network in a model file.
#[pyclass(frozen, module = "nonvacuous._nonvacuous")]
pub(crate) struct Model {
    model: Arc<code::Model>,
    file: Vec<u8>,
}

/// The base in a file's bytes.
pub(crate) fn base_of(bytes: Option<&[u8]>) -> PyResult<Option<Arc<Base>>> {
    let base = bytes.map(Base::decode).transpose();
    let base = base.map_err(|error| Kind::Model.of(&error))?;
    Ok(base.map(Arc::new))
}

#[pymethods]
impl Model {
    /// The network that a file decodes to, relative to a base if it is.
    #[staticmethod]
    #[pyo3(signature = (file, base=None))]
    fn decode(file: &[u8], base: Option<&[u8]>) -> PyResult<Self> {
        let model = match base_of(base)? {
            Some(base) => code::Model::decode_relative(file, &base),
            None => code::Model::decode(file),
        };
        Ok(Self {
            model: Arc::new(model.map_err(|error| Kind::Model.of(&error))?),
            file: file.to_vec(),
        })
    }

    /// The bytes of the file.
    fn encode<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.file)
    }

    /// Length of the file.
    #[getter]
    fn bits(&self) -> usize {
        8 * self.file.len()
    }

    /// Of the file.
    #[getter]
    fn sha256(&self) -> String {
        sha256(&self.file)
    }

    /// Layers or operators, as text.
    #[getter]
    fn architecture(&self) -> String {
        self.model.structure().to_string()
    }

    /// Channels, rows and columns of an image.
    #[getter]
    fn input_shape(&self) -> [usize; 3] {
        let input = self.model.structure().input();
        [input.channels, input.height, input.width]
    }

    /// Number of outputs.
    #[getter]
    fn classes(&self) -> usize {
        self.model.structure().classes()
    }

    /// Whether the file is relative to a base.
    #[getter]
    fn is_relative(&self) -> bool {
        self.model.is_relative()
    }

    /// For each tensor its name, dimensions and numbers.
    fn tensors<'py>(
        &self,
        py: Python<'py>,
    ) -> Vec<(String, Vec<usize>, Bound<'py, PyArray1<f32>>)> {
        let shapes = self.model.structure().tensors();
        let weights = self.model.weights();
        let tensors = shapes.into_iter().zip(weights);
        tensors
            .map(|(shape, weights)| (shape.name, shape.dimensions, weights.into_pyarray(py)))
            .collect()
    }

    /// Logits of images, row by row.
    fn logits<'py>(
        &self,
        py: Python<'py>,
        images: Numbers<'py>,
    ) -> PyResult<Bound<'py, PyArray1<f32>>> {
        let images = unlabelled(&images, self.classes())?;
        let model = Arc::clone(&self.model);
        let logits = interruptible(py, move |interruption| {
            let evaluator = Evaluator::new(&model);
            let mut logits = Vec::with_capacity(images.len() * model.structure().classes());
            for start in (0..images.len()).step_by(IMAGES_AT_ONCE) {
                interruption.leave_if_interrupted();
                let end = images.len().min(start + IMAGES_AT_ONCE);
                let some = images.slice(start..end);
                let some = some.map_err(|error| Kind::Data.of(&error))?;
                let made = evaluator.logits(&some);
                logits.extend(made.map_err(|error| Kind::Model.of(&error))?.concat());
            }
            Ok::<Vec<f32>, PyErr>(logits)
        })?;
        Ok(logits?.into_pyarray(py))
    }
}
