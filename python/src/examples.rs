//! Images and labels from arrays.

use nonvacuous::data::{Array, DataSet, LabelledImages};
use numpy::PyReadonlyArray1;
use pyo3::prelude::*;

use crate::problem::Kind;

/// The numbers of an array in the order of C, and its dimensions.
#[derive(FromPyObject)]
pub(crate) enum Numbers<'py> {
    Bytes(PyReadonlyArray1<'py, u8>, Vec<usize>),
    Integers(PyReadonlyArray1<'py, i64>, Vec<usize>),
    Floats(PyReadonlyArray1<'py, f64>, Vec<usize>),
}

impl Numbers<'_> {
    fn array(&self) -> PyResult<Array> {
        let array = match self {
            Self::Bytes(bytes, dimensions) => {
                Array::of_bytes(dimensions.clone(), bytes.as_slice()?.to_vec())
            }
            Self::Integers(integers, dimensions) => {
                Array::of_integers(dimensions.clone(), integers.as_slice()?)
            }
            Self::Floats(floats, dimensions) => {
                Array::of_floats(dimensions.clone(), floats.as_slice()?.to_vec())
            }
        };
        array.map_err(|error| Kind::Data.of(&error))
    }
}

/// Images with their labels.
pub(crate) type Pair<'py> = (Numbers<'py>, Numbers<'py>);

/// The data set of training and held-out examples.
pub(crate) fn data_set(train: &Pair<'_>, test: Option<&Pair<'_>>) -> PyResult<DataSet> {
    let [images, labels] = [train.0.array()?, train.1.array()?];
    let test = match test {
        Some((images, labels)) => Some([images.array()?, labels.array()?]),
        None => None,
    };
    let test = test.as_ref().map(|[images, labels]| [images, labels]);
    DataSet::of_arrays("these", [&images, &labels], test).map_err(|error| Kind::Data.of(&error))
}

/// Images without labels, for a network of so many outputs.
pub(crate) fn unlabelled(images: &Numbers<'_>, classes: usize) -> PyResult<LabelledImages> {
    let images = LabelledImages::unlabelled(&images.array()?, classes);
    images.map_err(|error| Kind::Data.of(&error))
}

/// Refuses arrays that are no examples.
#[pyfunction]
#[pyo3(signature = (train, test))]
pub(crate) fn check_examples(train: Pair<'_>, test: Option<Pair<'_>>) -> PyResult<()> {
    data_set(&train, test.as_ref()).map(|_| ())
}
