//! What can be put on grids.

use std::borrow::Cow;

use crate::code::{Model, Structure};
use crate::network::import::error::ImportError;
use crate::network::trained_network::TrainedNetwork;

/// A network whose files say lists of numbers: its weights, or what changes those of a base.
pub trait Gridded {
    /// The layers or operators.
    fn structure(&self) -> Structure;

    /// The version of the files.
    fn version(&self) -> u8;

    /// The weights, one list a tensor.
    fn weights(&self) -> Vec<Cow<'_, [f32]>>;

    /// The numbers that a file says.
    fn numbers(&self) -> Vec<Cow<'_, [f32]>>;

    /// The tensor that a list of these belongs to.
    fn tensor_of(&self, list: usize) -> usize;

    /// By how much the squared error of the tensor grows for each squared error of a number of that
    /// list, on average; 1, if the numbers are the weights.
    fn weights_of_a_number(&self, list: usize) -> f64;

    /// The model that says numbers in the place of these.
    ///
    /// # Errors
    /// If there is none.
    fn model(&self, numbers: Vec<Vec<f32>>) -> Result<Model, ImportError>;
}

impl<S: Clone + Into<Structure>> Gridded for TrainedNetwork<S> {
    fn structure(&self) -> Structure {
        self.architecture().clone().into()
    }

    fn version(&self) -> u8 {
        Gridded::structure(self).version()
    }

    fn weights(&self) -> Vec<Cow<'_, [f32]>> {
        let weights = TrainedNetwork::weights(self).iter();
        weights.map(|tensor| Cow::from(tensor.as_slice())).collect()
    }

    fn numbers(&self) -> Vec<Cow<'_, [f32]>> {
        Gridded::weights(self)
    }

    fn tensor_of(&self, list: usize) -> usize {
        list
    }

    fn weights_of_a_number(&self, _list: usize) -> f64 {
        1.0
    }

    fn model(&self, numbers: Vec<Vec<f32>>) -> Result<Model, ImportError> {
        TrainedNetwork::new(self.architecture().clone(), numbers)?.model()
    }
}
