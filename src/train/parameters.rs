//! Weights that can be trained.

use candle_core::{Device, Result, Tensor, Var};
use rand_chacha::ChaCha8Rng;

use super::network::Network;
use super::running_moments::RunningMoments;
use crate::code::Structure;

/// Weights that depend on trainable variables: directly, through a mask, through a codebook.
pub trait Parameters {
    /// What the optimiser changes.
    fn variables(&self) -> Vec<Var>;

    /// The weights the network computes with, one a tensor of the architecture, differentiable in
    /// the variables.
    ///
    /// # Errors
    /// If candle fails.
    fn weights(&self) -> Result<Vec<Tensor>>;

    /// Where batch normalisations leave the moments of batches; by default nowhere, and batch
    /// normalisation is, as in the finished network, a scale and a shift.
    fn moments(&mut self) -> Option<&mut RunningMoments> {
        None
    }

    /// What is added to the mean cross-entropy, differentiable in the variables; by default
    /// nothing.
    ///
    /// # Errors
    /// If candle fails.
    fn penalty(&self) -> Result<Option<Tensor>> {
        Ok(None)
    }

    /// Called after each step, with the fraction of all steps that are done; by default nothing
    /// happens.
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
    structure: Structure,
    weights: Vec<Var>,
    moments: RunningMoments,
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
        let weights =
            pairs.map(|(shape, values)| Var::from_vec(values, &shape.dimensions[..], device));
        let weights = weights.collect::<Result<_>>()?;
        let moments = RunningMoments::new(network.architecture());
        Ok(Self {
            structure: network.architecture().clone().into(),
            weights,
            moments,
        })
    }

    /// For each tensor its weights, those of batch normalisations with the running moments in them.
    ///
    /// # Errors
    /// If candle fails.
    pub fn values(&self) -> Result<Vec<Vec<f32>>> {
        let values = self
            .weights
            .iter()
            .map(|weights| weights.flatten_all()?.to_vec1());
        Ok(self
            .moments
            .fold(&self.structure, values.collect::<Result<_>>()?))
    }
}

impl Parameters for FreeWeights {
    fn variables(&self) -> Vec<Var> {
        self.weights.clone()
    }

    fn weights(&self) -> Result<Vec<Tensor>> {
        Ok(self
            .weights
            .iter()
            .map(|weights| weights.as_tensor().clone())
            .collect())
    }

    fn moments(&mut self) -> Option<&mut RunningMoments> {
        Some(&mut self.moments)
    }

    fn state(&self) -> Result<Vec<Tensor>> {
        self.moments.state()
    }

    fn restore(&mut self, state: Vec<Tensor>) -> Result<()> {
        self.moments.restore(&state)
    }
}
