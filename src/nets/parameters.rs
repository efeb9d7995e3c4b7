//! Weights that can be trained.

use candle_core::{Device, Result, Tensor, Var};
use rand_chacha::ChaCha8Rng;

use super::Network;

/// Weights that depend on trainable variables: directly, through a mask, through a codebook.
pub trait Parameters {
    /// What the optimiser changes.
    fn variables(&self) -> Vec<Var>;

    /// The weights the network computes with, one a tensor of the architecture, differentiable in the variables.
    ///
    /// # Errors
    /// If candle fails.
    fn weights(&self) -> Result<Vec<Tensor>>;

    /// What is added to the mean cross-entropy, differentiable in the variables; by default nothing.
    ///
    /// # Errors
    /// If candle fails.
    fn penalty(&self) -> Result<Option<Tensor>> {
        Ok(None)
    }

    /// Called after each step, with the fraction of all steps that are done; by default nothing happens.
    ///
    /// # Errors
    /// If candle fails.
    fn after_step(&mut self, _done: f64) -> Result<()> {
        Ok(())
    }

    /// What else a checkpoint needs to go on bit for bit, beyond the variables; by default nothing.
    ///
    /// # Errors
    /// If candle fails.
    fn state(&self) -> Result<Vec<Tensor>> {
        Ok(Vec::new())
    }

    /// Goes on from what [`Parameters::state`] returned, after the variables have been restored.
    ///
    /// # Errors
    /// If candle fails, or it is the state of other parameters.
    fn restore(&mut self, _state: Vec<Tensor>) -> Result<()> {
        Ok(())
    }
}

/// One variable a weight, and nothing between them.
#[derive(Debug)]
pub struct FreeWeights {
    weights: Vec<Var>,
}

impl FreeWeights {
    /// Random initial weights, as `network` asks for.
    ///
    /// # Errors
    /// If candle fails.
    pub fn new(network: &Network, mut random: ChaCha8Rng, device: &Device) -> Result<Self> {
        let shapes = network.architecture().tensors();
        let values = network.initial_weights(&mut random);
        let pairs = shapes.iter().zip(values);
        let weights = pairs.map(|(shape, values)| Var::from_vec(values, &shape.dimensions[..], device));
        Ok(Self { weights: weights.collect::<Result<_>>()? })
    }

    /// For each tensor its weights.
    ///
    /// # Errors
    /// If candle fails.
    pub fn values(&self) -> Result<Vec<Vec<f32>>> {
        self.weights.iter().map(|weights| weights.flatten_all()?.to_vec1()).collect()
    }
}

impl Parameters for FreeWeights {
    fn variables(&self) -> Vec<Var> {
        self.weights.clone()
    }

    fn weights(&self) -> Result<Vec<Tensor>> {
        Ok(self.weights.iter().map(|weights| weights.as_tensor().clone()).collect())
    }
}
