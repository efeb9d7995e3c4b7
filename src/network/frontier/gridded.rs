//! What can be put on grids.

use std::borrow::Cow;

use crate::code::{Model, Structure};
use crate::network::import::error::ImportError;
use crate::network::trained_network::TrainedNetwork;

/// Numbers that a file says of a tensor: its weights, or what changes them.
#[derive(Debug, Clone, PartialEq)]
pub struct SaidNumbers<'a> {
    /// The tensor's place in [`Structure::tensors`].
    pub tensor: usize,
    /// The numbers.
    pub numbers: Cow<'a, [f32]>,
    /// By how much the squared error of the tensor grows for each squared error of one of them, on
    /// average; 1, if they are the weights.
    pub weights_of_a_number: f64,
}

/// A network whose files say lists of numbers: its weights, or what changes those of a base.
pub trait Gridded {
    /// The layers or operators.
    fn structure(&self) -> Structure;

    /// The version of the files.
    fn version(&self) -> u8;

    /// The weights, one list a tensor.
    fn weights(&self) -> Vec<Cow<'_, [f32]>>;

    /// The numbers that a file says, one list a tensor of which it says any.
    fn said(&self) -> Vec<SaidNumbers<'_>>;

    /// The model that says these lists in the place of those.
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

    fn said(&self) -> Vec<SaidNumbers<'_>> {
        let weights = Gridded::weights(self).into_iter().enumerate();
        weights
            .map(|(tensor, numbers)| SaidNumbers {
                tensor,
                numbers,
                weights_of_a_number: 1.0,
            })
            .collect()
    }

    fn model(&self, numbers: Vec<Vec<f32>>) -> Result<Model, ImportError> {
        TrainedNetwork::new(self.architecture().clone(), numbers)?.model()
    }
}
